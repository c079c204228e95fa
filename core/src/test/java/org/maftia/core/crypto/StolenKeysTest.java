package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.TestKeys;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.core.trust.TrustPolicy.Model;

/** An intruder holds every secret of one fault set, whichever the configuration allows: what can he do with the shares? */
class StolenKeysTest {
    private static final byte[] MESSAGE = "never ordered".getBytes(StandardCharsets.UTF_8);
    private static final BigInteger P = prime(1);
    private static final BigInteger Q = prime(2);
    private static final BigInteger ORDER = P.shiftRight(1).multiply(Q.shiftRight(1));

    private static BigInteger prime(long seed) {
        return SafePrimes.generate(256, new SeededEntropy(seed), ModularPower.JAVA, SafePrimes.Progress.NONE);
    }

    private static FaultStructure fourReplicas() {
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            members.add(new Member("r" + i, new TreeMap<>(Map.of("site", "s" + i))));
        }
        return FaultStructure.compile(
                TrustPolicy.of(Model.ASYNCHRONOUS, List.of("site"), List.of(Clause.any(1))), members);
    }

    private static FaultStructure grid() {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            members.add(new Member("r" + (i + 1), new TreeMap<>(Map.of("site", "s" + i / 4, "os", "o" + i % 4))));
        }
        Clause together = new Clause.Joint(new TreeMap<>(Map.of("site", 1, "os", 1)), 0);
        return FaultStructure.compile(
                TrustPolicy.of(Model.ASYNCHRONOUS, List.of("site", "os"), List.of(together)), members);
    }

    private static RsaDealer.Dealing deal(FaultStructure trust, long seed) {
        return RsaDealer.deal(
                "test", RsaEncoding.PKCS1_SHA256, trust.sharing(), P, Q, new SeededEntropy(seed), ModularPower.JAVA);
    }

    @Attack("stolen key files of a fault set")
    @Test
    void stolenKeysOfAFaultSetSignNothing() {
        for (FaultStructure trust : List.of(fourReplicas(), grid())) {
            RsaDealer.Dealing dealing = deal(trust, 1);
            RsaThreshold threshold = new RsaThreshold(dealing.key());
            for (ReplicaSet faults : trust.maximalFaultSets()) {
                assertThat(trust.sharing().isQualified(faults)).isFalse();
                assertThat(trust.sharing().isQualified(trust.all().minus(faults)))
                        .isTrue();
                SortedMap<Integer, byte[]> stolen = shares(threshold, dealing, faults);
                assertThat(threshold.selection(threshold.scheme().leavesOf(faults)))
                        .isEmpty();
                assertThat(threshold.combine(MESSAGE, stolen)).isEmpty();
                for (SortedMap<Integer, byte[]> guess : completions(threshold, dealing.key(), stolen)) {
                    assertThat(threshold.combine(MESSAGE, guess)).isEmpty();
                }
                assertThat(threshold.combine(
                                MESSAGE, shares(threshold, dealing, trust.all().minus(faults))))
                        .as("the others sign without them")
                        .isPresent();
            }
        }
    }

    private static SortedMap<Integer, byte[]> shares(
            RsaThreshold threshold, RsaDealer.Dealing dealing, ReplicaSet replicas) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        replicas.forEach(replica -> {
            try (RsaSigner signer = threshold.signer(dealing.sharesOf(replica).copy(), ModularPower.JAVA)) {
                signer.leaves().forEach(leaf -> shares.put(leaf, signer.share(MESSAGE, leaf)));
            }
        });
        return shares;
    }

    /** The stolen shares with what an intruder could put in the place of the missing ones. */
    private static List<SortedMap<Integer, byte[]>> completions(
            RsaThreshold threshold, RsaKey key, SortedMap<Integer, byte[]> stolen) {
        BigInteger x = key.encode(MESSAGE);
        List<SortedMap<Integer, byte[]>> completions = new ArrayList<>();
        for (int power = 1; power <= 3; power++) {
            byte[] guess = key.toBytes(x.pow(power).mod(key.modulus()));
            SortedMap<Integer, byte[]> completion = new TreeMap<>();
            for (int leaf = 0; leaf < threshold.scheme().leafCount(); leaf++) {
                completion.put(leaf, stolen.getOrDefault(leaf, guess));
            }
            completions.add(completion);
        }
        return completions;
    }

    /**
     * The integers of a fault set have exact relations, such as f(1) - 2 f(2) + f(3) = 0 in a whole site, which say
     * nothing. A relation that gives a multiple of the order other than 0 would factor the modulus.
     */
    @Test
    void noRelationOfSmallCoefficientsGivesAMultipleOfTheOrder() {
        for (FaultStructure trust : List.of(fourReplicas(), grid())) {
            RsaDealer.Dealing dealing = deal(trust, 2);
            for (ReplicaSet faults : trust.maximalFaultSets().subList(0, 4)) {
                assertThat(smallRelations(integers(dealing, faults))).isEmpty();
            }
        }
    }

    @Test
    void latticeReductionFindsNoMultipleOfTheOrder() {
        FaultStructure trust = grid();
        RsaDealer.Dealing dealing = deal(trust, 3);
        for (ReplicaSet faults : trust.maximalFaultSets().subList(0, 3)) {
            assertThat(reducedRelations(integers(dealing, faults), dealing.key()))
                    .isEmpty();
        }
    }

    /** The test above can fail: reduced below the root, a single site would factor the modulus. */
    @Test
    void bothSearchesFindTheOrderWhenSharesAreReducedBelowTheRoot() {
        RsaDealer.Dealing dealing = deal(grid(), 4);
        List<BigInteger> reduced = integers(dealing, ReplicaSet.of(0, 1, 2, 3)).stream()
                .map(value -> value.mod(ORDER))
                .toList();
        assertThat(smallRelations(reduced)).isNotEmpty();
        assertThat(reducedRelations(reduced, dealing.key())).isNotEmpty();
    }

    private static List<BigInteger> integers(RsaDealer.Dealing dealing, ReplicaSet replicas) {
        List<BigInteger> integers = new ArrayList<>();
        replicas.forEach(replica -> {
            RsaShares shares = dealing.sharesOf(replica);
            shares.leaves().forEach(leaf -> integers.add(shares.value(leaf)));
        });
        return integers;
    }

    /** Sums with coefficients -2 to 2 that are a multiple of the order, but not 0. */
    private static List<BigInteger> smallRelations(List<BigInteger> integers) {
        List<BigInteger> sums = List.of(BigInteger.ZERO);
        for (BigInteger integer : integers) {
            List<BigInteger> longer = new ArrayList<>();
            for (BigInteger sum : sums) {
                for (int coefficient = -2; coefficient <= 2; coefficient++) {
                    longer.add(sum.add(integer.multiply(BigInteger.valueOf(coefficient))));
                }
            }
            sums = longer;
        }
        return sums.stream().filter(StolenKeysTest::isMultiple).toList();
    }

    private static boolean isMultiple(BigInteger sum) {
        return sum.signum() != 0 && sum.mod(ORDER).signum() == 0;
    }

    /**
     * The order is n/4 up to half of its digits, so a relation for it is a short vector of the lattice of (W c, 4 sum(c
     * s) - t n) for a weight W of about that size.
     */
    private static List<BigInteger> reducedRelations(List<BigInteger> integers, RsaKey key) {
        int count = integers.size();
        BigInteger weight = BigInteger.ONE.shiftLeft(key.modulus().bitLength() / 2 - 4);
        BigInteger[][] rows = new BigInteger[count + 1][count + 1];
        for (int i = 0; i <= count; i++) {
            for (int j = 0; j <= count; j++) {
                rows[i][j] = i == j && i < count ? weight : BigInteger.ZERO;
            }
            rows[i][count] = i < count ? integers.get(i).shiftLeft(2) : key.modulus();
        }
        LatticeReduction.reduce(rows);
        List<BigInteger> found = new ArrayList<>();
        for (BigInteger[] row : rows) {
            BigInteger sum = BigInteger.ZERO;
            for (int i = 0; i < count; i++) {
                sum = sum.add(row[i].divide(weight).multiply(integers.get(i)));
            }
            if (isMultiple(sum)) {
                found.add(sum);
            }
        }
        return found;
    }

    @Test
    void theGroupsFormulaIsTheOneOfTheDesign() {
        assertThat(grid().sharing().formula()).isEqualTo(TestKeys.grid().formula());
        assertThat(fourReplicas().sharing().formula())
                .isEqualTo(TestKeys.threshold(2, 4).formula());
    }
}
