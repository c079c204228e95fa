package org.maftia.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
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
        Shrinker.Shrunk shrunk = Shrinker.shrink(scenario, failure, 300, run -> {});
        assertThat(shrunk.outcome().failed()).isTrue();
        Simulation<Long, Long> whole = scenario.simulation(new Choices(failure.seed()));
        whole.run();
        assertThat(shrunk.kept()).hasSizeLessThan(Math.max(2, whole.taken().size() / 2));
    }

    /** The failure itself is known before anything is shrunk, and every run that shrinks it is told of before it begins. */
    @Test
    void whoWatchesHearsOfAFailureAtOnceAndOfEveryRunThatShrinksIt() {
        Scenario<Long, Long> scenario = Toy.scenario(Toy.Flaw.READY_ON_KERNEL_OF_ECHOES);
        long seed = firstFailure(scenario).seed();
        List<String> heard = new ArrayList<>();
        Simulations.Result result = Simulations.run(scenario, seed, 1, new Simulations.Watcher() {
            @Override
            public void ran(Outcome outcome) {
                heard.add("failed " + outcome.failed());
            }

            @Override
            public void shrinking(Outcome failure, int run, int runsMax) {
                assertThat(run).isEqualTo(heard.size()).isLessThanOrEqualTo(runsMax);
                assertThat(failure.seed()).isEqualTo(seed);
                heard.add("run");
            }
        });
        assertThat(heard).hasSizeGreaterThan(2).startsWith("failed true", "run");
        assertThat(result.failures().getFirst()).contains("shrunk from ");
    }

    @Test
    void whoDoesNotWantItShrunkGetsTheFailureAsItIs() {
        Scenario<Long, Long> scenario = Toy.scenario(Toy.Flaw.READY_ON_KERNEL_OF_ECHOES);
        Outcome failure = firstFailure(scenario);
        List<Outcome> ran = new ArrayList<>();
        Simulations.Result result = Simulations.run(scenario, failure.seed(), 1, false, ran::add);
        assertThat(ran).extracting(Outcome::digest).containsExactly(failure.digest());
        assertThat(result.failures().getFirst())
                .contains("maftia simulate --seed " + failure.seed(), failure.world())
                .contains(failure.last())
                .doesNotContain("shrunk");
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
