package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;
import org.maftia.core.trust.TrustPolicy.Model;
import org.maftia.core.trust.TrustPolicy.Sharing;

/** What protocols rely on, by exhaustion over all sets of small groups. */
class LemmasTest {
    private final List<ReplicaSet> quorums = new ArrayList<>();
    private final List<ReplicaSet> kernels = new ArrayList<>();
    private final List<ReplicaSet> faultSets = new ArrayList<>();

    private void list(FaultStructure trust) {
        quorums.clear();
        kernels.clear();
        faultSets.clear();
        for (long bits = 0; bits <= trust.all().bits(); bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            if (trust.isQuorum(set)) {
                quorums.add(set);
            }
            (trust.isKernel(set) ? kernels : faultSets).add(set);
        }
    }

    private void assertTwoQuorumsMeetInAKernel(FaultStructure trust) {
        for (ReplicaSet a : quorums) {
            for (ReplicaSet b : quorums) {
                assertThat(trust.isKernel(a.intersection(b))).as("L1").isTrue();
            }
        }
    }

    private void assertTheCorrectFormAQuorumAndWhatIsLeftOfOneIsAKernel(FaultStructure trust) {
        for (ReplicaSet fault : faultSets) {
            assertThat(trust.isQuorum(trust.all().minus(fault))).as("L2").isTrue();
            for (ReplicaSet quorum : quorums) {
                assertThat(trust.isKernel(quorum.minus(fault))).as("L4").isTrue();
            }
        }
    }

    @Seeds(60)
    void allFiveLemmasHoldUnderQ3(long seed) {
        Random random = new Random(seed);
        int size = 4 + random.nextInt(3);
        Optional<FaultStructure> drawn = drawn(random, size);
        if (drawn.isEmpty()) {
            return;
        }
        FaultStructure trust = drawn.get();
        list(trust);
        assertTwoQuorumsMeetInAKernel(trust);
        assertTheCorrectFormAQuorumAndWhatIsLeftOfOneIsAKernel(trust);
        for (ReplicaSet quorum : quorums) {
            for (ReplicaSet kernel : kernels) {
                assertThat(quorum.intersection(kernel).isEmpty()).as("L3").isFalse();
            }
            for (ReplicaSet second : quorums) {
                for (ReplicaSet third : quorums) {
                    assertThat(quorum.intersection(second).intersection(third).isEmpty())
                            .as("L5")
                            .isFalse();
                }
            }
        }
        for (ReplicaSet fault : faultSets) {
            assertThat(trust.isQualified(fault)).isFalse();
            assertThat(trust.isQualified(trust.all().minus(fault))).isTrue();
        }
    }

    /** A structure over drawn literal fault sets, if they satisfy Q3. */
    private static Optional<FaultStructure> drawn(Random random, int size) {
        List<Member> members = Groups.classes(size);
        List<List<String>> sets = new ArrayList<>();
        for (int i = 0; i < 2 + random.nextInt(4); i++) {
            List<String> ids = new ArrayList<>();
            for (Member member : members) {
                if (random.nextInt(3) == 0) {
                    ids.add(member.id());
                }
            }
            sets.add(ids);
        }
        try {
            return Optional.of(FaultStructure.compile(
                    TrustPolicy.of(Model.ASYNCHRONOUS, List.of(), List.of(new Clause.Sets(sets))), members));
        } catch (TrustException e) {
            assertThat(e.getMessage()).containsAnyOf("cover every replica", "lets every replica fall");
            return Optional.empty();
        }
    }

    @Test
    void enoughOfTheDrawnStructuresPassForTheLemmasToMeanSomething() {
        int passed = 0;
        for (long seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            passed += drawn(random, 4 + random.nextInt(3)).isPresent() ? 1 : 0;
        }
        assertThat(passed).isGreaterThan(5);
    }

    private static FaultStructure crashPairs(int size, int corrupted, int crashed) {
        return FaultStructure.compile(
                TrustPolicy.of(
                        Model.ASYNCHRONOUS,
                        List.of(),
                        List.of(new Clause.Crashing(Clause.any(corrupted), Clause.any(crashed)))),
                Groups.classes(size));
    }

