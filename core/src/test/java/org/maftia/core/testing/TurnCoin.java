package org.maftia.core.testing;

import java.util.SortedMap;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** A coin for schedules that must know it: it comes up as told, or else in turn, so that round r elects replica r. */
public final class TurnCoin implements Coin {
    private final IdealCoin shares;
    private final int[] script;

    /** @param script what comes up in rounds 1, 2 and so on */
    public TurnCoin(FaultStructure trust, int self, int... script) {
        this.script = script.clone();
        this.shares = new IdealCoin(0, trust, self);
    }

    @Override
    public byte[] share(Name name) {
        return shares.share(name);
    }

    @Override
    public boolean verify(Name name, int replica, byte[] share) {
        return shares.verify(name, replica, share);
    }

    @Override
    public boolean isQualified(ReplicaSet replicas) {
        return shares.isQualified(replicas);
    }

    @Override
    public Value combine(Name name, SortedMap<Integer, byte[]> held) {
        int round = (int) name.round();
        return new Value(new Digest(0, 0, 0, round >= 1 && round <= script.length ? script[round - 1] : round));
    }
}
