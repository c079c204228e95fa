package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.SharingFormula;

/**
 * A secret of 32 bytes that a qualified set of shares gives back, and about which any other set says nothing, whatever it
 * can compute. For what people keep together, such as the officers of a ceremony, who put it together in one place; keys
 * of replicas never are. A false share gives a false secret: whoever needs to know seals shares, or checks the secret.
 *
 * <p>Source: Shamir, "How to share a secret" (CACM 1979), gate by gate as Benaloh and Leichter (CRYPTO 1988).
 */
public final class SharedSecret {
    /** Bytes of the secret, and of each share. */
    public static final int LENGTH = CurvePoint.SCALAR_LENGTH;

    private static final FieldSharing SHARING = new FieldSharing(CurvePoint.ORDER);

    private SharedSecret() {}

    /** A fresh secret with all its shares; {@link #close} overwrites both. */
    public static final class Dealing implements AutoCloseable {
        private final byte[] secret;
        private final SharingScheme scheme;
        private final SortedMap<Integer, byte[]> shares;

        private Dealing(byte[] secret, SharingScheme scheme, SortedMap<Integer, byte[]> shares) {
            this.secret = secret;
            this.scheme = scheme;
            this.shares = shares;
        }

        /** By reference; uniform below a prime of 255 bits, so to be expanded before it serves as a key. */
        public byte[] secret() {
            return secret;
        }

        /** The shares of one holder by leaf, by reference; none where the formula does not name the holder. */
        public SortedMap<Integer, byte[]> sharesOf(int holder) {
            SortedMap<Integer, byte[]> own = new TreeMap<>(shares);
            own.keySet().retainAll(scheme.leavesOf(holder));
            return Collections.unmodifiableSortedMap(own);
        }

        @Override
        public void close() {
            Arrays.fill(secret, (byte) 0);
            shares.values().forEach(share -> Arrays.fill(share, (byte) 0));
        }
    }

    /**
     * Draws a secret and shares it.
     *
     * @param policy who together get it back; without weights
     * @throws IllegalArgumentException when the formula has weights
     */
    public static Dealing deal(Formula policy, Entropy entropy) {
        SharingScheme scheme = scheme(policy);
        BigInteger secret = Uniform.below(CurvePoint.ORDER, entropy);
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        SHARING.deal(scheme.tree(), secret, entropy)
                .forEach((leaf, value) -> shares.put(leaf, CurvePoint.scalar(value)));
        return new Dealing(CurvePoint.scalar(secret), scheme, shares);
    }

    /**
     * The secret, from shares by leaf; empty when they do not suffice.
     *
     * @throws IllegalArgumentException when the formula has weights
     */
    public static Optional<byte[]> combine(Formula policy, SortedMap<Integer, byte[]> shares) {
        return SHARING.coefficients(scheme(policy).tree(), new TreeSet<>(shares.keySet()))
                .map(coefficients -> {
                    BigInteger sum = BigInteger.ZERO;
                    for (var entry : coefficients.entrySet()) {
                        BigInteger share = new BigInteger(1, shares.getOrDefault(entry.getKey(), new byte[0]));
                        sum = sum.add(share.multiply(entry.getValue()));
                    }
                    return CurvePoint.scalar(sum.mod(CurvePoint.ORDER));
                });
    }

    /** Whether it survives two fault sets does not matter for people who come together. */
    private static SharingScheme scheme(Formula policy) {
        return new SharingScheme(new SharingFormula(policy, false));
    }
}
