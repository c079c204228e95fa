package org.maftia.wormhole.card;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.wormhole.conformance.KitRun;

/** Applets with a bug each: the kit must find them. */
class CardPlantedBugsTest {
    @Test
    void aCounterThatIsNotDurableBeforeTheAnswerIsFound() throws ReflectiveOperationException {
        assertThat(KitRun.failures(() -> new CardFixture(ForgetfulApplet.class)))
                .containsExactlyInAnyOrder(
                        "aRestartKeepsCountersOrBeginsAnotherEpochWithOtherKeys",
                        "aRestoredCopyMakesItEquivocateOnlyIfItNeverPromisedOtherwise");
    }

    @Test
    void anEpochThatIsUsedAgainIsFound() throws ReflectiveOperationException {
        assertThat(KitRun.failures(() -> new CardFixture(RenamedApplet.class, true)))
                .contains("aRestartKeepsCountersOrBeginsAnotherEpochWithOtherKeys");
    }

    @Test
    void aKeyThatPeersDoNotKnowIsFound() throws ReflectiveOperationException {
        assertThat(KitRun.failures(() -> new CardFixture(OwnKeyApplet.class)))
                .contains("anyComponentOfTheGroupVerifiesWhatAnotherSealed", "outsidersVerifyWhatIsSealedForThem");
    }
}
