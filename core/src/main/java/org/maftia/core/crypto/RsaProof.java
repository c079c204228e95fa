package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import org.maftia.core.wire.Digest;

/**
 * Shows that a share of a signature was made with the share of the key that the verification key stands for: equality of
 * two discrete logarithms in a group of unknown order, so over the integers. Zero knowledge up to 2^-256, sound in the
 * random oracle model. The commitment is derived from secret and statement: a replica that is set back in time repeats
 * itself, and never answers two challenges to one commitment.
 *
 * <p>Source: Shoup, "Practical threshold signatures" (Eurocrypt 2000), section 3, with xt = x^(4E).
 */
final class RsaProof {
    private static final int CHALLENGE_LENGTH = Digest.LENGTH;

    /** Hides the product of share and challenge, 256 bits longer than the share, by 256 bits more. */
    private static final int HIDING_BITS = 512;

    private final RsaKey key;
    private final ModularPower power;
    private final int leaf;

    /** |B_l|: public, from formula and length of the modulus. */
    private final int boundBits;

    RsaProof(RsaKey key, ModularPower power, int leaf, BigInteger bound) {
        this.key = key;
        this.power = power;
        this.leaf = leaf;
        this.boundBits = bound.bitLength();
    }

    /** The length of every proof for this leaf. */
    int length() {
        return CHALLENGE_LENGTH + responseLength();
    }

    private int responseLength() {
        return (boundBits + HIDING_BITS + 1 + 7) / 8;
    }

    /**
     * The proof.
     *
     * @param target xt
     * @param square the square of the share of the signature
     */
    byte[] prove(BigInteger secret, BigInteger target, BigInteger square) {
        BigInteger nonce = nonce(secret, target, square);
        BigInteger n = key.modulus();
        byte[] challenge = challenge(target, square, power.power(key.base(), nonce, n), power.power(target, nonce, n));
        // Negative with probability 2^-256 only, when the share is.
        BigInteger response = secret.multiply(new BigInteger(1, challenge)).add(nonce);
        byte[] proof = Arrays.copyOf(challenge, length());
        System.arraycopy(RsaKey.toBytes(response, responseLength()), 0, proof, CHALLENGE_LENGTH, responseLength());
        return proof;
    }

    boolean verify(BigInteger target, BigInteger square, byte[] proof) {
        if (proof.length != length()) {
            return false;
        }
        byte[] challenge = Arrays.copyOf(proof, CHALLENGE_LENGTH);
        BigInteger response = new BigInteger(1, Arrays.copyOfRange(proof, CHALLENGE_LENGTH, proof.length));
        if (response.bitLength() > boundBits + HIDING_BITS + 1) {
            return false;
        }
        BigInteger c = new BigInteger(1, challenge);
        BigInteger verificationKey = key.verificationKeys().get(leaf);
        byte[] expected = challenge(
                target,
                square,
                quotient(key.base(), response, verificationKey, c),
                quotient(target, response, square, c));
        return Arrays.equals(expected, challenge);
    }

    /** base^response / number^c; the number must be invertible. */
    private BigInteger quotient(BigInteger base, BigInteger response, BigInteger number, BigInteger c) {
        BigInteger n = key.modulus();
        return power.power(base, response, n)
                .multiply(number.modInverse(n).modPow(c, n))
                .mod(n);
    }

    private byte[] challenge(BigInteger target, BigInteger square, BigInteger first, BigInteger second) {
        return statement("rsa-proof", target, square)
                .field(key.toBytes(first))
                .field(key.toBytes(second))
                .digest()
                .toBytes();
    }

    private Transcript statement(String purpose, BigInteger target, BigInteger square) {
        return Transcript.of(purpose)
                .field(key.keyId())
                .field(key.toBytes(key.modulus()))
                .field(leaf)
                .field(key.toBytes(key.base()))
                .field(key.toBytes(target))
                .field(key.toBytes(key.verificationKeys().get(leaf)))
                .field(key.toBytes(square));
    }

    private BigInteger nonce(BigInteger secret, BigInteger target, BigInteger square) {
        byte[] seed = statement("rsa-proof-nonce", target, square)
                .field(secret.toByteArray())
                .digest()
                .toBytes();
        return Uniform.expanded(seed, boundBits + HIDING_BITS);
    }
}
