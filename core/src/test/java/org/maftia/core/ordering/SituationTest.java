package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.trust.ReplicaSet;

class SituationTest {
    private static final long START_MICROS = 5 * Limits.DEFAULT.slotTimeoutMicrosMin();

    private final Situation situation = new Situation(Limits.DEFAULT, false);

    private long nowMicros;

    private void fail(int epochs) {
        for (int i = 0; i < epochs; i++) {
            situation.lengthenTimeout();
        }
    }

    private void decide(int slots, long micros) {
        for (int i = 0; i < slots; i++) {
            situation.decidedAfter(micros);
        }
    }

    @Attack("slow leader, timeout inflation")
    @Test
    void promptSlotsLeadBackToThePatienceOfTheStartAndNotBelow() {
        fail(4);
        assertThat(situation.timeoutMicros).isGreaterThan(5 * START_MICROS);
        decide(100, 5_000);
        assertThat(situation.timeoutMicros).isEqualTo(START_MICROS);
        decide(1_000, 10);
        assertThat(situation.timeoutMicros).isEqualTo(START_MICROS);
    }

    @Attack("slow leader, timeout inflation")
    @Test
    void patienceStaysEightTimesWhatTheSlowestSlotTook() {
        fail(4);
        decide(1_000, 200_000);
        assertThat(situation.timeoutMicros).isEqualTo(1_600_000);
    }

    @Test
    void oneSlowSlotAmongPromptOnesCounts() {
        fail(4);
        long patience = situation.timeoutMicros;
        decide(15, 10);
        decide(1, patience);
        assertThat(situation.timeoutMicros).isEqualTo(patience);
    }

    @Test
    void promptSlotsBeforeAFailureAreForgotten() {
        fail(1);
        decide(15, 10);
        fail(1);
        long patience = situation.timeoutMicros;
        decide(1, 10);
        assertThat(situation.timeoutMicros).isEqualTo(patience);
    }

    @Test
    void whereCheckpointsMadeThePatienceShorterItStaysSo() {
        for (int i = 0; i < 30; i++) {
            situation.shortenTimeout();
        }
        long patience = situation.timeoutMicros;
        decide(100, 10_000);
        assertThat(patience).isLessThan(START_MICROS);
        assertThat(situation.timeoutMicros).isEqualTo(patience);
    }

    private void slots(int count, long micros) {
        for (int i = 0; i < count; i++) {
            nowMicros += micros;
            situation.pace.ordered(micros);
            situation.decidedAfter(micros);
            situation.pace.delivered(nowMicros);
        }
    }

    private void lead(long number) {
        situation.epoch = new Epoch(number, 1, (int) (number % 4), ReplicaSet.EMPTY, 0, 0);
        situation.begin(nowMicros);
    }

    /** In a wide-area network a slot takes longer than the lowest time-out, whoever leads. */
    @Test
    void checkpointsDoNotPressThePatienceBelowWhatSlotsTakeUnderOthers() {
        slots(64, 300_000);
        lead(1);
        slots(64, 300_000);
        for (int i = 0; i < 100; i++) {
            situation.shortenTimeout();
        }
        assertThat(situation.timeoutMicros).isEqualTo(1_200_000);
    }

    /** Slots just below the patience, checkpoint by checkpoint: it must not rise over them. */
    @Attack("slow leader, timeout inflation")
    @Test
    void aLeaderThatTakesItsTimeGetsNoMoreOfIt() {
        for (int i = 0; i < 100; i++) {
            slots(64, situation.timeoutMicros * 9 / 10);
            situation.shortenTimeout();
            assertThat(situation.timeoutMicros).isLessThanOrEqualTo(START_MICROS);
        }
    }
}
