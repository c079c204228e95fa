package org.maftia.bench.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.maftia.bench.endurance.Operation.Action;

final class RegisterCheckTest {
    private static void accepted(HistoryCase history) {
        assertThat(RegisterCheck.of(history.operations())).isEmpty();
    }

    private static void refused(HistoryCase history) {
        assertThat(RegisterCheck.of(history.operations())).isPresent();
    }

    @Test
    void whatFollowsOneAnotherIsAccepted() {
        accepted(new HistoryCase()
                .get(0, 0, 1)
                .put(1, 2, 3)
                .get(1, 4, 5)
                .swap(1, 2, true, 6, 7)
                .get(2, 8, 9));
    }

    @Test
    void aStaleReadIsFound() {
        refused(new HistoryCase().put(1, 0, 1).put(2, 2, 3).get(1, 4, 5));
    }

    @Test
    void theFindingNamesTheReadThatHasNoPlace() {
        assertThat(RegisterCheck.of(
                        new HistoryCase().put(1, 0, 1).put(2, 2, 3).get(1, 4, 5).operations()))
                .hasValueSatisfying(finding -> assertThat(finding)
                        .contains("after 2 of 3 operations the value is 2")
                        .contains("read -> 1"));
    }

    @Test
    void aLostAcknowledgedWriteIsFound() {
        refused(new HistoryCase().put(1, 0, 1).get(0, 2, 3));
    }

    @Test
    void aWriteThatIsExecutedTwiceIsFound() {
        refused(new HistoryCase().put(1, 0, 1).put(2, 2, 3).get(2, 4, 5).get(1, 6, 7));
    }

    @Test
    void aSwapThatLosesAnUpdateIsFound() {
        refused(new HistoryCase().put(1, 0, 1).swap(1, 2, true, 2, 6).swap(1, 3, true, 3, 7));
    }

    @Test
    void aSwapThatShouldHaveTakenPlaceIsFound() {
        refused(new HistoryCase().put(1, 0, 1).swap(1, 2, false, 2, 3));
    }

    @Test
    void aValueFromNowhereIsFound() {
        refused(new HistoryCase().put(1, 0, 1).get(7, 2, 3));
    }

    @Test
    void aRefusedWriteMustNotBeSeen() {
        refused(new HistoryCase().refusedPut(1, 0, 1).get(1, 2, 3));
    }

    @Test
    void twoReadersMustNotSeeTwoWritesInTwoOrders() {
        refused(new HistoryCase().put(1, 0, 10).put(2, 0, 10).get(1, 11, 12).get(2, 13, 14));
        refused(new HistoryCase()
                .put(1, 0, 20)
                .put(2, 0, 20)
                .get(1, 1, 2)
                .get(2, 3, 4)
                .get(1, 5, 6));
    }

    @Test
    void concurrentOperationsMayTakeEffectInAnyOrder() {
        accepted(new HistoryCase().put(1, 0, 10).put(2, 0, 10).get(1, 11, 12));
        accepted(new HistoryCase().put(1, 0, 10).get(0, 1, 2).get(1, 3, 4));
    }

    @Test
    void aReadThatEndsWhenAWriteBeginsIsConcurrentWithIt() {
        accepted(new HistoryCase().get(1, 0, 5).put(1, 5, 6));
    }

    @Test
    void anUnknownWriteMayTakeEffectLateOrNever() {
        accepted(new HistoryCase().put(1, 0, 1).lostPut(2, 2).get(1, 100, 101).get(2, 200, 201));
        accepted(new HistoryCase().put(1, 0, 1).lostPut(2, 2).get(1, 100, 101));
    }

    @Test
    void anUnknownWriteTakesEffectOnce() {
        refused(new HistoryCase().lostPut(2, 0).get(2, 1, 2).put(3, 3, 4).get(2, 5, 6));
    }

    @Test
    void anUnknownWriteCannotTakeEffectBeforeItWasAskedFor() {
        refused(new HistoryCase().get(2, 0, 1).lostPut(2, 2));
    }

    @Test
    void aSwapMayFailBecauseOfAnUnknownWriteThatNobodySaw() {
        accepted(new HistoryCase().put(1, 0, 1).lostPut(2, 2).swap(1, 3, false, 4, 5));
    }

    @Test
    void anUnknownSwapTakesEffectOnlyOnWhatItExpects() {
        accepted(new HistoryCase().put(1, 0, 1).lostSwap(1, 2, 2).get(2, 3, 4));
        refused(new HistoryCase().put(1, 0, 1).lostSwap(9, 2, 2).get(2, 3, 4));
    }

    /** Histories of one copy with twelve clients, some of whom are never answered. */
    private static List<Operation> random(long seed) {
        Random random = new Random(seed);
        List<Operation> operations = new ArrayList<>();
        long value = 0;
        for (int i = 1; i <= 400; i++) {
            // The moment of the effect lies between call and return, and others may lie between.
            long effect = 100L * i;
            long from = effect - random.nextInt(300);
            long to = effect + random.nextInt(300);
            boolean lost = random.nextInt(40) == 0;
            int kind = random.nextInt(3);
            Action action = kind == 0 ? Action.PUT : kind == 1 ? Action.SWAP : Action.GET;
            long expected = random.nextBoolean() ? value : random.nextInt(400);
            Operation asked = Operation.invoked(i % 12, action, "key", i, action == Action.SWAP ? expected : 0, from);
            long result = action == Action.GET ? value : action == Action.SWAP && value == expected ? 1 : 0;
            boolean writes = action == Action.PUT || result == 1 && action == Action.SWAP;
            if (writes && !(lost && random.nextBoolean())) {
                value = i;
            } else if (writes) {
                lost = true; // never executed
            }
            operations.add(lost ? asked : asked.ok(result, 0, to));
        }
        operations.sort(Comparator.comparingLong(Operation::returnedMicros));
        return operations;
    }

    @Test
    void historiesOfOneCopyAreAccepted() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(RegisterCheck.of(random(seed))).as("seed " + seed).isEmpty();
        }
    }

    @Test
    void aReadOfAnOverwrittenValueIsFoundAmongHundreds() {
        for (long seed = 0; seed < 50; seed++) {
            List<Operation> history = random(seed);
            // A write of the first half, read long after many others: nothing explains it.
            Operation early = history.stream()
                    .filter(operation -> operation.action() == Action.PUT && operation.isOk())
                    .findFirst()
                    .orElseThrow();
            history.add(Operation.invoked(99, Action.GET, "key", 0, 0, 50_000).ok(early.argument(), 0, 50_001));
            assertThat(RegisterCheck.of(history)).as("seed " + seed).isPresent();
        }
    }
}
