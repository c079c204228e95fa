package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;

class SituationTest {
    private static final long START_MICROS = 10 * Limits.DEFAULT.slotTimeoutMicrosMin();

    private final Situation situation = new Situation(Limits.DEFAULT, false);

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
}
