package org.maftia.simulator.corrupt;

import org.jspecify.annotations.Nullable;

/**
 * Puts the intruder's own signature on what it made up: it holds the keys of its replica, so what it signs itself
 * verifies. Written for each protocol that signs.
 */
@FunctionalInterface
public interface Signing {
    /** Leaves messages as they are: for protocols without signatures. */
    Signing NONE = (address, message) -> message;

    /** The message as this replica would have signed it, or null where that cannot be. */
    @Nullable
    Object signed(String address, Object message);
}
