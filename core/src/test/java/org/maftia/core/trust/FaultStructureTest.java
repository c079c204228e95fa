package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Form;
import org.maftia.core.trust.TrustPolicy.Model;
import org.maftia.core.trust.TrustPolicy.Sharing;

class FaultStructureTest {
    @Test
    void fourReplicasSurviveAnyOne() {
        FaultStructure trust = FaultStructure.compile(
                TrustPolicy.of(Model.ASYNCHRONOUS, List.of("site", "os"), List.of(Clause.any(1))),
                Groups.placed("#... .#.. ..#. ...#"));
        assertThat(trust.isQuorum(ReplicaSet.of(0, 1, 2))).isTrue();
        assertThat(trust.isQuorum(ReplicaSet.of(0, 1))).isFalse();
        assertThat(trust.isKernel(ReplicaSet.of(0, 3))).isTrue();
        assertThat(trust.isKernel(ReplicaSet.of(2))).isFalse();
        assertThat(trust.sharing().owners()).containsExactly(0, 1, 2, 3);
        assertThat(trust.isQualified(ReplicaSet.of(1, 2))).isTrue();
        assertThat(trust.sharing().strong()).isTrue();
        assertThat(trust.describe()).isEqualTo("""
                        trust: exact, Q3 holds, 4 maximal fault sets of 1; quorum >= 3, kernel >= 2
                          survives: any 1 replica (asked)
                          sharing: 2 of 4, 4 shares, strong""");
    }

    @ParameterizedTest
    @CsvSource({
        "exact,       1601,  16,  7, 7,  9, 16,  3, 492, 2",
        "nested:site, 6125,  256, 7, 7,  9, 256, 4, 216, 3",
        "both,        3737,  448, 5, 7,  9, 448, 4, 396, 3",
    })
    void sixteenReplicasAsCounted(
            String form,
            int faultSets,
            int maximal,
            int smallestMaximal,
            int largestMaximal,
            int smallestQuorum,
            int minimalQuorums,
            int smallestKernel,
            int minimalKernels,
            int any) {
        FaultStructure trust = Groups.grid4x4(Form.parse(form));
        assertThat(countFaultSets(trust)).isEqualTo(faultSets);
        List<Integer> sizes =
                trust.maximalFaultSets().stream().map(ReplicaSet::size).sorted().toList();
        assertThat(sizes).hasSize(maximal).startsWith(smallestMaximal).endsWith(largestMaximal);
        List<Long> quorums = Groups.minimalByHand(trust.quorums(), 16);
        assertThat(quorums).hasSize(minimalQuorums);
        assertThat(quorums.stream().mapToInt(Long::bitCount).min()).hasValue(smallestQuorum);
        List<Long> kernels = Groups.minimalByHand(trust.kernels(), 16);
        assertThat(kernels).hasSize(minimalKernels);
        assertThat(kernels.stream().mapToInt(Long::bitCount).min()).hasValue(smallestKernel);
        assertThat(smallestKernel - 1).isEqualTo(any);
        assertThat(leastLeftByTwo(trust)).isEqualTo(4);
        assertThat(trust.sharing().owners()).hasSize(16);
        assertThat(trust.sharing().strong()).isTrue();
        assertThat(Groups.minimalByHand(trust.sharing().formula(), 16))
                .allMatch(set -> Long.bitCount(set) == 4)
                .hasSize(216);
    }

    private static int countFaultSets(FaultStructure trust) {
        int count = 0;
        for (long set = 0; set <= trust.all().bits(); set++) {
            count += trust.isFaultSet(new ReplicaSet(set)) ? 1 : 0;
        }
        return count;
    }

    private static int leastLeftByTwo(FaultStructure trust) {
        int least = Integer.MAX_VALUE;
        for (ReplicaSet a : trust.maximalFaultSets()) {
            for (ReplicaSet b : trust.maximalFaultSets()) {
                least = Math.min(least, trust.all().minus(a).minus(b).size());
            }
        }
        return least;
    }

    @Test
    void theDescriptionOfTheGridTellsWhatAWiderFormGives() {
        assertThat(Groups.grid4x4(Form.EXACT).describe()).isEqualTo("""
                        trust: exact, Q3 holds, 16 maximal fault sets of 7; quorum >= 9, kernel >= 3
                          survives: 1 site and 1 os together (asked); any 2 replicas
                          sharing: 2 of 4 sites x 2 of 4, 16 shares, strong
                          form nested:site also survives any 3 replicas, and 1 site with 1 replica of every other site; \
                        kernel >= 4; 256 maximal fault sets""");
    }

