package org.maftia.core.crypto;

import org.maftia.core.wire.Digest;

/**
 * Signs for this replica and verifies for all: a signature that verifies for a correct replica was made by it.
 * Transferable, unlike what a link says. The digest must come from a {@link Transcript}, so that it names its purpose.
 */
public interface Certifier extends Verifier {
    /** The signature of this replica. */
    byte[] sign(Digest digest);
}
