package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/**
 * Every subset of the replicas, one after the other: the qualified ones compute the secret, and for any other the secret
 * is no combination of its shares, so that every value is as likely as before. No fault set is qualified.
 */
class ExhaustiveSharingTest {
    @Test
    void ofFourReplicas() {
        check(Structures.FOUR, Structures.FOUR.sharing());
    }

    @Test
    void ofSevenReplicas() {
        check(FaultStructure.threshold(7, 2), FaultStructure.threshold(7, 2).sharing());
        check(FaultStructure.threshold(7, 2), TestKeys.replicated(FaultStructure.threshold(7, 2)));
    }

    @Test
    void ofSixteenReplicasOnFourSitesAndFourSystems() {
        assertThat(Structures.grid().all()).isEqualTo(ReplicaSet.firstOf(16));
        check(Structures.grid(), Structures.grid().sharing());
        check(Structures.grid(), TestKeys.grid());
    }

    @Seeds(40)
    void ofStructuresDrawnFromASeed(long seed) {
        FaultStructure trust = Structures.general(seed);
        check(trust, trust.sharing());
        check(trust, trust.copiedSharing().orElseThrow());
    }

    private static void check(FaultStructure trust, SharingFormula formula) {
        SharingScheme scheme = new SharingScheme(formula);
        FieldSharing sharing = new FieldSharing(CurvePoint.ORDER);
        BigInteger secret = Uniform.below(CurvePoint.ORDER, new SeededEntropy(1));
        SortedMap<Integer, BigInteger> shares = sharing.deal(scheme.tree(), secret, new SeededEntropy(2));
        SpanProgram program = new SpanProgram(scheme.tree());
        int qualified = 0;
        for (long bits = 0; bits <= trust.all().bits(); bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            SortedSet<Integer> leaves = scheme.leavesOf(set);
            var coefficients = sharing.coefficients(scheme.tree(), leaves);
            boolean suffices = formula.isQualified(set);
            if (suffices) {
                qualified++;
            }
            if (coefficients.isPresent() != suffices || program.determinesSecret(leaves) != suffices) {
                fail("%s: qualified by the formula %b, by computing %b", set, suffices, coefficients.isPresent());
            }
            if (coefficients.isPresent() && !secret.equals(sum(coefficients.get(), shares))) {
                fail("%s computes another secret", set);
            }
            if (trust.isFaultSet(set)
                    && (suffices || !formula.isQualified(trust.all().minus(set)))) {
                fail("fault set %s: qualified %b", set, suffices);
            }
        }
        assertThat(qualified).isBetween(1, (int) trust.all().bits());
    }

    private static BigInteger sum(SortedMap<Integer, BigInteger> coefficients, SortedMap<Integer, BigInteger> shares) {
        BigInteger sum = BigInteger.ZERO;
        for (var factor : coefficients.entrySet()) {
            sum = sum.add(factor.getValue().multiply(shares.getOrDefault(factor.getKey(), BigInteger.ZERO)));
        }
        return sum.mod(CurvePoint.ORDER);
    }

    /**
     * The sharing as linear algebra: a share is a row of coefficients of the secret, in column 0, and of the dealer's
     * random numbers. Written from the definition and not from the code under test. A small prime field does, as the
     * only divisors are differences of the places of children.
     */
    private static final class SpanProgram {
        private static final long PRIME = 2_147_483_647;

        private final List<long[]> rows = new ArrayList<>();
        private int columns = 1;

        SpanProgram(ShareTree tree) {
            long[] secret = {1};
            add(tree, secret);
        }

        private void add(ShareTree node, long[] value) {
            switch (node) {
                case ShareTree.Leaf leaf -> rows.add(value);
                case ShareTree.Gate gate -> {
                    int first = columns;
                    columns += gate.threshold() - 1;
                    for (int place = 1; place <= gate.children().size(); place++) {
                        long[] child = Arrays.copyOf(value, columns);
                        long power = 1;
                        for (int column = first; column < first + gate.threshold() - 1; column++) {
                            power = power * place % PRIME;
                            child[column] = power;
                        }
                        add(gate.children().get(place - 1), child);
                    }
                }
            }
        }

        /** Whether (1, 0, 0, ...) is in the span of the rows: by eliminating all columns but the first. */
        boolean determinesSecret(SortedSet<Integer> leaves) {
            List<long[]> left = new ArrayList<>();
            leaves.forEach(leaf -> left.add(Arrays.copyOf(rows.get(leaf), columns)));
            for (int column = 1; column < columns; column++) {
                int pivot = 0;
                while (pivot < left.size() && left.get(pivot)[column] == 0) {
                    pivot++;
                }
                if (pivot == left.size()) {
                    continue;
                }
                long[] row = left.remove(pivot);
                long inverse = BigInteger.valueOf(row[column])
                        .modInverse(BigInteger.valueOf(PRIME))
                        .longValue();
                for (long[] other : left) {
                    long factor = other[column] * inverse % PRIME;
                    for (int i = 0; factor != 0 && i < columns; i++) {
                        other[i] = Math.floorMod(other[i] - factor * row[i] % PRIME, PRIME);
                    }
                }
            }
            return left.stream().anyMatch(row -> row[0] != 0);
        }
    }
}
