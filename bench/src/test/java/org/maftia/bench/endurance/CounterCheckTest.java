package org.maftia.bench.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CounterCheckTest {
    private static void accepted(HistoryCase history) {
        assertThat(CounterCheck.of(history.operations())).isEmpty();
    }

    private static void refused(HistoryCase history, String why) {
        assertThat(CounterCheck.of(history.operations()))
                .hasValueSatisfying(finding -> assertThat(finding).contains(why));
    }

    @Test
    void additionsThatCountAreAccepted() {
        accepted(new HistoryCase()
                .get(0, 0, 1)
                .add(1, 2, 9)
                .add(2, 3, 8)
                .get(2, 10, 11)
                .add(3, 12, 13));
    }

    @Test
    void anAdditionThatIsExecutedTwiceIsFound() {
        refused(new HistoryCase().add(1, 0, 1).add(3, 2, 3), "1 places below the result are nobody's");
        refused(new HistoryCase().add(1, 0, 1).get(2, 2, 3), "1 places below the result are nobody's");
    }

    @Test
    void aLostAdditionIsFound() {
        refused(new HistoryCase().add(1, 0, 1).add(1, 2, 3), "two additions have one place");
        refused(new HistoryCase().add(1, 0, 1).add(2, 2, 3).get(1, 4, 5), "a lower place");
    }

    @Test
    void aStaleReadIsFoundAlsoBesideAnotherOfTheSameValue() {
        refused(new HistoryCase().add(1, 0, 1).add(2, 80, 99).get(2, 100, 101).get(2, 40, 50), "a lower place");
        refused(new HistoryCase().add(1, 0, 1).get(0, 2, 3), "a lower place");
    }

    @Test
    void placesFollowTheTimesOfTheClients() {
        refused(new HistoryCase().add(2, 0, 1).add(1, 2, 3), "a lower place");
    }

    @Test
    void anUnknownAdditionExplainsOnePlace() {
        accepted(new HistoryCase().lostAdd(0).add(2, 2, 3));
        accepted(new HistoryCase().lostAdd(0).add(1, 2, 3));
        refused(new HistoryCase().lostAdd(0).add(3, 2, 3), "2 places below the result are nobody's");
        refused(new HistoryCase().add(2, 2, 3).lostAdd(4), "1 places below the result are nobody's");
    }
}
