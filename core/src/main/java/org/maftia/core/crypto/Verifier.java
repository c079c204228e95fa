package org.maftia.core.crypto;

import org.maftia.core.wire.Digest;

/**
 * Judges signatures: what verifies for a correct signer was signed by it. Everybody may hold one. Signers are numbered, be
 * it replicas or clients.
 */
public interface Verifier {
    /** Knows no signer, so nothing verifies. */
    Verifier NOBODY = (signer, digest, signature) -> false;

    /** Whether the bytes, of any length, are the signature of {@code signer}, any number, over the digest. */
    boolean verify(int signer, Digest digest, byte[] signature);
}