    @Test
    void widestOnTheGridIsNestedBySite() {
        assertThat(Groups.grid4x4(Form.WIDEST).quorums())
                .isEqualTo(Groups.grid4x4(Form.parse("nested:site")).quorums());
        assertThat(Groups.grid4x4(Form.WIDEST).describe()).startsWith("trust: nested:site, Q3 holds, 256 maximal");
    }

    @Test
    void anyThreeCanBeAddedToTheExactGrid() {
        TrustPolicy policy = TrustPolicy.of(
                Model.ASYNCHRONOUS, List.of("site", "os"), List.of(Groups.siteAndSystem(), Clause.any(3)));
        assertThat(FaultStructure.compile(policy, Groups.grid(4, 4)).maximalFaultSets())
                .hasSize(112);
    }

    @Test
    void elevenOfSixteenDoesNotCoverASiteAndASystem() {
        Formula threshold = Formula.select(11, ReplicaSet.firstOf(16));
        TrustPolicy policy = new TrustPolicy(
                Model.ASYNCHRONOUS,
                List.of("site", "os"),
                List.of(Groups.siteAndSystem()),
                Form.EXACT,
                Sharing.STRONG,
                Optional.of(threshold));
        assertThatThrownBy(() -> FaultStructure.compile(policy, Groups.grid(4, 4)))
                .isInstanceOf(TrustException.class)
                .hasMessage("{zurich + debian} is to be tolerated, but the formula lets no quorum remain");
        FaultStructure plain = FaultStructure.threshold(16, 5);
        assertThat(countFaultSets(plain)).isEqualTo(6885);
        assertThat(plain.maximalFaultSets()).hasSize(4368);
        assertThat(Groups.minimalByHand(plain.quorums(), 16)).hasSize(4368);
        assertThat(Groups.minimalByHand(plain.kernels(), 16)).hasSize(8008);
    }

    @Test
    void nineReplicasInUnevenClasses() {
        List<Clause> clauses = List.of(Clause.any(2), new Clause.Joint(new TreeMap<>(Map.of("class", 1)), 0));
        FaultStructure strong = FaultStructure.compile(
                TrustPolicy.of(Model.ASYNCHRONOUS, List.of("class"), clauses), Groups.classes(4, 2, 2, 1));
        assertThat(countFaultSets(strong)).isEqualTo(51);
        assertThat(strong.maximalFaultSets()).hasSize(31);
        assertThat(Groups.minimalByHand(strong.quorums(), 9))
                .hasSize(31)
                .allMatch(set -> Long.bitCount(set) == 5 || Long.bitCount(set) == 7);
        assertThat(Groups.minimalByHand(strong.kernels(), 9)).hasSize(80).allMatch(set -> Long.bitCount(set) == 3);
        assertThat(strong.sharing().owners()).hasSize(18);
        assertThat(strong.sharing().strong()).isTrue();
        FaultStructure plain = FaultStructure.compile(
                new TrustPolicy(
                        Model.ASYNCHRONOUS, List.of("class"), clauses, Form.EXACT, Sharing.PLAIN, Optional.empty()),
                Groups.classes(4, 2, 2, 1));
        // 5 of 9 verifies too; of equal shares the smaller qualified set wins: two replicas of a class, one of another.
        assertThat(plain.sharing().owners()).hasSize(9);
        assertThat(Groups.minimalByHand(plain.sharing().formula(), 9).stream()
                        .mapToInt(Long::bitCount)
                        .min())
                .hasValue(3);
        assertThat(plain.sharing().strong()).isFalse();
        assertThat(strong.maximalFaultSets().stream()
                        .mapToInt(set -> 9 - set.size())
                        .sum())
                .isEqualTo(215);
    }

    @ParameterizedTest
    @CsvSource({"exact, 178, 9, 4, 3, 2", "nested:site, 256, 27, 4, 4, 3"})
    void hybridThreeByThree(String form, int faultSets, int maximal, int smallestQuorum, int smallestKernel, int any) {
        FaultStructure trust = FaultStructure.compile(
                Groups.gridPolicy(Model.HYBRID, Form.parse(form), Sharing.STRONG), Groups.grid(3, 3));
        assertThat(countFaultSets(trust)).isEqualTo(faultSets);
        assertThat(trust.maximalFaultSets()).hasSize(maximal).allMatch(set -> set.size() == 5);
        assertThat(Groups.minimalByHand(trust.quorums(), 9).stream()
                        .mapToInt(Long::bitCount)
                        .min())
                .hasValue(smallestQuorum);
        assertThat(Groups.minimalByHand(trust.kernels(), 9).stream()
                        .mapToInt(Long::bitCount)
                        .min())
                .hasValue(smallestKernel);
        assertThat(smallestKernel - 1).isEqualTo(any);
        assertThat(trust.sharing().owners()).hasSize(9);
        assertThat(Groups.minimalByHand(trust.sharing().formula(), 9)).allMatch(set -> Long.bitCount(set) == 4);
    }

