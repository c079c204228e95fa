package org.maftia.core.broadcast;

/** What the broadcasts of one payload have in common for those who nest them. */
public sealed interface Broadcast permits ReliableBroadcast, ConsistentBroadcast {
    /** Broadcasts, at the sender; changes nothing after the first time, be that before a restart. */
    void broadcast(byte[] payload);

    /** Whether this replica has broadcast here. */
    boolean hasSent();

    /** Sends a peer again what it may have missed. */
    void nudge(int peer);
}
