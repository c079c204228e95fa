package org.maftia.wormhole;

import java.util.Locale;
import org.maftia.wormhole.certificate.TagProfile;

/**
 * What a protocol or a configuration may build upon. A back end that does not declare it must be refused, not believed:
 * {@link Capabilities#require}.
 */
public enum Claim {
    /** Its bounds hold, or it stops. */
    TIMELY("the back end does not promise to keep its bounds of time"),
    /** One sender's message reaches all correct replicas with two of them correct: f of f+2. */
    MULTICAST("f of f+2 needs a timely component and a way between components that no host can stop or delay"),
    /** Components agree on values at all. */
    AGREEMENT("the back end offers no block agreement"),
    /** No copy that is restored makes it equivocate. */
    ROLLBACK_PROOF("whoever restores an old copy of its state makes it give one counter to two digests"),
    /** Counters and epoch survive a restart. */
    PERSISTENT("the back end begins a new epoch at each start"),
    /** A FENCE lets receivers pass over counters. */
    SKIPPABLE("its messages are chained: whoever misses one must fetch it"),
    /** Several lanes, for orderings that work on several slots at once. */
    LANES("the back end has one lane"),
    /** It has given up the system calls that it does not need. */
    SANDBOXED("the back end runs without a filter of system calls"),
    /** Outsiders verify its certificates by a public key. */
    PUBLIC_SEALS("its seals are for components only, or for those who follow its chain");

    private final String sentence;

    Claim(String sentence) {
        this.sentence = sentence;
    }

    /** As configurations name it. */
    public String named() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The claim of that name.
     *
     * @throws IllegalArgumentException with a sentence if there is none
     */
    public static Claim named(String name) {
        for (Claim claim : values()) {
            if (claim.named().equals(name)) {
                return claim;
            }
        }
        throw new IllegalArgumentException("no such claim: " + name);
    }

    /** Whether a back end with these capabilities carries the claim. */
    public boolean isMetBy(Capabilities capabilities) {
        return switch (this) {
            case TIMELY -> capabilities.timely();
            case MULTICAST -> capabilities.timely() && capabilities.agreement() == Agreement.SYNC;
            case AGREEMENT -> capabilities.agreement() != Agreement.NONE;
            case ROLLBACK_PROOF -> capabilities.rollbackProof();
            case PERSISTENT -> capabilities.persistent();
            case SKIPPABLE -> capabilities.skippable();
            case LANES -> capabilities.lanes() > 1;
            case SANDBOXED -> capabilities.sandboxed();
            case PUBLIC_SEALS -> capabilities.tagProfiles().contains(TagProfile.P256);
        };
    }

    /** Why a back end does not carry it, with what it says of itself. */
    String whyNot(Capabilities capabilities) {
        return capabilities.caveats().isEmpty()
                ? sentence
                : sentence + " (" + String.join("; ", capabilities.caveats()) + ")";
    }
}
