package org.maftia.core.crypto;

import org.maftia.core.wire.MalformedException;

/**
 * Plain BLS signatures, as any outsider verifies them: 48 bytes of G1, a key of 96 bytes of G2. A message has exactly one
 * signature under a key.
 *
 * <p>Source: Boneh, Lynn, Shacham (J. Cryptology 2004); draft-irtf-cfrg-bls-signature, minimal-signature-size, basic scheme.
 */
public final class BlsSignature {
    /** Bytes of a signature. */
    public static final int LENGTH = CurvePoint.LENGTH;

    /** Bytes of a public key. */
    public static final int PUBLIC_KEY_LENGTH = CurvePoint.Twist.LENGTH;

    /** The suite as the draft names it, so that libraries of others accept the result. */
    private static final String SUITE = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

    private BlsSignature() {}

    /** The point whose power by the secret is the signature. */
    static CurvePoint hashed(byte[] message) {
        return CurvePoint.hashed(message, SUITE);
    }

    /** Whether these bytes, of any length, are the signature of the message under the key of this public part. */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        try {
            return verify(CurvePoint.Twist.decoded(publicKey), hashed(message), CurvePoint.decoded(signature));
        } catch (MalformedException e) {
            return false;
        }
    }

    static boolean verify(CurvePoint.Twist publicKey, CurvePoint base, CurvePoint signature) {
        return CurvePoint.Twist.GENERATOR.pairs(signature, base, publicKey);
    }
}
