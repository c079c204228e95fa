package org.maftia.core.agreement;

import java.util.SortedMap;
import org.maftia.core.crypto.Coin;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * A coin at its worst: what comes up is written beforehand, for everybody to see, and one share is enough, so that it is
 * known to whoever tosses at the moment of its own toss.
 */
final class OpenCoin implements Coin {
    private static final byte[] SHARE = {1};

    private final int[] script;

    /** @param script what comes up, by round */
    OpenCoin(int... script) {
        this.script = script.clone();
    }

    @Override
    public byte[] share(Name name) {
        return SHARE;
    }

    @Override
    public boolean verify(Name name, int replica, byte[] share) {
        return true;
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return !replicas.isEmpty();
    }

    @Override
    public Value combine(Name name, SortedMap<Integer, byte[]> shares) {
        int round = (int) name.round();
        return new Value(new Digest(0, 0, 0, round < script.length ? script[round] : 0));
    }
}
