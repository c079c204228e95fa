package org.maftia.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.maftia.core.testing.Attack;

/**
 * The production protocols in the simulator. {@code -Dmaftia.simulation.factor=100} runs a hundred times as many seeds,
 * {@code -Dmaftia.simulation.first=N} starts at another one.
 */
class ProductionTest {
    private static final long FACTOR = Long.getLong("maftia.simulation.factor", 1);
    private static final long FIRST = Long.getLong("maftia.simulation.first", 0);
    private static final long PROTOCOL_SEEDS = 150;
    /** A fair coin ends a round with probability one half at least, whatever the adversary: two rounds, and a margin. */
    private static final long TOSSES_MILLI_MAX = 3_000;

    private static final Set<String> TOSSING = Set.of("agreement", "binary");
    private static final long REGISTER_SEEDS = 100;
    private static final long DELAYED_LEADERS_SEEDS = 12;
    private static final long HYBRID_SEEDS = 40;
    private static final long RECONFIGURATION_SEEDS = 20;
    private static final long OBSERVATION_SEEDS = 25;

    /** Few, as the curve arithmetic is real. */
    private static final long REFRESH_SEEDS = 5;

    private static final long RESHARING_SEEDS = 8;

    static List<Scenario<?, ?>> protocols() {
        return Scenarios.protocols();
    }

    @ParameterizedTest
    @MethodSource("protocols")
    void eachProtocolKeepsItsPromises(Scenario<?, ?> protocol) {
        Simulations.Result result = Simulations.run(protocol, FIRST, PROTOCOL_SEEDS * FACTOR, outcome -> {});
        assertThat(result.failures()).isEmpty();
        assertThat(result.crashes()).isPositive();
        if (TOSSING.contains(protocol.name())) {
            assertThat(result.meanMilliTosses()).isBetween(1L, TOSSES_MILLI_MAX);
        }
    }

    @Attack("partial partition, one node cut off")
    @Test
    void wholeReplicasKeepTheirPromises() {
        Simulations.Result result =
                Simulations.run(Scenarios.replica(new RegisterTrial()), FIRST, REGISTER_SEEDS * FACTOR, o -> {});
        assertThat(result.failures()).isEmpty();
        assertThat(result.crashes()).isPositive();
        assertThat(result.storageFaults()).isPositive();
        assertThat(result.partitions()).isPositive();
        assertThat(result.reconnects()).isPositive();
    }

    @Attack("one replica lies about the world outside")
    @Test
    void whatReplicasSeeIsFoundOutWhateverCorruptedOnesSay() {
        Simulations.Result result =
                Simulations.run(Scenarios.observation(), FIRST, OBSERVATION_SEEDS * FACTOR, o -> {});
        assertThat(result.failures()).isEmpty();
        assertThat(result.crashes()).isPositive();
    }

    @Attack("old keys; two configurations on a slot")
    @Test
    void aGroupThatChangesUnderLoadKeepsItsPromises() {
        Simulations.Result result = Simulations.run(
                Scenarios.reconfiguration(new RegisterTrial()), FIRST, RECONFIGURATION_SEEDS * FACTOR, o -> {});
        assertThat(result.failures()).isEmpty();
        assertThat(result.crashes()).isPositive();
        assertThat(result.storageFaults()).isPositive();
    }

    @Attack("mobile adversary gathers shares over time")
    @Attack("false dealing of a key")
    @Test
    void aGroupThatRenewsItsKeyKeepsItsPromisesAgainstAnIntruderWhoMovesOn() {
        Simulations.Result result =
                Simulations.run(Scenarios.refresh(new RegisterTrial()), FIRST, REFRESH_SEEDS * FACTOR, o -> {});
        assertThat(result.failures()).isEmpty();
        assertThat(result.crashes()).isPositive();
    }

    @Attack("mobile adversary gathers shares over time")
    @Attack("old keys; two configurations on a slot")
    @Test
    void aKeyThatAGroupTakesAlongKeepsItsPromises() {
        Simulations.Result result =
                Simulations.run(Scenarios.resharing(new RegisterTrial()), FIRST, RESHARING_SEEDS * FACTOR, o -> {});
        assertThat(result.failures()).isEmpty();
        assertThat(result.crashes()).isPositive();
    }

    @Attack("flooded or cut-off leader")
    @Test
    void aNetworkThatDelaysEveryLeaderStopsNothing() {
        Simulations.Result result = Simulations.run(
                Scenarios.delayedLeaders(new RegisterTrial()), FIRST, DELAYED_LEADERS_SEEDS * FACTOR, o -> {});
        assertThat(result.failures()).isEmpty();
    }

    @Attack("one malicious of three")
    @Attack("votes of an old epoch after the era in which it counted")
    @Test
    void aGroupWithTrustedComponentsKeepsItsPromisesWithFewerReplicas() {
        Simulations.Result result =
                Simulations.run(Scenarios.hybrid(new RegisterTrial()), FIRST, HYBRID_SEEDS * FACTOR, o -> {});
        assertThat(result.failures()).isEmpty();
        assertThat(result.crashes()).isPositive();
        assertThat(result.storageFaults()).isPositive();
    }

    /** The corrupted one of three demands other views of one correct replica than of the other. */
    @Test
    void correctReplicasMeetInAViewWhateverOneDemandsOfEach() {
        for (long seed : List.of(308L, 311L)) {
            assertThat(Simulations.run(Scenarios.hybrid(new RegisterTrial()), seed, 1, outcome -> {})
                            .failures())
                    .isEmpty();
        }
    }

    /** Its fence for the view went with the journal; that it takes part in the view is written down before another fence is. */
    @Test
    void whoLostItsJournalStartsAgainInAViewToWhichItHadMovedBefore() {
        assertThat(Simulations.run(Scenarios.hybrid(new RegisterTrial()), 187, 1, outcome -> {})
                        .failures())
                .isEmpty();
    }
}
