package org.maftia.simulator;

import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.ThresholdCipher;

/**
 * What a replica finds when it starts.
 *
 * @param replica its index
 * @param world the group that it belongs to
 * @param certifier signs for it
 * @param nowMicros its clock
 * @param incarnation counts its starts, from 0
 * @param diskLost whether it has run before and its journal is gone
 */
public record Boot(int replica, World world, Certifier certifier, long nowMicros, int incarnation, boolean diskLost) {
    /** Far above any clock, as where that was set back. */
    private static final long FIRST_LIFE = 1L << 60;

    private static final long SESSIONS_OF_A_LIFE = 1 << 20;

    /** The number of its gateway's session: grows with each start, and leaves room for sessions of the replica's own. */
    public long life() {
        return FIRST_LIFE + incarnation * SESSIONS_OF_A_LIFE;
    }

    /** Its part in the coin of the group. */
    public Coin coin() {
        return world.authority().coin(replica, world.trust());
    }

    /** Its part in opening what clients encrypt. */
    public ThresholdCipher.Holder holder() {
        return world.authority().holder(replica, world.trust());
    }
}
