package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.StableCheckpoint;

/**
 * What a replica knows of the configuration that it acts in, where configurations may follow each other.
 *
 * @param configuration the present one
 * @param registry judges those who would change it
 * @param inherited the checkpoint with which the one before ended, verified; null in the first configuration
 */
public record Tenure(
        Configuration configuration,
        Registry registry,
        @Nullable StableCheckpoint inherited) {
    /** Whether the slot is the last one of the configuration before. */
    boolean inherits(long slot) {
        return inherited != null && inherited.claim().slot() == slot;
    }

    /** The number by which what lasts knows the gateway of a member. */
    int seat(int index) {
        return configuration.seats().get(index).number();
    }
}
