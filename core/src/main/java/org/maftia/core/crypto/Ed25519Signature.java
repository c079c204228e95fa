package org.maftia.core.crypto;

import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Signatures with Ed25519 (RFC 8032, section 5.1) of whole messages, for formats of others that want them; judged as {@link
 * Ed25519Certifier} judges, alike everywhere.
 */
public final class Ed25519Signature {
    private Ed25519Signature() {}

    /** The signature of a message, in {@link Ed25519Certifier#SIGNATURE_LENGTH} bytes. */
    public static byte[] sign(byte[] privateKey, byte[] message) {
        byte[] publicKey = Ed25519Certifier.publicKey(privateKey);
        byte[] signature = new byte[Ed25519Certifier.SIGNATURE_LENGTH];
        Ed25519.sign(privateKey, 0, publicKey, 0, message, 0, message.length, signature, 0);
        return signature;
    }

    /** Whether it is a signature of the message; no key of small order, and none that is not canonical, verifies anything. */
    public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
        if (publicKey.length != Ed25519Certifier.PUBLIC_KEY_LENGTH) {
            return false;
        }
        Ed25519.PublicPoint point = Ed25519.validatePublicKeyFullExport(publicKey, 0);
        return point != null && Ed25519Verifier.verify(point, message, signature);
    }
}
