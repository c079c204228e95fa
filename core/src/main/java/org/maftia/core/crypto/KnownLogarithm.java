package org.maftia.core.crypto;

import java.math.BigInteger;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A proof that its maker knows the logarithm of a point, which tells nothing of it. 64 bytes. As in {@link
 * EqualLogarithms} the nonce is a hash of the secret and of all that the challenge hashes.
 *
 * <p>Source: Schnorr (J. Cryptology 1991), made non-interactive by a hash (Fiat, Shamir).
 *
 * @param challenge c, below the order
 * @param response z = t + c s, below the order
 */
record KnownLogarithm(BigInteger challenge, BigInteger response) {
    static final int LENGTH = 2 * CurvePoint.SCALAR_LENGTH;

    /** @param use what the proof is for: it serves nothing else */
    static KnownLogarithm prove(KeyUse use, CurvePoint power, BigInteger secret) {
        BigInteger nonce =
                CurvePoint.scalarOf(transcript(use, "schnorr-nonce", power).field(CurvePoint.scalar(secret)));
        BigInteger challenge = challenge(use, power, CurvePoint.GENERATOR.times(nonce));
        return new KnownLogarithm(
                challenge, nonce.add(challenge.multiply(secret)).mod(CurvePoint.ORDER));
    }

    boolean isOf(KeyUse use, CurvePoint power) {
        CurvePoint commitment = CurvePoint.GENERATOR.times(response).minus(power.times(challenge));
        return challenge(use, power, commitment).equals(challenge);
    }

    private static BigInteger challenge(KeyUse use, CurvePoint power, CurvePoint commitment) {
        return CurvePoint.scalarOf(transcript(use, "schnorr", power).field(commitment.toBytes()));
    }

    private static Transcript transcript(KeyUse use, String tag, CurvePoint power) {
        return use.transcript(tag).field(CurvePoint.GENERATOR.toBytes()).field(power.toBytes());
    }

    static final Codec<KnownLogarithm> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, KnownLogarithm value) {
            writer.fixed(CurvePoint.scalar(value.challenge)).fixed(CurvePoint.scalar(value.response));
        }

        @Override
        public KnownLogarithm read(Reader reader) {
            return new KnownLogarithm(scalar(reader), scalar(reader));
        }

        /** Below the order: otherwise anyone could write a proof in a second way. */
        private static BigInteger scalar(Reader reader) {
            BigInteger value = new BigInteger(1, reader.fixed(CurvePoint.SCALAR_LENGTH));
            if (value.compareTo(CurvePoint.ORDER) >= 0) {
                throw new MalformedException("a number above the order");
            }
            return value;
        }
    };
}
