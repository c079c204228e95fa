package org.maftia.wormhole.trusted;

import java.security.KeyPair;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.Capabilities;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.TagProfile;

/**
 * What a component is told when it starts.
 *
 * @param group the only group that it serves, under protocol 0
 * @param ttcb its number
 * @param previousEpoch the epoch before this one, 0 for the first
 * @param epoch this start's epoch
 * @param profile how it seals
 * @param capabilities what its back end can promise
 * @param identity P-256: seals the EPOCH certificate, once, and nothing else
 * @param kept the keys of the epoch, where a back end keeps them with its counters; null draws fresh ones
 * @param attestation what a TPM says of this start, at most a frame; null where there is none
 * @param groupKey 32 bytes, where a dealer has put it into this very start (simulations); else trusted views bring it
 */
public record Setup(
        Stream group,
        int ttcb,
        long previousEpoch,
        long epoch,
        TagProfile profile,
        Capabilities capabilities,
        KeyPair identity,
        @Nullable Kept kept,
        byte @Nullable [] attestation,
        byte @Nullable [] groupKey) {

    /** A start that no TPM has attested. */
    public Setup(
            Stream group,
            int ttcb,
            long previousEpoch,
            long epoch,
            TagProfile profile,
            Capabilities capabilities,
            KeyPair identity,
            @Nullable Kept kept,
            byte @Nullable [] groupKey) {
        this(group, ttcb, previousEpoch, epoch, profile, capabilities, identity, kept, null, groupKey);
    }

    /** The two pairs of an epoch that outlives its process. */
    public record Kept(KeyPair signing, KeyPair agreement) {}
}
