package org.maftia.core.replica;

import java.util.Optional;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.keys.KeyLedger;

/**
 * What a group shows of the keys with which it signs and which it made for itself, as no ceremony could write them down: the
 * public key of each, from the checkpoint on that it asks for when the key is there. A quorum certifies it, so that no gateway
 * can pass a key of its own off as the group's.
 */
public final class MadeKeys {
    /** The view in which they stand. */
    public static final String VIEW = ConfigurationCertificate.VIEW;

    private MadeKeys() {}

    /** The key of that view under which the public key stands, of {@link BlsKey#PUBLIC_KEY_LENGTH} bytes. */
    public static String entry(String keyId) {
        return "key/" + keyId;
    }

    /** The public key as a quorum certified it; empty: the group has not made it by then. */
    public static Optional<byte[]> in(CertifiedView view, String keyId) {
        return view.value(VIEW, entry(keyId));
    }

    /**
     * The public key as a gateway shows it.
     *
     * @param charter of the configuration in which the reader believes
     * @return empty: the group has not made it by then
     * @throws RefusedReadException when it is not what a quorum certified
     */
    public static Optional<byte[]> verified(CertifiedRead proof, Charter charter, String keyId)
            throws RefusedReadException {
        proof.verify(charter, VIEW, entry(keyId), 0);
        return Optional.ofNullable(proof.value());
    }

    /** @param group what else the group shows of itself */
    static MerkleMap shown(KeyLedger ledger, MerkleMap group) {
        MerkleMap shown = group;
        for (String keyId : ledger.keyIds()) {
            BlsKey made = ledger.signing(keyId);
            if (made != null) {
                shown = shown.with(entry(keyId), made.publicKey());
            }
        }
        return shown;
    }
}
