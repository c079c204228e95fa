package org.maftia.bench.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CertifiedCheckTest {
    private static void refused(HistoryCase history, String why) {
        assertThat(CertifiedCheck.of(history.operations()))
                .hasValueSatisfying(finding -> assertThat(finding).contains(why));
    }

    @Test
    void oldValuesInTheOrderOfTheirSlotsAreAccepted() {
        HistoryCase history = new HistoryCase()
                .put(1, 0, 1)
                .put(2, 2, 3)
                .certified(2, 20, 4, 5)
                .certified(0, 5, 6, 7)
                .certified(1, 10, 8, 9)
                .certified(1, 10, 10, 11);
        assertThat(CertifiedCheck.of(history.operations())).isEmpty();
    }

    @Test
    void aValueOfNobodyIsFound() {
        refused(new HistoryCase().certified(1, 10, 0, 1), "nobody had written");
        refused(new HistoryCase().certified(1, 10, 0, 1).put(1, 2, 3), "nobody had written");
        refused(new HistoryCase().put(1, 0, 1).swap(9, 2, false, 2, 3).certified(2, 10, 4, 5), "nobody had written");
    }

    @Test
    void aSlotWithTwoValuesIsFound() {
        refused(
                new HistoryCase()
                        .put(1, 0, 9)
                        .put(2, 0, 9)
                        .certified(1, 10, 10, 11)
                        .certified(2, 10, 12, 13),
                "two certified values of one slot");
    }

    @Test
    void aLaterSlotWithAnOlderValueIsFound() {
        refused(
                new HistoryCase()
                        .put(1, 0, 1)
                        .put(2, 2, 3)
                        .certified(2, 10, 4, 5)
                        .certified(1, 20, 6, 7),
                "a later slot is older");
        refused(new HistoryCase().put(1, 0, 1).certified(1, 10, 4, 5).certified(0, 20, 6, 7), "a later slot is older");
    }
}
