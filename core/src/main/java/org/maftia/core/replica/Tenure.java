package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Invariant;

/**
 * What a replica knows of the configuration that it acts in, where configurations may follow each other.
 *
 * @param configuration the present one
 * @param registry judges those who would change it
 * @param before the one before; null in the first that this process knows
 * @param inherited the checkpoint with which that one ended, verified; null likewise
 */
public record Tenure(
        Configuration configuration,
        Registry registry,
        @Nullable Configuration before,
        @Nullable StableCheckpoint inherited) {
    /** Whether the slot is the last one of the configuration before. */
    boolean inherits(long slot) {
        return inherited != null && inherited.claim().slot() == slot;
    }

    /**
     * The index of who had this one in the configuration before: by its seat, which it keeps. All those who left, then or
     * earlier, share one that is no member's.
     */
    int indexOfFormer(int former) {
        Configuration old = Invariant.present(before, "asked only where a configuration follows");
        int index = former < old.seats().size()
                ? configuration.indexOf(old.seats().get(former).number())
                : -1;
        return index < 0 ? configuration.seats().size() : index;
    }

    /** The number by which what lasts knows the gateway of a member. */
    int seat(int index) {
        return configuration.seats().get(index).number();
    }
}
