package org.maftia.wormhole;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.maftia.wormhole.certificate.TagProfile;

/**
 * What a component can promise. Whoever needs more than is declared here must refuse it; the conformance kit probes
 * that nothing is declared that does not hold.
 *
 * @param ratePerSecond certificates that it gives in a second, roughly; for planning, never for safety
 * @param epochSource where the numbers of epochs come from
 * @param rollbackProof nothing that the host can copy and restore makes it give one counter to two digests
 * @param timely its bounds are monitored and it stops rather than miss one; needs real-time scheduling
 * @param persistent counters and epoch survive a restart of the component
 * @param lanes how many lanes a stream has, 1 to 16
 * @param skippable a FENCE lets a receiver pass over the counters below it; not so where messages are chained
 * @param sandboxed it has given up every system call that it does not need
 * @param tagProfiles how it can seal
 * @param agreement what its block agreements may be believed to give
 * @param caveats for every promise that this back end could carry and does not, here and now: one sentence why
 */
public record Capabilities(
        int ratePerSecond,
        EpochSource epochSource,
        boolean rollbackProof,
        boolean timely,
        boolean persistent,
        int lanes,
        boolean skippable,
        boolean sandboxed,
        Set<TagProfile> tagProfiles,
        Agreement agreement,
        List<String> caveats) {
    public Capabilities {
        tagProfiles = Set.copyOf(tagProfiles);
        caveats = List.copyOf(caveats);
    }

    /** Those of a back end that is given its way to others later, or never. */
    public Capabilities(
            int ratePerSecond,
            EpochSource epochSource,
            boolean rollbackProof,
            boolean timely,
            boolean persistent,
            int lanes,
            boolean skippable,
            boolean sandboxed,
            Set<TagProfile> tagProfiles,
            List<String> caveats) {
        this(
                ratePerSecond,
                epochSource,
                rollbackProof,
                timely,
                persistent,
                lanes,
                skippable,
                sandboxed,
                tagProfiles,
                Agreement.NONE,
                caveats);
    }

    /** The same with another way to the other components. */
    public Capabilities with(Agreement other) {
        return new Capabilities(
                ratePerSecond,
                epochSource,
                rollbackProof,
                timely,
                persistent,
                lanes,
                skippable,
                sandboxed,
                tagProfiles,
                other,
                caveats);
    }

    /**
     * Holds what a configuration asks for against what is promised here.
     *
     * @throws UnmetClaimException with a sentence for each claim that the back end cannot carry
     */
    public void require(Set<Claim> claims) {
        List<String> unmet = new ArrayList<>();
        for (Claim claim : Claim.values()) {
            if (claims.contains(claim) && !claim.isMetBy(this)) {
                unmet.add(claim.named() + ": " + claim.whyNot(this));
            }
        }
        if (!unmet.isEmpty()) {
            throw new UnmetClaimException(unmet);
        }
    }
}
