package org.maftia.wormhole.tpm;

import java.security.MessageDigest;
import java.util.Arrays;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.QuoteTag;
import org.maftia.wormhole.certificate.TagProfile;

/**
 * Follows the chain of one component through one epoch. No two verifiers of one epoch take different statements for
 * one counter, since each takes the link behind the one before only, and a register has one content at a time.
 *
 * <p>Links come in order and none is passed over: a receiver that misses one fetches it from anybody.
 */
public final class ChainVerifier {
    /** How many of the last links can be shown again: after a lost reply, or from several peers. */
    static final int REMEMBERED = 256;

    private final AttestationKey key;
    private final ChainState state;
    private final byte[][] remembered = new byte[REMEMBERED][];
    private byte[] register;
    private int links;
    private boolean broken;

    /**
     * Begins behind the first link of an epoch, which says what the register held before it.
     *
     * @param key the one that the group's genesis names for this component
     * @throws MalformedCertificateException if the link is not that key's
     */
    public ChainVerifier(AttestationKey key, EpochCertificate first) {
        this.key = key;
        this.state = new ChainState(first.header());
        if (!isGenuine(first) || !first.keys().signing().equals(key.key())) {
            throw new MalformedCertificateException("not the first link of a chain of this TPM");
        }
        this.register = QuoteTag.of(first.seal()).after(first.statement());
        remember(first);
    }

    private boolean isGenuine(Certificate link) {
        return link.seal().profile() == TagProfile.QUOTE
                && QuoteTag.of(link.seal()).isGenuine(key, link.header().epoch(), link.statement());
    }

    private void remember(Certificate link) {
        remembered[links++ % REMEMBERED] = link.encoded();
    }

    /** Whether this very link is one of the last that were taken. */
    public boolean knows(Certificate link) {
        byte[] encoded = link.encoded();
        for (byte[] each : remembered) {
            if (each != null && MessageDigest.isEqual(each, encoded)) {
                return true;
            }
        }
        return false;
    }

    /** Takes a link that is the next one, or was taken before; false for anything else. */
    public boolean take(Certificate link) {
        if (knows(link)) {
            return true;
        }
        if (broken || !isNext(link) || !isGenuine(link)) {
            return false;
        }
        if (!state.take(link)) {
            broken = true; // the TPM has this link in its chain for good, and no correct host writes it
            return false;
        }
        register = QuoteTag.of(link.seal()).after(link.statement());
        remember(link);
        return true;
    }

    private boolean isNext(Certificate link) {
        return link.seal().profile() == TagProfile.QUOTE
                && Arrays.equals(QuoteTag.of(link.seal()).before(), register);
    }

    /** Whether the host has broken the rules in a link that its TPM attests: a proof of its fault. */
    public boolean isBroken() {
        return broken;
    }
}
