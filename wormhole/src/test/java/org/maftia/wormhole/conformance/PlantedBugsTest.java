package org.maftia.wormhole.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Back ends with a bug each: the kit must find them all, or it would find nothing in a real one. */
class PlantedBugsTest {
    /** Runs the whole kit, without JUnit in between; gives the names of the tests that failed. */
    private static List<String> failures(Supplier<Fixture> fixture) throws ReflectiveOperationException {
        List<String> failures = new ArrayList<>();
        for (var method : ConformanceKit.class.getDeclaredMethods()) {
            if (method.isAnnotationPresent(Test.class)) {
                ConformanceKit kit = new ConformanceKit() {
                    @Override
                    protected Fixture fixture() {
                        return fixture.get();
                    }
                };
                try {
                    kit.open();
                    method.setAccessible(true);
                    method.invoke(kit);
                    kit.shut();
                } catch (java.lang.reflect.InvocationTargetException e) {
                    if (!(e.getCause() instanceof org.opentest4j.TestAbortedException)) {
                        failures.add(method.getName());
                    }
                } catch (Exception e) {
                    failures.add(method.getName());
                }
            }
        }
        return failures;
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
