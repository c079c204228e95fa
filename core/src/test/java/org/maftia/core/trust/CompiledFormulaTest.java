package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;

class CompiledFormulaTest {
    /** Sets drawn for each large formula; over all seeds a million. */
    private static final int DRAWN = 10_000;

    @Seeds(100)
    void theProgramAndTheListAgreeWithTheFormulaOnEverySet(long seed) {
        Random random = new Random(seed);
        int size = 1 + random.nextInt(12);
        Formula formula = Groups.randomFormula(random, size, 5);
        CompiledFormula compiled = CompiledFormula.of(formula);
        Membership membership = Membership.of(size, formula, 1 << 12);
        for (long bits = 0; bits < 1L << size; bits++) {
            boolean holds = formula.holds(new ReplicaSet(bits));
            assertAgree(formula, bits, holds, compiled.holds(bits) == holds && membership.holds(bits) == holds);
        }
    }

    /** Builds an assertion, and its words, only where it will fail: there are millions. */
    private static void assertAgree(Formula formula, long bits, boolean holds, boolean agree) {
        if (!agree) {
            assertThat(agree)
                    .as("%s is %s for %s", formula, holds, new ReplicaSet(bits))
                    .isTrue();
        }
    }

    @Seeds(100)
    void theyAgreeOnDrawnSetsOf64Replicas(long seed) {
        Random random = new Random(seed);
        Formula formula = Groups.randomFormula(random, 64, 6);
        CompiledFormula compiled = CompiledFormula.of(formula);
        Membership membership = Membership.of(64, formula, 64);
        for (int i = 0; i < DRAWN; i++) {
            // Dense, balanced and sparse sets in turn: most formulas are decided at one end.
            long bits = random.nextLong();
            bits = i % 3 == 0 ? bits : i % 3 == 1 ? bits & random.nextLong() : bits | random.nextLong();
            boolean holds = formula.holds(new ReplicaSet(bits));
            assertAgree(formula, bits, holds, compiled.holds(bits) == holds && membership.holds(bits) == holds);
        }
    }

    @Seeds(100)
    void theMinimalSetsAreThoseFoundByTryingAll(long seed) {
        Random random = new Random(seed);
        int size = 1 + random.nextInt(10);
        Formula formula = Groups.randomFormula(random, size, 4);
        Symmetry symmetry = Symmetry.of(size, List.of(formula));
        List<Long> minimal = MinimalSets.of(formula, symmetry).orElseThrow().stream()
                .flatMap(set -> symmetry.expand(set).stream())
                .sorted()
                .toList();
        assertThat(minimal).isEqualTo(Groups.minimalByHand(formula, size));
    }

    @Test
    void sixteenGatesDeepWithUnequalWeightsFillTheStackExactly() {
        Formula formula = new Formula.Leaf(0);
        for (int depth = 0; depth < Formula.DEPTH_MAX; depth++) {
            formula = new Formula.Gate(
                    3,
                    List.of(
                            new Formula.Child(2, formula),
                            new Formula.Child(1, new Formula.Leaf(1 + depth % 2)),
                            new Formula.Child(1, new Formula.Leaf(3))));
        }
        CompiledFormula compiled = CompiledFormula.of(formula);
        for (long bits = 0; bits < 16; bits++) {
            assertThat(compiled.holds(bits)).isEqualTo(formula.holds(new ReplicaSet(bits)));
        }
    }

    @Test
    void theHeaviestGateDoesNotOverflowItsSum() {
        Formula heaviest = new Formula.Gate(
                Formula.WEIGHT_MAX,
                List.of(
                        new Formula.Child(Formula.WEIGHT_MAX - 1, new Formula.Leaf(0)),
                        new Formula.Child(1, Formula.select(1, ReplicaSet.of(1, 2)))));
        CompiledFormula compiled = CompiledFormula.of(Formula.select(2, List.of(heaviest, new Formula.Leaf(3))));
        assertThat(compiled.holds(0b1011)).isTrue();
        assertThat(compiled.holds(0b1001)).isFalse();
        assertThat(compiled.holds(0b0011)).isFalse();
    }
}
