package org.maftia.core.ordering.hybrid;

import java.util.List;
import org.maftia.core.protocol.AttestationVerifier;

/**
 * What a group agrees on of its trusted components.
 *
 * @param verifier judges what they certify
 * @param stream the number of the ordering among the protocols of the group
 * @param epochs of each replica's component, by index
 * @param lanes for proposals, 1 to 8, and as many for votes
 */
public record TrustedComponents(AttestationVerifier verifier, int stream, List<Long> epochs, int lanes) {
    public TrustedComponents {
        epochs = List.copyOf(epochs);
    }
}
