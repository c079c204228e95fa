package org.maftia.wormhole.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Back ends with a bug each: the kit must find them all, or it would find nothing in a real one. */
class PlantedBugsTest {
    private static List<String> failures(Callable<Fixture> fixture) throws ReflectiveOperationException {
        return KitRun.failures(fixture);
    }

    @Test
    void aSoundBackEndPasses() throws ReflectiveOperationException {
        assertThat(failures(() -> new InnerFixture(InnerFixture.Bug.NONE))).isEmpty();
    }

    @Test
    void anEpochThatIsUsedAgainIsFound() throws ReflectiveOperationException {
        assertThat(failures(() -> new InnerFixture(InnerFixture.Bug.EPOCH_REUSE)))
                .contains(
                        "aRestartKeepsCountersOrBeginsAnotherEpochWithOtherKeys",
                        "aRestoredCopyMakesItEquivocateOnlyIfItNeverPromisedOtherwise");
    }

    @Test
    void aKeyOfEachReceiversOwnIsFound() throws ReflectiveOperationException {
        assertThat(failures(() -> new InnerFixture(InnerFixture.Bug.OWN_KEYS)))
                .contains("anyComponentOfTheGroupVerifiesWhatAnotherSealed");
    }

    @Test
    void aCounterThatRisesAfterTheTagIsFound() throws ReflectiveOperationException {
        assertThat(failures(() -> new InnerFixture(InnerFixture.Bug.TAG_FIRST)))
                .contains("aRestartKeepsCountersOrBeginsAnotherEpochWithOtherKeys");
    }

    @Test
    void aPromiseNotToBeRolledBackThatDoesNotHoldIsFound() throws ReflectiveOperationException {
        assertThat(failures(() -> new InnerFixture(InnerFixture.Bug.FALSE_ROLLBACK_PROOF)))
                .contains("aRestoredCopyMakesItEquivocateOnlyIfItNeverPromisedOtherwise");
    }
}
