package org.maftia.core.crypto;

import java.util.Arrays;
import java.util.SortedMap;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * A coin for simulations and tests, as its specification would have it: a share costs one hash and cannot be forged, and
 * the value is free of every computational assumption, for whoever does not know the seed. All who hold the object hold
 * the seed, so it keeps nothing secret from the process that it runs in.
 */
public final class IdealCoin implements Coin {
    private final long seed;
    private final FaultStructure trust;
    private final int self;

    /**
     * @param seed common to a group; drawn by a simulation that does not show it to its adversary
     * @param self whose shares {@link #share} gives
     */
    public IdealCoin(long seed, FaultStructure trust, int self) {
        this.seed = seed;
        this.trust = trust;
        this.self = self;
    }

    private byte[] share(Name name, int replica) {
        return Transcript.of("ideal coin/share")
                .field(seed)
                .field(replica)
                .field(name.toString())
                .digest()
                .toBytes();
    }

    @Override
    public byte[] share(Name name) {
        return share(name, self);
    }

    @Override
    public boolean verify(Name name, int replica, byte[] share) {
        return Arrays.equals(share, share(name, replica));
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return trust.isQualified(replicas);
    }

    @Override
    public Value combine(Name name, SortedMap<Integer, byte[]> shares) {
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (int sender : shares.keySet()) {
            senders = senders.with(sender);
        }
        if (!isQualified(senders)) {
            throw new IllegalArgumentException("the shares do not suffice");
        }
        return new Value(Transcript.of("ideal coin/value")
                .field(seed)
                .field(name.toString())
                .digest());
    }
}
