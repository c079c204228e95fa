package org.maftia.simulator.wan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToLongFunction;
import org.maftia.core.trust.ReplicaSet;

/**
 * What the matrix of delays allows at best, if nothing but the network takes time. Every wait of the protocol is for a
 * quorum, so each lasts until the messages that came first are one: the delay that counts is that of the last member of
 * the quickest quorum, and it differs from replica to replica.
 */
public final class Bound {
    private final Profile profile;
    private final int leader;

    /** When each replica decides, counted from the PROPOSE. */
    private final List<Long> decided = new ArrayList<>();

    /** @param leader who proposes */
    public Bound(Profile profile, int leader) {
        this.profile = profile;
        this.leader = leader;
        List<Long> prepared = new ArrayList<>();
        for (int replica = 0; replica < profile.size(); replica++) {
            int here = replica;
            // WRITEs leave when the PROPOSE arrives.
            prepared.add(whenQuorum(from -> profile.oneWayMicros(leader, from) + profile.oneWayMicros(from, here)));
        }
        for (int replica = 0; replica < profile.size(); replica++) {
            int here = replica;
            decided.add(whenQuorum(from -> prepared.get(from) + profile.oneWayMicros(from, here)));
        }
    }

    /** When what arrives from each replica at these moments is from a quorum. */
    private long whenQuorum(IntToLongFunction arrival) {
        return whenQuorum(profile, profile.trust().all(), arrival);
    }

    private static long whenQuorum(Profile profile, ReplicaSet among, IntToLongFunction arrival) {
        List<Integer> byArrival = new ArrayList<>(among.toList());
        byArrival.sort((a, b) -> Long.compare(arrival.applyAsLong(a), arrival.applyAsLong(b)));
        ReplicaSet arrived = ReplicaSet.EMPTY;
        for (int replica : byArrival) {
            arrived = arrived.with(replica);
            if (profile.trust().isQuorum(arrived)) {
                return arrival.applyAsLong(replica);
            }
        }
        throw new IllegalArgumentException("these replicas are no quorum");
    }

    /** From the leader's PROPOSE to the decision at the replica: PROPOSE, a quorum of WRITEs, a quorum of ACCEPTs. */
    public long decidedMicros(int replica) {
        return decided.get(replica);
    }

    /**
     * The one-way delay from the leader to the farthest member of the quorum that is nearest to it. Where all delays are
     * equal, three of these are {@link #decidedMicros}.
     */
    public long quorumDelayMicros() {
        return quorumDelayMicros(profile, leader, profile.trust().all());
    }

    /** The same where only these are left. */
    static long quorumDelayMicros(Profile profile, int replica, ReplicaSet alive) {
        return whenQuorum(profile, alive, other -> profile.oneWayMicros(replica, other));
    }

    /**
     * From the call of a client beside a gateway to its answer there: the body goes to all, who say HAVE; a quorum of these
     * at the leader lets it propose; the gateway's replica decides.
     */
    public long answeredMicros(int gateway) {
        long ripe = whenQuorum(holder -> profile.oneWayMicros(gateway, holder) + profile.oneWayMicros(holder, leader));
        return ripe + decidedMicros(gateway);
    }
}
