package org.maftia.server.gateway;

import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.services.registration.Addressee;

/**
 * What who registers a document must know of the group.
 *
 * @param addressee for whom documents are sealed
 * @param encryption the key under which they are
 * @param cipher of that key
 * @param receipts the key under which receipts are signed: that for decisions about exchanges
 */
public record RegistrationInfo(
        Addressee addressee, DiscreteLogKey encryption, ThresholdCipher cipher, ExchangeInfo receipts) {
    /** @param group that is not hybrid */
    public static RegistrationInfo of(GroupTranscript group, ExchangeInfo receipts) {
        Digest name =
                Transcript.of("registration group").field(group.id().toString()).digest();
        DiscreteLogKey key = group.confidential();
        return new RegistrationInfo(new Addressee(name, key.keyId()), key, group.cipher(), receipts);
    }
}
