package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.maftia.core.wire.Digest;

/**
 * Judges signatures with Ed25519 (RFC 8032, section 5.1), as all replicas and clients judge them: see
 * {@link Ed25519Certifier} on why there is one implementation for all.
 */
public final class Ed25519Verifier implements Verifier {
    /** Decoded once: checking that a point has the prime order costs as much as a signature. */
    private final List<Ed25519.PublicPoint> points;

    /**
     * @param publicKeys 32 bytes for each signer, in index order
     * @throws IllegalArgumentException when one is no canonical point of the prime order
     */
    public Ed25519Verifier(List<byte[]> publicKeys) {
        List<Ed25519.PublicPoint> decoded = new ArrayList<>(publicKeys.size());
        for (byte[] key : publicKeys) {
            if (!Ed25519Certifier.isValidPublicKey(key)) {
                throw new IllegalArgumentException(
                        "the Ed25519 key of replica " + decoded.size() + " is no point of the prime order");
            }
            decoded.add(Ed25519.validatePublicKeyFullExport(key, 0));
        }
        points = List.copyOf(decoded);
    }

    @Override
    public boolean verify(int replica, Digest digest, byte[] signature) {
        // The signers of a certificate come from the network: a number that no replica has is only a wrong certificate.
        return replica >= 0 && replica < points.size() && verify(points.get(replica), digest.toBytes(), signature);
    }

    static boolean verify(Ed25519.PublicPoint point, byte[] message, byte[] signature) {
        return signature.length == Ed25519Certifier.SIGNATURE_LENGTH
                && Ed25519.verify(signature, 0, point, message, 0, message.length);
    }
}
