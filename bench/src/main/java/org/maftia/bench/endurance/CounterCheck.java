package org.maftia.bench.endurance;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.maftia.bench.endurance.Operation.Action;
import org.maftia.bench.endurance.Operation.Outcome;

/**
 * Whether each addition of one to a counter took effect exactly once. The result of an addition is its place among all, so
 * nothing need be searched: places must differ, follow the clients' times, and those that nobody was told must be as many
 * as additions of unknown outcome can explain at that time. One that was executed twice leaves a place too many.
 */
final class CounterCheck {
    private CounterCheck() {}

    /**
     * @param history operations on one key: additions of one, and reads
     * @return what is wrong, in words; empty for a linearizable history
     */
    static Optional<String> of(List<Operation> history) {
        List<Operation> known = history.stream()
                .filter(Operation::isOk)
                .filter(operation -> operation.action() != Action.CERTIFIED)
                // A read comes after the addition that made what it sees, and equal reads as they returned.
                .sorted(Comparator.comparingLong(Operation::result)
                        .thenComparing(operation -> operation.action() != Action.ADD)
                        .thenComparingLong(Operation::returnedMicros))
                .toList();
        return repeated(known).or(() -> disordered(known)).or(() -> unexplained(known, history));
    }

    private static Optional<String> repeated(List<Operation> known) {
        List<Operation> additions = known.stream()
                .filter(operation -> operation.action() == Action.ADD)
                .toList();
        for (int i = 1; i < additions.size(); i++) {
            if (additions.get(i - 1).result() == additions.get(i).result()) {
                return Optional.of("two additions have one place: " + additions.get(i - 1) + ", " + additions.get(i));
            }
        }
        return Optional.empty();
    }

    /** Nothing with a lower place was asked after something with a higher one had returned. */
    private static Optional<String> disordered(List<Operation> known) {
        Operation latest = null;
        for (Operation operation : known) {
            if (latest != null && operation.returnedMicros() < latest.invokedMicros()) {
                return Optional.of("a lower place was asked for after a higher was told: " + latest + ", " + operation);
            }
            if (latest == null || operation.invokedMicros() > latest.invokedMicros()) {
                latest = operation;
            }
        }
        return Optional.empty();
    }

    /** Places below each result that were told to nobody, against the additions that could have taken them by then. */
    private static Optional<String> unexplained(List<Operation> known, List<Operation> history) {
        List<Operation> unknown = history.stream()
                .filter(operation -> operation.action() == Action.ADD && operation.outcome() == Outcome.UNKNOWN)
                .toList();
        long told = 0;
        for (Operation operation : known) {
            told += operation.action() == Action.ADD ? 1 : 0;
            long silent = operation.result() - told;
            long candidates = unknown.stream()
                    .filter(addition -> addition.invokedMicros() <= operation.returnedMicros())
                    .count();
            if (silent > candidates) {
                return Optional.of(silent + " places below the result are nobody's, but only " + candidates
                        + " additions have an unknown outcome: " + operation);
            }
        }
        return Optional.empty();
    }
}
