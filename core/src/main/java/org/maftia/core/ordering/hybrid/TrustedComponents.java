package org.maftia.core.ordering.hybrid;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.AttestationVerifier;
import org.maftia.core.wire.Digest;

/**
 * What a group agrees on of its trusted components.
 *
 * @param verifier judges what they certify
 * @param stream the number of the ordering among the protocols of the group
 * @param epochs of each replica's component, by index, as the configuration begins
 * @param lanes for proposals, 1 to 8, and as many for votes
 * @param views how the components are told with whom they work
 */
public record TrustedComponents(
        AttestationVerifier verifier, int stream, List<Long> epochs, int lanes, ViewForm views) {
    public TrustedComponents {
        epochs = List.copyOf(epochs);
    }

    /** The same where components are told nothing of each other. */
    public TrustedComponents(AttestationVerifier verifier, int stream, List<Long> epochs, int lanes) {
        this(verifier, stream, epochs, lanes, ViewForm.NONE);
    }

    /** A trusted view in the form of the back end, with the digest that components certify of it. */
    public record View(byte[] bytes, Digest digest) {}

    /** Writes the trusted view of an era. Equal questions have equal answers at all replicas, and any thread may ask. */
    public interface ViewForm {
        /** There is none. */
        ViewForm NONE = new ViewForm() {
            @Override
            public int stream() {
                return 0;
            }

            @Override
            public Optional<View> of(long number, Era era) {
                return Optional.empty();
            }
        };

        /** The number of the protocol whose mark VIEW counts trusted views: the same in all configurations of the group. */
        int stream();

        /**
         * The view in which the components of this era work that are not excluded.
         *
         * @return empty where the back end cannot write it
         */
        Optional<View> of(long number, Era era);
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
