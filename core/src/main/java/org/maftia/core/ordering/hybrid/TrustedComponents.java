package org.maftia.core.ordering.hybrid;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.AttestationVerifier;

/**
 * What a group agrees on of its trusted components.
 *
 * @param verifier judges what they certify
 * @param stream the number of the ordering among the protocols of the group
 * @param epochs of each replica's component, by index, as the configuration begins
 * @param lanes for proposals, 1 to 8, and as many for votes
 */
public record TrustedComponents(AttestationVerifier verifier, int stream, List<Long> epochs, int lanes) {
    public TrustedComponents {
        epochs = List.copyOf(epochs);
    }

    /**
     * The era in which a configuration begins.
     *
     * @param base where the configuration before ended; null: there was none
     */
    public Era first(StableCheckpoint.@Nullable Claim base) {
        return base == null ? new Era(0, epochs, 0, 0) : new Era(0, epochs, base.slot(), base.timeMicros());
    }
}
