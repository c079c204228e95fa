package org.maftia.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {
    private static final int SEEDS = 4_000;

    @Test
    void aCorrectBroadcastKeepsItsPromisesUnderAllAdversaries() {
        Simulations.Result result = Simulations.run(Toy.scenario(Toy.Flaw.NONE), 0, SEEDS, outcome -> {});
        assertThat(result.failures()).isEmpty();
        assertThat(result.crashes()).isPositive();
        assertThat(result.storageFaults()).isPositive();
        assertThat(result.partitions()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(
            value = Toy.Flaw.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE"})
    void everyFlawOfTheToyIsFound(Toy.Flaw flaw) {
        Simulations.Result result = Simulations.run(Toy.scenario(flaw), 0, SEEDS, outcome -> {});
        assertThat(result.failures()).isNotEmpty();
        assertThat(result.failures().getFirst()).contains("maftia simulate --seed ");
    }

    @Test
    void theSameSeedGivesTheSameTrace() {
        for (long seed = 0; seed < 200; seed++) {
            assertThat(Toy.scenario(Toy.Flaw.NONE).run(seed))
                    .isEqualTo(Toy.scenario(Toy.Flaw.NONE).run(seed));
        }
    }

    @Test
    void aFailureShrinksToARunThatStillFails() {
        Scenario<Long, Long> scenario = Toy.scenario(Toy.Flaw.READY_ON_KERNEL_OF_ECHOES);
        Outcome failure = firstFailure(scenario);
        Shrinker.Shrunk shrunk = Shrinker.shrink(scenario, failure, 300);
        assertThat(shrunk.outcome().failed()).isTrue();
        Simulation<Long, Long> whole = scenario.simulation(new Choices(failure.seed()));
        whole.run();
        assertThat(shrunk.kept()).hasSizeLessThan(Math.max(2, whole.taken().size() / 2));
    }

    private static Outcome firstFailure(Scenario<Long, Long> scenario) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Outcome outcome = scenario.run(seed);
            if (outcome.failed()) {
                return outcome;
            }
        }
        throw new AssertionError("no seed fails");
    }
}
