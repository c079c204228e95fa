package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The public part of a shared key for BLS signatures: a number shared in G1 as for coin and cipher, and its power of the
 * generator of G2, which is all that an outsider needs. {@link #isConsistent} tells whether both are of the same number.
 *
 * <p>Shares are verified by a proof in G1 and not by a pairing with points of G2, so that one dealing, one generation and
 * one refresh serve all schemes: what changes with an epoch lies in G1, and the public key never changes.
 *
 * @param sharing over which formula, with its verification keys
 * @param publicKey of G2, 96 bytes, as in draft-irtf-cfrg-bls-signature
 */
public record BlsKey(DiscreteLogKey sharing, byte[] publicKey) {
    /** Bytes of {@link #publicKey}: a compressed point. */
    public static final int PUBLIC_KEY_LENGTH = CurvePoint.Twist.LENGTH;

    /** @throws IllegalArgumentException when the public key is no point of G2 */
    public BlsKey {
        publicKey = publicKey.clone();
        try {
            CurvePoint.Twist.decoded(publicKey);
        } catch (MalformedException e) {
            throw new IllegalArgumentException("the public key is no point: " + e.getMessage());
        }
    }

    @Override
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The key of a freshly dealt number, while its dealer still has the shares. */
    public static BlsKey of(DiscreteLogDealer.Dealing dealing) {
        SharingScheme scheme = new SharingScheme(dealing.key().formula());
        SortedMap<Integer, CurvePoint.Twist> powers = new TreeMap<>();
        dealing.shares()
                .forEach((replica, own) -> scheme.leavesOf(replica)
                        .forEach(leaf -> powers.put(leaf, CurvePoint.Twist.GENERATOR.times(own.value(leaf)))));
        SortedMap<Integer, BigInteger> coefficients = new FieldSharing(CurvePoint.ORDER)
                .coefficients(scheme.tree(), new TreeSet<>(powers.keySet()))
                .orElseThrow(() -> new IllegalArgumentException("a dealing has all shares"));
        CurvePoint.Twist sum = CurvePoint.Twist.IDENTITY;
        for (var entry : coefficients.entrySet()) {
            sum = sum.plus(powers.getOrDefault(entry.getKey(), CurvePoint.Twist.IDENTITY)
                    .times(entry.getValue()));
        }
        return new BlsKey(dealing.key(), sum.toBytes());
    }

    /** Whether shares, verification keys and public key belong together. For everyone who installs or audits a key. */
    public boolean isConsistent() {
        return sharing.isConsistent() && isOfOneNumber();
    }

    /** Whether the public key is of the same number as that in G1, whose shares may still be checked. */
    public boolean isOfOneNumber() {
        CurvePoint.Twist ofTwist = CurvePoint.Twist.decoded(publicKey);
        CurvePoint ofCurve = CurvePoint.decoded(sharing.publicKey());
        return CurvePoint.Twist.GENERATOR.pairs(ofCurve, CurvePoint.GENERATOR, ofTwist);
    }

    public static final Codec<BlsKey> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, BlsKey value) {
            DiscreteLogKey.CODEC.write(writer, value.sharing);
            writer.fixed(value.publicKey);
        }

        @Override
        public BlsKey read(Reader reader) {
            DiscreteLogKey sharing = DiscreteLogKey.CODEC.read(reader);
            try {
                return new BlsKey(sharing, reader.fixed(CurvePoint.Twist.LENGTH));
            } catch (IllegalArgumentException e) {
                throw new MalformedException("no key: " + e.getMessage());
            }
        }
    };
}
