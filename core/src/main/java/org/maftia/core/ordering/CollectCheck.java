package org.maftia.core.ordering;

import java.util.Arrays;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;

/** Whether a COLLECT, or the checkpoint in it, is what it claims. Remembers the checkpoint that it saw last. */
final class CollectCheck {
    private final FaultStructure trust;
    private final Limits limits;
    private final Certifier certifier;
    private final Digest configuration;

    /** Most COLLECTs of an epoch carry the same one. */
    private byte[] knownCheckpoint = {};

    CollectCheck(FaultStructure trust, Limits limits, Certifier certifier, Digest configuration) {
        this.trust = trust;
        this.limits = limits;
        this.certifier = certifier;
        this.configuration = configuration;
    }

    /** The same answer at every replica. */
    boolean isValid(Collect collect, long epochStart) {
        long base = Math.max(collect.stableSlot(), epochStart - 1);
        for (Collect.Vote vote : collect.votes()) {
            if (vote.slot() <= base || vote.slot() > base + limits.voteWindow()) {
                return false;
            }
        }
        StableCheckpoint stable = collect.stable();
        return (stable == null || isValid(stable))
                && certifier.verify(collect.replica(), collect.digest(configuration), collect.signature());
    }

    boolean isValid(StableCheckpoint checkpoint) {
        byte[] bytes = StableCheckpoint.CODEC.encode(checkpoint);
        if (Arrays.equals(bytes, knownCheckpoint)) {
            return true;
        }
        boolean valid = trust.all().containsAll(checkpoint.certificate().signers())
                && trust.isQuorum(checkpoint.certificate().signers())
                && checkpoint.certificate().verify(certifier, checkpoint.claim().digest(configuration));
        if (valid) {
            knownCheckpoint = bytes;
        }
        return valid;
    }
}
