package org.maftia.server.ceremony;

import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Transcript;

/**
 * The keys with which a replica signs heads of the transparency log: derived from its signing key, so that custody keeps
 * no more secrets, and the same for as long as the replica is in the group.
 *
 * @param log signs as the log
 * @param witness signs as a witness
 */
public record LogKeys(byte[] log, byte[] witness) {
    /** @param signing the seed of the replica's signing key */
    static LogKeys of(byte[] signing) {
        return new LogKeys(derived("key of the log", signing), derived("key of a witness of the log", signing));
    }

    private static byte[] derived(String purpose, byte[] signing) {
        return Transcript.of(purpose).field(signing).digest().toBytes();
    }

    byte[] logPublicKey() {
        return Ed25519Certifier.publicKey(log);
    }

    byte[] witnessPublicKey() {
        return Ed25519Certifier.publicKey(witness);
    }
}
