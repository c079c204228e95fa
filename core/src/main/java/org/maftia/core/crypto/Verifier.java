package org.maftia.core.crypto;

import org.maftia.core.wire.Digest;

/** Judges signatures of replicas: what verifies for a correct replica was signed by it. Everybody may hold one. */
public interface Verifier {
    /** Whether the bytes, of any length, are the signature of {@code replica}, any number, over the digest. */
    boolean verify(int replica, Digest digest, byte[] signature);
}
