package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

class SharingSchemeTest {
    private static final SharingScheme FOUR = new SharingScheme(TestKeys.threshold(2, 4));
    private static final SharingScheme GRID = new SharingScheme(TestKeys.grid());
    private static final SharingScheme REPLICATED =
            new SharingScheme(TestKeys.replicated(FaultStructure.threshold(7, 2)));

    @Test
    void minimalSetsComeInLexicographicOrder() {
        assertThat(FOUR.minimalSets())
                .containsExactly(
                        List.of(0, 1), List.of(0, 2), List.of(0, 3), List.of(1, 2), List.of(1, 3), List.of(2, 3));
        assertThat(GRID.minimalSets()).hasSize(216).doesNotHaveDuplicates();
        assertThat(GRID.minimalSets().getFirst()).containsExactly(0, 1, 4, 5);
        assertThat(GRID.minimalSets().getLast()).containsExactly(10, 11, 14, 15);
    }

    @Test
    void aSelectionIsFoundExactlyInQualifiedSetsAndIsMinimal() {
        for (long bits = 0; bits < 1 << 16; bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            List<Integer> selection = GRID.selection(GRID.leavesOf(set));
            int expected = GRID.formula().isQualified(set) ? 4 : 0;
            if (selection.size() != expected || !GRID.leavesOf(set).containsAll(selection)) {
                fail("selection %s of %s", selection, set);
            }
        }
        assertThat(GRID.selection(GRID.leavesOf(new ReplicaSet(0xffff)))).containsExactly(0, 1, 4, 5);
        assertThat(GRID.selection(GRID.leavesOf(new ReplicaSet(0xfe71)))).containsExactly(4, 5, 9, 10);
    }

    @Test
    void designatedSetsAreQualifiedWithoutSuperfluousShares() {
        for (SharingScheme scheme : List.of(FOUR, GRID, REPLICATED)) {
            for (long index = 0; index < 500; index++) {
                TreeSet<Integer> designated = new TreeSet<>(scheme.designated(index));
                assertThat(designated).hasSameSizeAs(scheme.designated(index));
                assertThat(scheme.isQualified(designated)).isTrue();
                for (int leaf : List.copyOf(designated)) {
                    designated.remove(leaf);
                    assertThat(scheme.isQualified(designated)).isFalse();
                    designated.add(leaf);
                }
            }
        }
    }

    @Test
    void signingAndCombiningGoAround() {
        for (SharingScheme scheme : List.of(FOUR, GRID)) {
            TreeMap<Integer, Integer> shares = new TreeMap<>();
            TreeMap<Integer, Integer> combinations = new TreeMap<>();
            int setSize = scheme.designated(0).size();
            int rounds = scheme.minimalSets().size() * setSize;
            for (long index = 0; index < rounds; index++) {
                scheme.designated(index).forEach(leaf -> shares.merge(leaf, 1, Integer::sum));
                combinations.merge(scheme.designated(index).getFirst(), 1, Integer::sum);
            }
            int fair = rounds / scheme.leafCount();
            assertThat(combinations.values()).hasSize(scheme.leafCount()).containsOnly(fair);
            assertThat(shares.values()).hasSize(scheme.leafCount()).containsOnly(fair * setSize);
        }
    }

    @Test
    void withTooManyMinimalSetsReplicasTakeTurns() {
        assertThat(REPLICATED.minimalSets()).isEmpty();
        TreeSet<Integer> used = new TreeSet<>();
        for (long index = 0; index < 7; index++) {
            List<Integer> designated = REPLICATED.designated(index);
            assertThat(designated).hasSize(21);
            TreeSet<Integer> owners = new TreeSet<>();
            designated.forEach(leaf -> owners.add(REPLICATED.owner(leaf)));
            assertThat(owners).as("any three of seven know all summands").hasSize(3);
            used.addAll(owners);
        }
        assertThat(used).hasSize(7);
    }

    @Test
    void aReplicaMayOwnSeveralLeaves() {
        Formula twice = Formula.select(2, List.of(new Formula.Leaf(0), new Formula.Leaf(1), new Formula.Leaf(0)));
        SharingScheme scheme = new SharingScheme(new SharingFormula(twice, false));
        assertThat(scheme.leavesOf(0)).containsExactly(0, 2);
        assertThat(scheme.owner(2)).isZero();
        assertThat(scheme.isQualified(scheme.leavesOf(0))).isTrue();
    }

    @Test
    void whatIsNoSharingFormulaIsRefused() {
        Formula leaf = new Formula.Leaf(0);
        refused(new Formula.Gate(1, List.of(new Formula.Child(2, leaf))));
        Formula deep = leaf;
        for (int i = 0; i < 17; i++) {
            deep = Formula.select(1, List.of(deep));
        }
        refused(deep);
        List<Formula> many = new ArrayList<>();
        for (int i = 0; i < 4096; i++) {
            many.add(leaf);
        }
        refused(Formula.select(1, many));
    }

    private static void refused(Formula formula) {
        assertThatIllegalArgumentException().isThrownBy(() -> ShareTree.of(formula));
    }
}
