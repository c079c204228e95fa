package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;

/**
 * What a replica knows of the configuration to come, for consoles.
 *
 * @param next the one that officers want; null: none
 * @param ready its members that are ready, by index, as the log says
 * @param last the last slot of the present configuration; 0 while too few are ready
 */
public record Outlook(@Nullable Configuration next, ReplicaSet ready, long last) {
    /** Nobody wants another configuration, or this process is no member and does not know. */
    public static final Outlook NOTHING = new Outlook(null, ReplicaSet.EMPTY, 0);
}
