package org.maftia.core.replica;

import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * How many replicas must say the same before a client believes it, each counted once by what its link proves.
 *
 * <p>A result of the log is true if somebody correct gave it: a kernel of equal answers is enough. A service whose readers
 * may ask the replicas instead of the log (its group calls it a <em>quorum-read service</em>) needs more, from all its
 * clients and for every result, that of an ordered read included. Every result then comes from a quorum that executed it,
 * and every reading from a quorum in the same state. Two quorums meet in a correct replica, whose state only advances: so
 * a reading shows all that had its result before it was asked for, and whatever an earlier reading showed. Were results of
 * a kernel believed, a reader could meet a quorum of others, who have not executed yet, with one liar among them.
 *
 * <p>A quorum is also the most that one may wait for, so nobody blocks anybody: a reading for which no quorum agrees is
 * ordered, and a result that a corrupt replica withholds comes from the correct ones.
 *
 * <p>Source: Berger, Reiser, Bessani, "Making reads in BFT state machine replication fast, linearizable, and live"
 * (SRDS 2021).
 */
public final class Acceptance {
    private Acceptance() {}

    /**
     * Whether these equal results of the log are enough.
     *
     * @param quorumReads whether the service is a quorum-read service
     */
    public static boolean ofResult(FaultStructure trust, ReplicaSet equal, boolean quorumReads) {
        return quorumReads ? trust.isQuorum(equal) : trust.isKernel(equal);
    }

    /** Whether these equal readings, in value and slot, are enough. */
    public static boolean ofReading(FaultStructure trust, ReplicaSet equal) {
        return trust.isQuorum(equal);
    }
}
