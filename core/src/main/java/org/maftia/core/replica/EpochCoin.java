package org.maftia.core.replica;

import java.util.SortedMap;
import org.maftia.core.crypto.Coin;
import org.maftia.core.trust.ReplicaSet;

/**
 * A coin in one epoch of its key, for one recovery. A recovery may outlive its epoch where this replica caught up by a state: then
 * others need no share of it any more, and it has none.
 */
final class EpochCoin implements Coin {
    private static final byte[] NOTHING = {};

    private final UsedKey<Coin> key;
    private final long epoch;

    /** Verifies and combines after the epoch is released, too. */
    private final Coin open;

    EpochCoin(UsedKey<Coin> key, long epoch) {
        this.key = key;
        this.epoch = epoch;
        this.open = key.in(epoch);
    }

    @Override
    public byte[] share(Name name) {
        return key.holds(epoch) ? key.in(epoch).share(name) : NOTHING;
    }

    @Override
    public boolean verify(Name name, int replica, byte[] share) {
        return open.verify(name, replica, share);
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return open.isQualified(replicas);
    }

    @Override
    public Value combine(Name name, SortedMap<Integer, byte[]> shares) {
        return open.combine(name, shares);
    }
}
