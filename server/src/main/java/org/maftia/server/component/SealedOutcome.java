package org.maftia.server.component;

import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.Header;
import org.maftia.wormhole.certificate.OutcomeCertificate;
import org.maftia.wormhole.certificate.PublicSeal;

/**
 * What a component says of an agreement, believed by its seal: the replica beside it, which hands it on, need not be correct.
 *
 * @param instance which agreement: binds its parties, its start and the content of the trusted view
 * @param decided whether there is a value
 * @param value zero without one
 * @param okMask by the places of the parties: who proposed the value
 * @param anyMask who proposed any
 */
public record SealedOutcome(Digest instance, boolean decided, Digest value, int okMask, int anyMask) {
    /**
     * Empty where the component did not seal this in its group.
     *
     * @param group its id
     * @param seat of its replica
     * @param identity as the transcript has it
     * @param certificate in hex, from anybody
     */
    public static Optional<SealedOutcome> open(UUID group, int seat, ComponentIdentity identity, String certificate) {
        try {
            byte[] bytes = HexFormat.of().parseHex(certificate);
            Header header = new Header(ComponentSeals.stream(group), seat, identity.epoch());
            if (Certificate.decode(bytes, 0, bytes.length) instanceof OutcomeCertificate outcome
                    && outcome.header().equals(header)
                    && new PublicSeal(identity.key()).verify(outcome)) {
                return Optional.of(new SealedOutcome(
                        outcome.instance(), outcome.decided(), outcome.value(), outcome.okMask(), outcome.anyMask()));
            }
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // no hex, or no certificate
        }
        return Optional.empty();
    }
}