    @Test
    void crashPairsKeepThreeLemmasAndLoseL3() {
        FaultStructure trust = crashPairs(6, 1, 1);
        list(trust);
        assertTwoQuorumsMeetInAKernel(trust);
        assertTheCorrectFormAQuorumAndWhatIsLeftOfOneIsAKernel(trust);
        ReplicaSet kernel = ReplicaSet.of(0, 1);
        ReplicaSet quorum = ReplicaSet.of(2, 3, 4, 5);
        assertThat(trust.isKernel(kernel)).isTrue();
        assertThat(trust.isQuorum(quorum)).isTrue();
        assertThat(trust.isFaultSet(kernel)).isFalse();
        assertThat(trust.headroom(ReplicaSet.of(0)).replicas()).isEqualTo(ReplicaSet.of(1, 2, 3, 4, 5));
        assertThat(trust.headroom(kernel).replicas().isEmpty()).isTrue();
        assertThat(trust.isQualified(ReplicaSet.of(0))).isFalse();
        assertThat(trust.isQualified(quorum)).isTrue();
    }

    @Test
    void crashPairsNeedMoreThanThreeCorruptedAndTwoCrashed() {
        assertThat(crashPairs(6, 1, 1).isQuorum(ReplicaSet.firstOf(4))).isTrue();
        assertThatThrownBy(() -> crashPairs(5, 1, 1))
                .isInstanceOf(TrustException.class)
                .hasMessageStartingWith("three fault sets cover every replica: ");
        assertThat(crashPairs(8, 1, 2).isQuorum(ReplicaSet.firstOf(5))).isTrue();
        assertThatThrownBy(() -> crashPairs(7, 1, 2)).isInstanceOf(TrustException.class);
    }

    private static FaultStructure weighted(int threshold, int heavy) {
        List<Formula.Child> children = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            children.add(new Formula.Child(i < 2 ? heavy : 1, new Formula.Leaf(i)));
        }
        return FaultStructure.compile(
                new TrustPolicy(
                        Model.ASYNCHRONOUS,
                        List.of(),
                        List.of(Clause.any(1)),
                        Form.EXACT,
                        Sharing.STRONG,
                        Optional.empty(),
                        Optional.of(new Formula.Gate(threshold, children))),
                Groups.classes(5));
    }

    @Test
    void weightedVotesMakeSmallerQuorumsAndKeepThreeLemmas() {
        // Wheat for n = 5, f = 1 and one spare replica: two weigh 2, quorums weigh 5, so three replicas may do.
        FaultStructure trust = weighted(5, 2);
        list(trust);
        assertTwoQuorumsMeetInAKernel(trust);
        assertTheCorrectFormAQuorumAndWhatIsLeftOfOneIsAKernel(trust);
        assertThat(trust.isQuorum(ReplicaSet.of(0, 1, 2))).isTrue();
        assertThat(trust.isQuorum(ReplicaSet.of(1, 2, 3))).isFalse();
        assertThat(trust.isKernel(ReplicaSet.of(3, 4))).isTrue();
        assertThat(ReplicaSet.of(0, 1, 2).intersection(ReplicaSet.of(3, 4)).isEmpty())
                .as("L3 fails here")
                .isTrue();
    }

    @Test
    void aSeparateQuorumSystemThatDividesOrBlocksIsRefused() {
        assertThatThrownBy(() -> weighted(4, 2))
                .isInstanceOf(TrustException.class)
                .hasMessageStartingWith(
                        "two quorums can meet in a fault set, for what they leave out and it cover every replica: ");
        assertThatThrownBy(() -> weighted(6, 2))
                .isInstanceOf(TrustException.class)
                .hasMessage("no quorum avoids {r2}");
    }

    @Seeds(40)
    void drawnWeightsAreRefusedOrKeepThreeLemmas(long seed) {
        Random random = new Random(seed);
        try {
            FaultStructure trust = weighted(2 + random.nextInt(8), 1 + random.nextInt(3));
            list(trust);
            assertTwoQuorumsMeetInAKernel(trust);
            assertTheCorrectFormAQuorumAndWhatIsLeftOfOneIsAKernel(trust);
        } catch (TrustException e) {
            assertThat(e.getMessage()).containsAnyOf("cover every replica", "no quorum avoids", "not even all");
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("a gate cannot ask for");
        }
    }
}
