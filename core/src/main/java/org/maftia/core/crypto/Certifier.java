package org.maftia.core.crypto;

import org.maftia.core.wire.Digest;

/**
 * Signs for this replica and verifies for all: a signature that verifies for a correct replica was made by it.
 * Transferable, unlike what a link says. The digest must come from a {@link Transcript}, so that it names its purpose.
 */
public interface Certifier {
    /** The signature of this replica. */
    byte[] sign(Digest digest);

    /** Whether the bytes, of any length, are the signature of {@code replica} over the digest. */
    boolean verify(int replica, Digest digest, byte[] signature);
}
