package org.maftia.bench.endurance;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.maftia.bench.endurance.Operation.Action;
import org.maftia.bench.endurance.Operation.Outcome;

/**
 * Whether the operations on one key of a register have an order that a single copy could have executed and that keeps to
 * the clients' times. The search places one pending operation after the other, goes back where an operation has returned
 * that could not be placed, and never enters the same state twice: which are placed, and the value (Wing, Gong 1993; Lowe
 * 2017). An operation of unknown outcome stays pending for ever, so it may be placed anywhere after its call, or nowhere.
 */
final class RegisterCheck {
    /**
     * What fits into the memory of the tool. A history of a thousand operations enters a thousand states; one that needs
     * so many has too many operations of unknown outcome to be judged, and is not called good.
     */
    private static final int STATES_MAX = 1_000_000;

    private static final int NONE = -1;

    private final List<Operation> operations;
    private final int[] next;
    private final int[] previous;
    private final Set<Reached> reached = new HashSet<>();
    private final BitSet placed = new BitSet();
    private int required;
    private long value;
    private int deepest;
    private @Nullable Operation stuck;
    private long valueWhenStuck;

    /** A state of the search. */
    private record Reached(BitSet placed, long value) {}

    /** What was placed, and the value before. */
    private record Step(int operation, long valueBefore) {}

    /**
     * @param history operations on one key, of all outcomes
     * @return what is wrong, in words; empty for a linearizable history
     */
    static Optional<String> of(List<Operation> history) {
        List<Operation> counting = history.stream()
                .filter(operation -> operation.action() != Action.CERTIFIED && operation.outcome() != Outcome.FAIL)
                .filter(operation -> operation.isOk() || operation.mayHaveWritten())
                .toList();
        // An operation of unknown outcome can always come last, so an order without it is an order with it; few
        // histories
        // need the others, whose value nobody saw, and each of these doubles the search.
        Set<Long> seen = counting.stream()
                .filter(Operation::isOk)
                .flatMapToLong(RegisterCheck::seen)
                .boxed()
                .collect(Collectors.toSet());
        List<Operation> fewer = counting.stream()
                .filter(operation -> operation.isOk() || seen.contains(operation.argument()))
                .toList();
        Optional<String> finding = new RegisterCheck(fewer).search();
        return finding.isEmpty() || fewer.size() == counting.size() ? finding : new RegisterCheck(counting).search();
    }

    private static LongStream seen(Operation operation) {
        return switch (operation.action()) {
            case GET, READ -> LongStream.of(operation.result());
            case SWAP -> LongStream.of(operation.expected());
            default -> LongStream.empty();
        };
    }

    private RegisterCheck(List<Operation> operations) {
        this.operations = operations;
        int size = operations.size();
        // Node 0 begins the list of events by time; calls are 1 to size, returns follow.
        int[] events = Stream.iterate(1, node -> node + 1)
                .limit(2L * size)
                .filter(node -> node <= size || operations.get(node - 1 - size).isOk())
                .sorted(Comparator.<Integer>comparingLong(this::micros).thenComparing(node -> node > size))
                .mapToInt(Integer::intValue)
                .toArray();
        this.next = new int[2 * size + 1];
        this.previous = new int[2 * size + 1];
        Arrays.fill(next, NONE);
        int last = 0;
        for (int node : events) {
            next[last] = node;
            previous[node] = last;
            last = node;
        }
        this.required = (int) operations.stream().filter(Operation::isOk).count();
    }

    private long micros(int node) {
        int size = operations.size();
        return node <= size
                ? operations.get(node - 1).invokedMicros()
                : operations.get(node - 1 - size).returnedMicros();
    }

    private Optional<String> search() {
        ArrayDeque<Step> steps = new ArrayDeque<>();
        int size = operations.size();
        int node = next[0];
        while (required > 0) {
            if (reached.size() > STATES_MAX) {
                return Optional.of("not judged: too many of its " + size + " operations have an unknown outcome");
            }
            if (node != NONE && node <= size && place(node - 1, steps)) {
                node = next[0];
            } else if (node != NONE && node <= size) {
                node = next[node];
            } else {
                note(node);
                Step last = steps.pollFirst();
                if (last == null) {
                    return Optional.of(finding());
                }
                takeBack(last);
                node = next[last.operation + 1];
            }
        }
        return Optional.empty();
    }

    /** Places a pending operation, if one copy could execute it now and that leads to a new state. */
    private boolean place(int index, ArrayDeque<Step> steps) {
        Operation operation = operations.get(index);
        long before = value;
        boolean unknown = operation.outcome() == Outcome.UNKNOWN;
        boolean equal = value == operation.expected();
        boolean possible = switch (operation.action()) {
            case PUT -> true;
            case SWAP -> unknown || equal == (operation.result() == 1);
            case GET, READ -> operation.result() == value;
            case ADD, CERTIFIED -> throw new IllegalArgumentException("no operation of a register: " + operation);
        };
        if (!possible) {
            return false;
        }
        if (operation.action() == Action.PUT || operation.action() == Action.SWAP && equal) {
            value = operation.argument();
        }
        placed.set(index);
        if (!reached.add(new Reached((BitSet) placed.clone(), value))) {
            placed.clear(index);
            value = before;
            return false;
        }
        steps.push(new Step(index, before));
        required -= operation.isOk() ? 1 : 0;
        unlink(index + 1);
        if (operation.isOk()) {
            unlink(index + 1 + operations.size());
        }
        return true;
    }

    private void takeBack(Step step) {
        Operation operation = operations.get(step.operation);
        value = step.valueBefore;
        placed.clear(step.operation);
        required += operation.isOk() ? 1 : 0;
        if (operation.isOk()) {
            link(step.operation + 1 + operations.size());
        }
        link(step.operation + 1);
    }

    private void unlink(int node) {
        next[previous[node]] = next[node];
        if (next[node] != NONE) {
            previous[next[node]] = previous[node];
        }
    }

    /** The last that was unlinked goes back first, so its neighbours are those that it had. */
    private void link(int node) {
        next[previous[node]] = node;
        if (next[node] != NONE) {
            previous[next[node]] = node;
        }
    }

    /** Remembers the operation that returned unplaced after the longest order so far: that is what one wants to see. */
    private void note(int node) {
        if (node != NONE && (stuck == null || placed.cardinality() > deepest)) {
            deepest = placed.cardinality();
            stuck = operations.get(node - 1 - operations.size());
            valueWhenStuck = value;
        }
    }

    private String finding() {
        return "not linearizable: after " + deepest + " of " + operations.size() + " operations the value is "
                + valueWhenStuck + ", and there is no place for " + stuck;
    }
}
