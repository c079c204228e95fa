package org.maftia.core.crypto;

import java.math.BigInteger;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A proof that log_g(V) = log_a(b), which tells nothing of the logarithm. 64 bytes. Its randomness is a hash of the
 * secret and of all that the challenge hashes: one nonce under two challenges would bare the secret, so a replica that
 * is set back in time must repeat itself.
 *
 * <p>Source: Chaum, Pedersen (CRYPTO 1992), made non-interactive by a hash (Fiat, Shamir); nonces as in RFC 6979.
 *
 * @param challenge c, below the order
 * @param response z = t + c s, below the order
 */
record EqualLogarithms(BigInteger challenge, BigInteger response) {
    static final int LENGTH = 2 * CurvePoint.SCALAR_LENGTH;

    /**
     * The claim: that b is to a as V is to the generator.
     *
     * @param key V
     * @param base a
     * @param power b
     */
    record Claim(KeyUse use, CurvePoint key, CurvePoint base, CurvePoint power) {
        private Transcript transcript(String tag) {
            return use.transcript(tag)
                    .field(CurvePoint.GENERATOR.toBytes())
                    .field(key.toBytes())
                    .field(base.toBytes())
                    .field(power.toBytes());
        }

        private BigInteger challenge(CurvePoint ofGenerator, CurvePoint ofBase) {
            return CurvePoint.scalarOf(
                    transcript("dleq").field(ofGenerator.toBytes()).field(ofBase.toBytes()));
        }

        /** @param secret the common logarithm */
        EqualLogarithms prove(BigInteger secret) {
            BigInteger nonce = CurvePoint.scalarOf(transcript("dleq-nonce").field(CurvePoint.scalar(secret)));
            BigInteger challenge = challenge(CurvePoint.GENERATOR.times(nonce), base.times(nonce));
            return new EqualLogarithms(
                    challenge, nonce.add(challenge.multiply(secret)).mod(CurvePoint.ORDER));
        }

        boolean isShownBy(EqualLogarithms proof) {
            return isShownBy(proof, base.times(proof.response));
        }

        /** @param multiple of the base by the response: who uses the same base again and again has it cheaper */
        boolean isShownBy(EqualLogarithms proof, CurvePoint multiple) {
            CurvePoint ofGenerator = CurvePoint.generatorTimes(proof.response).minus(key.times(proof.challenge));
            CurvePoint ofBase = multiple.minus(power.times(proof.challenge));
            return challenge(ofGenerator, ofBase).equals(proof.challenge);
        }
    }

    static final Codec<EqualLogarithms> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, EqualLogarithms value) {
            writer.fixed(CurvePoint.scalar(value.challenge)).fixed(CurvePoint.scalar(value.response));
        }

        @Override
        public EqualLogarithms read(Reader reader) {
            return new EqualLogarithms(scalar(reader), scalar(reader));
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
