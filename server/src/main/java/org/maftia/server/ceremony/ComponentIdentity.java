package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import org.maftia.wormhole.Identity;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.PublicSeal;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.process.ComponentEnrolment;

/**
 * The public half of a trusted component, as the enrolment of its replica carries it to the ceremony. The group relies on the
 * key of the epoch; that the component has it, its identity key vouches for.
 *
 * @param identityKey outlives epochs
 * @param evidence its word for the keys of the epoch; given before the component had a group, so under zeros
 */
public record ComponentIdentity(SigningKey identityKey, EpochCertificate evidence) {
    /** A certificate of an epoch and the key that sealed it. */
    static final int LENGTH_MAX = 512;

    private static final String HINT = "take the file anew from the replica, or enrol it anew with its component";

    /**
     * Makes the keys of a component, where they will live, or finds them there.
     *
     * @param state directory of the component alone
     */
    public static ComponentIdentity enrol(Path state) {
        try {
            Identity identity = ComponentEnrolment.enrol(state, new SecureRandom());
            return new ComponentIdentity(identity.identityKey(), identity.evidence());
        } catch (IOException e) {
            throw new CeremonyException(
                    "no keys of a trusted component in " + state + ": " + e.getMessage(),
                    "a trusted component runs on Linux (x86-64, aarch64), and its directory must be its own",
                    e);
        }
    }

    /**
     * Reads {@link #toBytes}, and checks that the one key vouches for the other.
     *
     * @throws CeremonyException when it does not
     */
    static ComponentIdentity of(byte[] bytes) {
        try {
            SigningKey key = SigningKey.of(Arrays.copyOf(bytes, SigningKey.LENGTH));
            Certificate evidence =
                    Certificate.decode(bytes, SigningKey.LENGTH, Math.max(0, bytes.length - SigningKey.LENGTH));
            if (evidence instanceof EpochCertificate epoch
                    && epoch.header().stream().equals(ComponentEnrolment.NO_GROUP)
                    && epoch.header().ttcb() == 0
                    && epoch.header().epoch() == ComponentEnrolment.EPOCH
                    && new PublicSeal(key).verify(epoch)) {
                ComponentIdentity identity = new ComponentIdentity(key, epoch);
                new PublicSeal(identity.key()); // a point of the curve
                return identity;
            }
        } catch (MalformedCertificateException e) {
            throw new CeremonyException("the keys of a trusted component do not decode", HINT, e);
        }
        throw new CeremonyException("the identity key of a trusted component does not vouch for its epoch", HINT);
    }

    byte[] toBytes() {
        byte[] evidenceBytes = evidence.encoded();
        byte[] bytes = Arrays.copyOf(identityKey.toBytes(), SigningKey.LENGTH + evidenceBytes.length);
        System.arraycopy(evidenceBytes, 0, bytes, SigningKey.LENGTH, evidenceBytes.length);
        return bytes;
    }

    /** The number of the epoch. */
    public long epoch() {
        return evidence.header().epoch();
    }

    /** With which it certifies in the epoch. */
    public SigningKey key() {
        return evidence.keys().signing();
    }

    /** All public keys of the epoch. */
    public EpochKeys keys() {
        return evidence.keys();
    }
}
