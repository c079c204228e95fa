package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.core.trust.SharingFormula;

/**
 * RSA signatures that any verifier of plain RSA accepts, made by a qualified set of replicas without the private key
 * ever being in one place. Non-interactive, and unique: whoever combines gets the same bytes. Shares are not checked one
 * by one; the result is, and only when that fails proofs tell who lied.
 *
 * <p>With x the encoded message, a share is x^(2 E s) for the exact integer s, as nobody here knows the order of the
 * group. Shares of a minimal qualified set, raised to integer coefficients, multiply to w with w^e = x^e' for a known e'
 * coprime to e, from which Euclid gives the root of x.
 *
 * <p>Source: Shoup, "Practical threshold signatures" (Eurocrypt 2000), Theorem 1, for one gate. For nested gates the
 * argument stands in the design and awaits independent review.
 */
public final class RsaThreshold implements ThresholdSignature {
    /** No larger than a frame of the protocols: a message comes from the log. */
    private static final int MESSAGE_LENGTH_MAX = 4 << 20;

    private final RsaKey key;
    private final SharingScheme scheme;
    private final List<BigInteger> bounds;
    private final BigInteger shareFactor;

    /** For public exponents only: what it computes is no secret. */
    private final ModularPower power;

    /** The key, with the platform's arithmetic. */
    public RsaThreshold(RsaKey key) {
        this(key, ModularPower.JAVA);
    }

    /** The key, with a faster arithmetic for the verification of proofs. */
    public RsaThreshold(RsaKey key, ModularPower power) {
        this.key = key;
        this.power = power;
        this.scheme = new SharingScheme(key.formula());
        this.bounds = IntegerSharing.leafBounds(scheme.tree(), key.modulus().bitLength());
        this.shareFactor = IntegerSharing.shareFactor(scheme.tree());
    }

    /**
     * The secret half. It takes over the shares and erases them when it is closed.
     *
     * @throws IllegalArgumentException when the shares are of another key or not all of their owner
     */
    public RsaSigner signer(RsaShares shares, ModularPower power) {
        if (!shares.keyId().equals(key.keyId()) || !shares.leaves().equals(scheme.leavesOf(shares.replica()))) {
            throw new IllegalArgumentException("these are not the shares of " + key.keyId());
        }
        return new RsaSigner(this, shares, power);
    }

    public RsaKey key() {
        return key;
    }

    /** Who owns which leaf, and which leaves suffice. */
    public SharingScheme scheme() {
        return scheme;
    }

    @Override
    public String keyId() {
        return key.keyId();
    }

    @Override
    public SharingFormula formula() {
        return key.formula();
    }

    @Override
    public boolean accepts(byte[] message) {
        return message.length <= MESSAGE_LENGTH_MAX
                && key.encoding().accepts(key.modulus().bitLength(), message);
    }

    @Override
    public List<Integer> designated(long index) {
        return scheme.designated(index);
    }

    @Override
    public List<Integer> selection(SortedSet<Integer> leaves) {
        return scheme.selection(leaves);
    }

    /** E_l, the same for all leaves. */
    BigInteger shareFactor() {
        return shareFactor;
    }

    BigInteger encode(byte[] message) {
        if (!accepts(message)) {
            throw new IllegalArgumentException(
                    "the message is too long to sign, or no digest for a key that signs those");
        }
        return key.encode(message);
    }

    /** The base of proofs: x^(4E), a square, and so of the order that the proof needs. */
    BigInteger target(BigInteger x) {
        return x.modPow(shareFactor.shiftLeft(2), key.modulus());
    }

    RsaProof proof(int leaf, ModularPower with) {
        return new RsaProof(key, with, leaf, bounds.get(leaf));
    }

    @Override
    public Optional<byte[]> combine(byte[] message, SortedMap<Integer, byte[]> shares) {
        SortedSet<Integer> present = new TreeSet<>();
        shares.forEach((leaf, share) -> {
            if (isElement(share)) {
                present.add(leaf);
            }
        });
        SortedSet<Integer> selection = new TreeSet<>(scheme.selection(present));
        if (selection.isEmpty() || !accepts(message)) {
            return Optional.empty();
        }
        BigInteger x = key.encode(message);
        try {
            BigInteger y = root(x, IntegerSharing.combination(scheme.tree(), selection), shares);
            return isRoot(y, x) ? Optional.of(key.toBytes(y)) : Optional.empty();
        } catch (ArithmeticException e) {
            // A share without an inverse: as wrong as any other, and the proofs will name it.
            return Optional.empty();
        }
    }

    /** y = w^a x^b, with 1 = a e' + b e. Negative exponents are collected, for one inverse in all. */
    private BigInteger root(BigInteger x, IntegerSharing.Combination combination, SortedMap<Integer, byte[]> shares) {
        BigInteger n = key.modulus();
        BigInteger above = BigInteger.ONE;
        BigInteger below = BigInteger.ONE;
        for (Map.Entry<Integer, BigInteger> entry : combination.coefficients().entrySet()) {
            BigInteger exponent = entry.getValue().shiftLeft(1);
            BigInteger factor = new BigInteger(1, shares.get(entry.getKey())).modPow(exponent.abs(), n);
            if (exponent.signum() > 0) {
                above = above.multiply(factor).mod(n);
            } else {
                below = below.multiply(factor).mod(n);
            }
        }
        BigInteger e = RsaKey.EXPONENT;
        BigInteger multiple = combination.factor().shiftLeft(2);
        BigInteger a = multiple.modInverse(e);
        // (e' a - 1) / e = -b, at least 0.
        BigInteger minusB = multiple.multiply(a).subtract(BigInteger.ONE).divide(e);
        BigInteger denominator =
                below.modPow(a, n).multiply(x.modPow(minusB, n)).mod(n);
        return above.modPow(a, n).multiply(denominator.modInverse(n)).mod(n);
    }

    private boolean isRoot(BigInteger y, BigInteger x) {
        return y.modPow(RsaKey.EXPONENT, key.modulus()).equals(x);
    }

    /** Whether the bytes are a number above 1 and below the modulus, in full length. */
    private boolean isElement(byte[] bytes) {
        if (bytes.length != key.length()) {
            return false;
        }
        BigInteger value = new BigInteger(1, bytes);
        return value.compareTo(BigInteger.ONE) > 0 && value.compareTo(key.modulus()) < 0;
    }

    @Override
    public boolean verify(byte[] message, byte[] signature) {
        return accepts(message) && isElement(signature) && isRoot(new BigInteger(1, signature), key.encode(message));
    }

    @Override
    public boolean verifyShare(byte[] message, int leaf, byte[] share, byte[] proof) {
        if (leaf < 0 || leaf >= scheme.leafCount() || !accepts(message) || !isElement(share)) {
            return false;
        }
        BigInteger value = new BigInteger(1, share);
        if (!value.gcd(key.modulus()).equals(BigInteger.ONE)) {
            return false;
        }
        BigInteger square = value.multiply(value).mod(key.modulus());
        return proof(leaf, power).verify(target(key.encode(message)), square, proof);
    }
}
