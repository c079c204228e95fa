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
    /** Its part in the coin of the group. */
    public Coin coin() {
        return world.authority().coin(replica, world.trust());
    }

    /** Its part in opening what clients encrypt. */
    public ThresholdCipher.Holder holder() {
        return world.authority().holder(replica, world.trust());
    }
}