    @Test
    void threeByThreeIsRefusedInTheWordsOfTheConfiguration() {
        assertThatThrownBy(() -> FaultStructure.compile(
                        Groups.gridPolicy(Model.ASYNCHRONOUS, Form.EXACT, Sharing.STRONG), Groups.grid(3, 3)))
                .isInstanceOfSatisfying(TrustException.class, refusal -> {
                    assertThat(refusal)
                            .hasMessage("three fault sets cover every replica: {zurich + debian}, {paris + fedora}, "
                                    + "{oslo + ubuntu}");
                    assertThat(refusal.hint())
                            .isEqualTo("site has 3 classes; a whole class may fall only where there are at least 4 "
                                    + "(asynchronous) or 3 (hybrid)");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "ASYNCHRONOUS, ##... #..## .#.## ..##. #.#.#, 13, 208",
        "ASYNCHRONOUS, ..#.## .#.##. ..##.. .#...# #...#., 12, 230",
        "ASYNCHRONOUS, ....#. ..#..# ...#.. #....# ##.... .##..., 10, 224",
        "HYBRID,       #..# ..#. ##.. .#.#, 57, 57",
    })
    void sparsePlacementsPassOnlyWhenExact(Model model, String rows, int plainShares, int strongShares) {
        List<Member> members = Groups.placed(rows);
        FaultStructure strong = FaultStructure.compile(Groups.gridPolicy(model, Form.EXACT, Sharing.STRONG), members);
        FaultStructure plain = FaultStructure.compile(Groups.gridPolicy(model, Form.EXACT, Sharing.PLAIN), members);
        assertThat(plain.sharing().owners()).hasSize(plainShares);
        assertThat(strong.sharing().owners()).hasSize(strongShares);
        assertThat(Groups.minimalByHand(strong.kernels(), members.size()).stream()
                        .mapToInt(Long::bitCount)
                        .min())
                .hasValue(3);
        for (String form : List.of("nested:site", "nested:os", "both")) {
            assertThatThrownBy(() ->
                            FaultStructure.compile(Groups.gridPolicy(model, Form.parse(form), Sharing.PLAIN), members))
                    .isInstanceOf(TrustException.class);
        }
        TrustPolicy anyThree =
                TrustPolicy.of(model, List.of("site", "os"), List.of(Groups.siteAndSystem(), Clause.any(3)));
        assertThatThrownBy(() -> FaultStructure.compile(anyThree, members)).isInstanceOf(TrustException.class);
    }

    @Test
    void headroomNamesWhatMayStillFall() {
        FaultStructure trust = Groups.grid4x4(Form.EXACT);
        Headroom fresh = trust.headroom(ReplicaSet.EMPTY);
        assertThat(fresh.sound()).isTrue();
        assertThat(fresh.replicas()).isEqualTo(trust.all());
        assertThat(fresh.classes()).hasSize(8);
        Headroom zurichLost = trust.headroom(ReplicaSet.of(0, 1, 2, 3));
        assertThat(zurichLost.replicas()).isEqualTo(trust.all().minus(ReplicaSet.of(0, 1, 2, 3)));
        assertThat(zurichLost.classes())
                .extracting(Headroom.WholeClass::value)
                .containsExactly("zurich", "debian", "fedora", "ubuntu", "alpine");
        Headroom full = trust.headroom(ReplicaSet.of(0, 1, 2, 3, 4, 8, 12));
        assertThat(full.sound()).isTrue();
        assertThat(full.replicas().isEmpty()).isTrue();
        assertThat(trust.headroom(ReplicaSet.of(0, 5, 10, 15)).sound()).isFalse();
    }

    @Test
    void aThresholdOf64ReplicasNeedsNoList() {
        FaultStructure trust = FaultStructure.threshold(64, 21);
        assertThat(trust.isListable()).isFalse();
        assertThat(trust.isQuorum(ReplicaSet.firstOf(43))).isTrue();
        assertThat(trust.isQuorum(ReplicaSet.firstOf(42))).isFalse();
        assertThat(trust.isKernel(ReplicaSet.firstOf(22))).isTrue();
        assertThat(trust.isKernel(ReplicaSet.firstOf(21))).isFalse();
        assertThatThrownBy(trust::maximalFaultSets).isInstanceOf(IllegalStateException.class);
    }
}
