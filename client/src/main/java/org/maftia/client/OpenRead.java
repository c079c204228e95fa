package org.maftia.client;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.replica.Acceptance;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * A question that waits for equal answers of a quorum. Each replica has one vote; whoever was asked and gives none, or
 * another, brings the moment nearer when the log must answer.
 */
final class OpenRead {
    private final String service;
    private final byte[] operation;
    private final CompletableFuture<byte[]> future;
    private final @Nullable Vote[] votes;
    private ReplicaSet waiting = ReplicaSet.EMPTY;
    private @Nullable Digest wholeDigest;
    private byte @Nullable [] whole;

    private record Vote(Digest digest, long slot) {}

    OpenRead(String service, byte[] operation, int replicas, CompletableFuture<byte[]> future) {
        this.service = service;
        this.operation = operation;
        this.future = future;
        this.votes = new Vote[replicas];
    }

    String service() {
        return service;
    }

    byte[] operation() {
        return operation;
    }

    CompletableFuture<byte[]> future() {
        return future;
    }

    void asked(int replica) {
        waiting = waiting.with(replica);
    }

    /** What an answer leads to. */
    enum Progress {
        WAIT,
        ANSWERED,
        /** No quorum will agree in time. */
        TO_THE_LOG
    }

    /** Counts the answer of the replica that the connection proved. */
    Progress reading(int replica, ClientMessage.Reading reading, FaultStructure trust) {
        if (!waiting.contains(replica)) {
            return Progress.WAIT;
        }
        waiting = waiting.without(replica);
        Digest digest = reading.valueDigest();
        Vote vote = new Vote(digest, reading.slot());
        votes[replica] = vote;
        if (reading.whole() && (whole == null || !digest.equals(wholeDigest))) {
            // Of two that differ one lies, and the younger is as good a guess.
            wholeDigest = digest;
            whole = reading.payload();
        }
        ReplicaSet equal = equalTo(vote);
        if (Acceptance.ofReading(trust, equal)) {
            return digest.equals(wholeDigest) ? Progress.ANSWERED : Progress.TO_THE_LOG;
        }
        return progress(trust);
    }

    /** The replica gives no answer. */
    Progress unread(int replica, FaultStructure trust) {
        waiting = waiting.without(replica);
        return progress(trust);
    }

    /** Whether those who have not answered could still make a quorum with some who have. */
    Progress progress(FaultStructure trust) {
        boolean hope = Acceptance.ofReading(trust, waiting)
                || Arrays.stream(votes)
                        .anyMatch(vote -> vote != null
                                && Acceptance.ofReading(trust, equalTo(vote).union(waiting)));
        return hope ? Progress.WAIT : Progress.TO_THE_LOG;
    }

    private ReplicaSet equalTo(Vote vote) {
        ReplicaSet equal = ReplicaSet.EMPTY;
        for (int i = 0; i < votes.length; i++) {
            equal = vote.equals(votes[i]) ? equal.with(i) : equal;
        }
        return equal;
    }

    byte @Nullable [] result() {
        return whole;
    }
}
