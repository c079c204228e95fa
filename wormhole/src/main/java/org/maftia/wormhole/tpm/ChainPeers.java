package org.maftia.wormhole.tpm;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.Certificate;
import org.maftia.wormhole.certificate.EpochCertificate;
import org.maftia.wormhole.certificate.MalformedCertificateException;
import org.maftia.wormhole.certificate.SigningKey;

/**
 * The chains of the other components of a group: whose keys the genesis names, and which epoch of each counts. What
 * the group's log has ordered is what is admitted here: one epoch after the other, each higher than the one before.
 */
public final class ChainPeers {
    private final Map<Integer, AttestationKey> keys = new TreeMap<>();
    private final Map<Integer, ChainVerifier> verifiers = new TreeMap<>();
    private final Map<Integer, Long> epochs = new TreeMap<>();

    /**
     * @param keys attestation keys by component, from the genesis
     */
    public ChainPeers(Map<Integer, SigningKey> keys) {
        keys.forEach((ttcb, key) -> this.keys.put(ttcb, new AttestationKey(key)));
    }

    /**
     * Begins an epoch of a component.
     *
     * @throws MalformedCertificateException with a sentence, if the component is unknown, the link not its TPM's, or the
     *     epoch not higher than its last: then the TPM's state was restored, or somebody replays
     */
    public void admit(EpochCertificate first) {
        int ttcb = first.header().ttcb();
        AttestationKey key = keys.get(ttcb);
        if (key == null) {
            throw new MalformedCertificateException("the genesis names no TPM of component " + ttcb);
        }
        Long last = epochs.get(ttcb);
        if (last != null && first.header().epoch() <= last) {
            throw new MalformedCertificateException("the TPM of component " + ttcb
                    + " counts a start that was counted before: its state was restored, or an old start is replayed");
        }
        verifiers.put(ttcb, new ChainVerifier(key, first));
        epochs.put(ttcb, first.header().epoch());
    }

    /** Whether the certificate is a link of its component's chain, the next one or one of the last. */
    public boolean take(Certificate link) {
        ChainVerifier verifier = verifiers.get(link.header().ttcb());
        return verifier != null && verifier.take(link);
    }

    /** Follows a component in its present epoch; null before its first. */
    public @Nullable ChainVerifier verifier(int ttcb) {
        return verifiers.get(ttcb);
    }
}
