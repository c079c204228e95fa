package org.maftia.core.crypto;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.maftia.core.wire.Digest;

/**
 * Judges signatures with Ed25519 (RFC 8032, section 5.1), as all replicas and clients judge them: see
 * {@link Ed25519Certifier} on why there is one implementation for all.
 */
public final class Ed25519Verifier implements Verifier {
    /** Decoded once: checking that a point has the prime order costs as much as a signature. */
    private final SortedMap<Integer, Ed25519.PublicPoint> points = new TreeMap<>();

    /**
     * @param publicKeys 32 bytes for each signer, in index order
     * @throws IllegalArgumentException when one is no canonical point of the prime order
     */
    public Ed25519Verifier(List<byte[]> publicKeys) {
        this(numbered(publicKeys));
    }

    /**
     * @param publicKeys 32 bytes for each signer, by its number
     * @throws IllegalArgumentException when one is no canonical point of the prime order
     */
    public Ed25519Verifier(SortedMap<Integer, byte[]> publicKeys) {
        publicKeys.forEach((signer, key) -> {
            if (!Ed25519Certifier.isValidPublicKey(key)) {
                throw new IllegalArgumentException(
                        "the Ed25519 key of signer " + signer + " is no point of the prime order");
            }
            points.put(signer, Ed25519.validatePublicKeyFullExport(key, 0));
        });
    }

    private static SortedMap<Integer, byte[]> numbered(List<byte[]> publicKeys) {
        SortedMap<Integer, byte[]> numbered = new TreeMap<>();
        for (byte[] key : publicKeys) {
            numbered.put(numbered.size(), key);
        }
        return numbered;
    }

    @Override
    public boolean verify(int signer, Digest digest, byte[] signature) {
        // Who signed comes from the network: a number that nobody has is only a wrong signature.
        Ed25519.PublicPoint point = points.get(signer);
        return point != null && verify(point, digest.toBytes(), signature);
    }

    static boolean verify(Ed25519.PublicPoint point, byte[] message, byte[] signature) {
        return signature.length == Ed25519Certifier.SIGNATURE_LENGTH
                && Ed25519.verify(signature, 0, point, message, 0, message.length);
    }
}
