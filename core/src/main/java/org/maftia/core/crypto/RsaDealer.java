package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.trust.SharingFormula;

/**
 * Makes a shared RSA key: after it has returned, nobody has the private exponent, and no fault set has anything about
 * it. Whoever runs it knows the key meanwhile, so it runs on a host that is then wiped.
 *
 * <p>Deterministic in its entropy. Source: Shoup (Eurocrypt 2000), and for gates below the root {@link IntegerSharing}.
 */
public final class RsaDealer {
    /** Sets tried where there are too many to try all: each replica starts some. */
    private static final int SAMPLE = 64;

    private RsaDealer() {}

    /**
     * A shared key.
     *
     * @param shares by replica, for those that own a leaf
     */
    public record Dealing(RsaKey key, SortedMap<Integer, RsaShares> shares) implements AutoCloseable {
        public Dealing {
            shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
        }

        /** The shares of a replica that owns a leaf. */
        public RsaShares sharesOf(int replica) {
            RsaShares own = shares.get(replica);
            if (own == null) {
                throw new IllegalArgumentException("replica " + replica + " owns no leaf");
            }
            return own;
        }

        /**
         * Signs with every minimal qualified set, or with a sample where there are more than 1024: the rehearsal of a
         * ceremony, before the dealer forgets what it would need to start over.
         *
         * @param power computes the shares
         * @return whether every set made the one signature, all commitments fit, and so does every share
         */
        public boolean rehearse(ModularPower power) {
            RsaThreshold threshold = new RsaThreshold(key, power);
            byte[] message =
                    Transcript.of("rehearsal").field(key.keyId()).digest().toBytes();
            boolean holds = key.isConsistent();
            SortedMap<Integer, byte[]> all = new TreeMap<>();
            for (RsaShares own : shares.values()) {
                holds &= own.match(key, power);
                // The signer takes over and erases what it is given, so it gets a copy.
                try (RsaSigner signer = threshold.signer(own.copy(), power)) {
                    own.leaves().forEach(leaf -> all.put(leaf, signer.share(message, leaf)));
                }
            }
            int sets = threshold.scheme().minimalSets().size();
            for (int index = 0; index < (sets == 0 ? SAMPLE : sets) && holds; index++) {
                SortedMap<Integer, byte[]> some = new TreeMap<>(all);
                some.keySet().retainAll(threshold.designated(index));
                holds = threshold.combine(message, some).isPresent();
            }
            return holds;
        }

        /** Overwrites all shares. */
        @Override
        public void close() {
            shares.values().forEach(RsaShares::close);
        }
    }

    /**
     * Makes the primes one after the other, then deals. {@link SafePrimes#generate} and {@link #deal} do the same in
     * parts, for callers with two cores.
     *
     * @param modulusBits even; 2048 or 3072, less in tests
     */
    public static Dealing generate(
            String keyId,
            RsaEncoding encoding,
            SharingFormula formula,
            int modulusBits,
            Entropy entropy,
            ModularPower power,
            SafePrimes.Progress progress) {
        BigInteger p = SafePrimes.generate(modulusBits / 2, entropy, power, progress);
        BigInteger q = SafePrimes.generate(modulusBits / 2, entropy, power, progress);
        return deal(keyId, encoding, formula, p, q, entropy, power);
    }

    /**
     * Shares the key of two safe primes.
     *
     * @param p from {@link SafePrimes#generate}
     * @param q another, of the same length
     * @throws IllegalArgumentException when the formula or the modulus does not do for a key
     */
    public static Dealing deal(
            String keyId,
            RsaEncoding encoding,
            SharingFormula formula,
            BigInteger p,
            BigInteger q,
            Entropy entropy,
            ModularPower power) {
        BigInteger n = p.multiply(q);
        // p' and q': p and q are odd, so that shifting subtracts the 1.
        BigInteger order = p.shiftRight(1).multiply(q.shiftRight(1));
        if (p.equals(q) || !order.gcd(RsaKey.EXPONENT).equals(BigInteger.ONE)) {
            throw new IllegalArgumentException("the primes must differ, and 65537 must not divide their order");
        }
        SharingScheme scheme = new SharingScheme(formula);
        BigInteger secret = RsaKey.EXPONENT.modInverse(order);
        BigInteger base = generatorOfSquares(n, entropy);

        List<BigInteger> commitments = new ArrayList<>();
        SortedMap<Integer, BigInteger> values = new TreeMap<>();
        IntegerSharing.deal(scheme.tree(), secret, order, n.bitLength(), entropy, new IntegerSharing.Sink() {
            @Override
            public void share(int leaf, BigInteger value) {
                values.put(leaf, value);
            }

            @Override
            public void hidden(BigInteger value) {
                commitments.add(RsaPower.of(power, base, value, n));
            }
        });
        List<BigInteger> verificationKeys = new ArrayList<>();
        values.values().forEach(value -> verificationKeys.add(RsaPower.of(power, base, value, n)));
        BigInteger root = power.power(base, secret, n);
        RsaKey key = new RsaKey(keyId, encoding, formula, n, base, root, commitments, verificationKeys);
        return new Dealing(key, byOwner(keyId, scheme, values));
    }

    /** A random square v with gcd(v-1, n) = 1: not 1 modulo either prime, so of the full order p'q'. */
    private static BigInteger generatorOfSquares(BigInteger n, Entropy entropy) {
        while (true) {
            BigInteger number = Uniform.below(n, entropy);
            BigInteger square = number.multiply(number).mod(n);
            if (square.gcd(n).equals(BigInteger.ONE)
                    && square.subtract(BigInteger.ONE).gcd(n).equals(BigInteger.ONE)) {
                return square;
            }
        }
    }

    private static SortedMap<Integer, RsaShares> byOwner(
            String keyId, SharingScheme scheme, SortedMap<Integer, BigInteger> values) {
        SortedMap<Integer, SortedMap<Integer, BigInteger>> owned = new TreeMap<>();
        values.forEach((leaf, value) -> owned.computeIfAbsent(scheme.owner(leaf), owner -> new TreeMap<>())
                .put(leaf, value));
        SortedMap<Integer, RsaShares> shares = new TreeMap<>();
        owned.forEach((owner, leaves) -> shares.put(owner, RsaShares.of(keyId, owner, leaves)));
        return shares;
    }
}
