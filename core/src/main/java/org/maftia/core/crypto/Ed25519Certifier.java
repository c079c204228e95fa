package org.maftia.core.crypto;

import java.util.Arrays;
import java.util.List;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.maftia.core.wire.Digest;

/**
 * Signatures with Ed25519 (RFC 8032, section 5.1) that all replicas judge alike. Implementations of Ed25519 disagree on
 * odd points and scalars, and a certificate that one replica accepts and another refuses would divide the group: so
 * there is one implementation for all checks, public keys must be canonical points of the large prime order, and a
 * scalar S at or above that order is refused.
 *
 * <p>Source: RFC 8032; on the disagreements: Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs" (SSR 2020).
 */
public final class Ed25519Certifier implements Certifier {
    /** Bytes of a private key: the seed of RFC 8032. */
    public static final int PRIVATE_KEY_LENGTH = Ed25519.SECRET_KEY_SIZE;

    public static final int PUBLIC_KEY_LENGTH = Ed25519.PUBLIC_KEY_SIZE;
    public static final int SIGNATURE_LENGTH = Ed25519.SIGNATURE_SIZE;

    private final byte[] privateKey;
    private final byte[] publicKey;

    private final Ed25519Verifier verifier;

    /**
     * A certifier for the owner of the private key.
     *
     * @param privateKey 32 bytes
     * @param publicKeys 32 bytes for each replica, in index order, the owner's among them
     * @throws IllegalArgumentException when a public key is no canonical point of the prime order, or when the private
     *     key belongs to none of them
     */
    public Ed25519Certifier(byte[] privateKey, List<byte[]> publicKeys) {
        this.privateKey = privateKey.clone();
        this.publicKey = publicKey(privateKey);
        this.verifier = new Ed25519Verifier(publicKeys);
        boolean own = publicKeys.stream().anyMatch(key -> Arrays.equals(key, this.publicKey));
        if (!own) {
            throw new IllegalArgumentException("the private Ed25519 key belongs to no replica of the group");
        }
    }

    /** The public key of a private key. */
    public static byte[] publicKey(byte[] privateKey) {
        if (privateKey.length != PRIVATE_KEY_LENGTH) {
            throw new IllegalArgumentException("a private Ed25519 key has 32 bytes, not " + privateKey.length);
        }
        byte[] key = new byte[PUBLIC_KEY_LENGTH];
        Ed25519.generatePublicKey(privateKey, 0, key, 0);
        return key;
    }

    /** Whether the bytes are the canonical encoding of a point of the large prime order. */
    public static boolean isValidPublicKey(byte[] key) {
        return key.length == PUBLIC_KEY_LENGTH && Ed25519.validatePublicKeyFull(key, 0);
    }

    @Override
    public byte[] sign(Digest digest) {
        byte[] signature = new byte[SIGNATURE_LENGTH];
        Ed25519.sign(privateKey, 0, publicKey, 0, digest.toBytes(), 0, Digest.LENGTH, signature, 0);
        return signature;
    }

    @Override
    public boolean verify(int replica, Digest digest, byte[] signature) {
        return verifier.verify(replica, digest, signature);
    }
}
