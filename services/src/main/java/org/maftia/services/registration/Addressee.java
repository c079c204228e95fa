package org.maftia.services.registration;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.ServiceSecret;
import org.maftia.core.wire.Digest;

/**
 * For whom documents are encrypted. A ciphertext for one group, or under one key, is none for another.
 *
 * @param group names the group, for as long as it lives
 * @param keyId of the key to which it has things encrypted
 */
public record Addressee(Digest group, String keyId) {
    /** What the service binds a ciphertext to. */
    byte[] serviceLabel(byte[] reference) {
        return Transcript.of("registration")
                .field(group)
                .field(keyId)
                .field(reference)
                .digest()
                .toBytes();
    }

    /** The same as the cipher has it. */
    byte[] cipherLabel(byte[] reference) {
        return ServiceSecret.label(Registrar.NAME, serviceLabel(reference));
    }
}
