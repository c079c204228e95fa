package org.maftia.simulator.wan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.trust.ReplicaSet;

class BoundTest {
    private static Profile profile(String name) {
        return Profile.named(name).orElseThrow();
    }

    @Test
    void whereAllDelaysAreEqualASlotTakesThreeOfThem() {
        Bound bound = new Bound(profile("uniform-200"), 0);
        for (int replica = 0; replica < 4; replica++) {
            assertThat(bound.decidedMicros(replica)).isEqualTo(300_000);
        }
        assertThat(bound.quorumDelayMicros()).isEqualTo(100_000);
        // Body, HAVE, and three steps.
        assertThat(bound.answeredMicros(3)).isEqualTo(500_000);
    }

    /** By hand, from the figures of the resource. */
    @Test
    void onThreeContinentsEachWaitIsForTheQuickestQuorumOfItsReplica() {
        Profile four = profile("continents-4");
        assertThat(four.oneWayMicros(0, 1)).isEqualTo(36_000);
        assertThat(four.oneWayMicros(1, 2)).isEqualTo(71_250);
        assertThat(four.oneWayMicros(3, 1)).isEqualTo(50_250);
        Bound bound = new Bound(four, 0);
        assertThat(bound.quorumDelayMicros()).isEqualTo(42_000);
        assertThat(bound.decidedMicros(0)).isEqualTo(113_250 + 36_000);
        assertThat(bound.decidedMicros(1)).isEqualTo(86_250 + 50_250);
    }

    /** The quickest quorum, looked for among all of them. */
    @Test
    void noQuorumIsQuickerThanTheOneThatIsFoundByArrival() {
        for (String name : List.of("continents-7", "continents-4")) {
            Profile profile = profile(name);
            Bound bound = new Bound(profile, 0);
            List<Long> prepared = new ArrayList<>();
            for (int here = 0; here < profile.size(); here++) {
                List<Long> arrivals = new ArrayList<>();
                for (int from = 0; from < profile.size(); from++) {
                    arrivals.add(profile.oneWayMicros(0, from) + profile.oneWayMicros(from, here));
                }
                prepared.add(quickest(profile, arrivals));
            }
            for (int here = 0; here < profile.size(); here++) {
                List<Long> arrivals = new ArrayList<>();
                for (int from = 0; from < profile.size(); from++) {
                    arrivals.add(prepared.get(from) + profile.oneWayMicros(from, here));
                }
                assertThat(bound.decidedMicros(here)).isEqualTo(quickest(profile, arrivals));
            }
        }
    }

    private static long quickest(Profile profile, List<Long> arrivals) {
        long best = Long.MAX_VALUE;
        for (long bits = 0; bits < 1L << profile.size(); bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            if (profile.trust().isQuorum(set)) {
                best = Math.min(
                        best,
                        set.toList().stream().mapToLong(arrivals::get).max().orElse(Long.MAX_VALUE));
            }
        }
        return best;
    }

    @Test
    void theGridWaitsForAQuorumOfItsStructure() {
        Profile grid = profile("continents-grid");
        assertThat(grid.size()).isEqualTo(16);
        // A quorum needs replicas of three regions: the third nearest of East US is West Europe.
        assertThat(new Bound(grid, 0).quorumDelayMicros()).isEqualTo(42_000);
    }

    @Test
    void unknownProfilesAreNone() {
        assertThat(Profile.named("continents-5")).isEmpty();
        assertThat(Profile.named("uniform-x")).isEmpty();
        assertThat(Profile.named("uniform-0")).isEmpty();
        assertThat(Profile.named("uniform-999999")).isEmpty();
    }
}
