package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One replica's half of an {@link RsaThreshold}. Deterministic: the same message gives the same share and proof. Any
 * thread may call, until {@link #close} erases the secret.
 */
public final class RsaSigner implements ThresholdSignature.Signer, AutoCloseable {
    private final RsaThreshold threshold;
    private final RsaShares shares;
    private final ModularPower power;

    /** For each own leaf the power by 2 E s, without sign. */
    private final SortedMap<Integer, ModularPower.Power> powers = new TreeMap<>();

    RsaSigner(RsaThreshold threshold, RsaShares shares, ModularPower power) {
        this.threshold = threshold;
        this.shares = shares;
        this.power = power;
        for (int leaf : shares.leaves()) {
            BigInteger exponent =
                    shares.value(leaf).abs().multiply(threshold.shareFactor()).shiftLeft(1);
            powers.put(leaf, power.prepare(exponent, threshold.key().modulus()));
        }
    }

    @Override
    public Set<Integer> leaves() {
        return shares.leaves();
    }

    @Override
    public byte[] share(byte[] message, int leaf) {
        return threshold.key().toBytes(shareOf(threshold.encode(message), leaf));
    }

    private BigInteger shareOf(BigInteger x, int leaf) {
        ModularPower.Power prepared = powers.get(leaf);
        if (prepared == null) {
            throw new IllegalArgumentException("no share " + leaf + " here");
        }
        int sign = shares.value(leaf).signum();
        return prepared.of(RsaPower.oriented(x, sign, threshold.key().modulus()));
    }

    @Override
    public byte[] prove(byte[] message, int leaf) {
        BigInteger n = threshold.key().modulus();
        BigInteger x = threshold.encode(message);
        BigInteger share = shareOf(x, leaf);
        return threshold
                .proof(leaf, power)
                .prove(
                        shares.value(leaf),
                        threshold.target(x),
                        share.multiply(share).mod(n));
    }

    /** Erases the secret; shares and proofs that are being computed may fail. */
    @Override
    public void close() {
        powers.values().forEach(ModularPower.Power::close);
        shares.close();
    }
}
