package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.trust.SharingFormula;

/**
 * Makes a number shared in BLS12-381 G1: after it has returned nobody has the number, and no fault set has anything about
 * it. Whoever runs it knows the number meanwhile, so it runs on a host that is then wiped. Deterministic in its entropy.
 */
public final class DiscreteLogDealer {
    private static final FieldSharing SHARING = new FieldSharing(CurvePoint.ORDER);

    private DiscreteLogDealer() {}

    /**
     * A shared number.
     *
     * @param shares by replica, for those that own a leaf
     */
    public record Dealing(DiscreteLogKey key, SortedMap<Integer, DiscreteLogShares> shares) implements AutoCloseable {
        public Dealing {
            shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
        }

        /** What the replica keeps: no share at all where the formula gives it none. */
        public DiscreteLogShares sharesOf(int replica) {
            DiscreteLogShares own = shares.get(replica);
            return own != null ? own : DiscreteLogShares.of(key, replica, new TreeMap<>());
        }

        /**
         * The rehearsal of a ceremony, before the dealer forgets what it would need to start over: whether all shares
         * fit the key and, in the exponent, every minimal qualified set (of at most 1024) gives the public key.
         */
        public boolean rehearse() {
            boolean holds = key.isConsistent();
            for (DiscreteLogShares own : shares.values()) {
                holds &= own.match(key);
            }
            CurvePoint expected = CurvePoint.decoded(key.publicKey());
            List<CurvePoint> points = key.points();
            SharingScheme scheme = new SharingScheme(key.formula());
            for (List<Integer> set : scheme.minimalSets()) {
                SortedMap<Integer, CurvePoint> powers = new TreeMap<>();
                set.forEach(leaf -> powers.put(leaf, points.get(leaf)));
                holds &= combined(scheme.tree(), powers).equals(expected);
            }
            return holds;
        }

        /** Overwrites all shares. */
        @Override
        public void close() {
            shares.values().forEach(DiscreteLogShares::close);
        }
    }

    /**
     * Deals a fresh number.
     *
     * @param group whose key it is
     * @param keyId names the key and says what it is for
     * @throws IllegalArgumentException when the formula does not do for a key
     */
    public static Dealing deal(String group, String keyId, SharingFormula formula, Entropy entropy) {
        SharingScheme scheme = new SharingScheme(formula);
        // Not 0, whose powers are all the identity.
        BigInteger secret = Uniform.below(CurvePoint.ORDER.subtract(BigInteger.ONE), entropy)
                .add(BigInteger.ONE);
        SortedMap<Integer, BigInteger> values = SHARING.deal(scheme.tree(), secret, entropy);
        List<byte[]> verificationKeys = new ArrayList<>();
        values.values()
                .forEach(value ->
                        verificationKeys.add(CurvePoint.GENERATOR.times(value).toBytes()));
        DiscreteLogKey key = new DiscreteLogKey(
                group, keyId, 0, formula, CurvePoint.GENERATOR.times(secret).toBytes(), verificationKeys);
        SortedMap<Integer, DiscreteLogShares> shares = new TreeMap<>();
        for (int owner : new TreeSet<>(formula.owners())) {
            SortedMap<Integer, BigInteger> own = new TreeMap<>(values);
            own.keySet().retainAll(scheme.leavesOf(owner));
            shares.put(owner, DiscreteLogShares.of(key, owner, own));
        }
        return new Dealing(key, shares);
    }

    /**
     * The power whose exponent is the secret, from powers whose exponents are its shares.
     *
     * @throws IllegalArgumentException when the leaves do not suffice
     */
    static CurvePoint combined(ShareTree tree, SortedMap<Integer, CurvePoint> powers) {
        SortedMap<Integer, BigInteger> coefficients = SHARING.coefficients(tree, new TreeSet<>(powers.keySet()))
                .orElseThrow(() -> new IllegalArgumentException("the shares do not suffice"));
        CurvePoint sum = CurvePoint.IDENTITY;
        for (var entry : powers.entrySet()) {
            BigInteger coefficient = coefficients.get(entry.getKey());
            sum = coefficient == null ? sum : sum.plus(entry.getValue().times(coefficient));
        }
        return sum;
    }
}
