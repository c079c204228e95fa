package org.maftia.client;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.ordering.Seal;
import org.maftia.core.replica.Acceptance;
import org.maftia.core.replica.UndoneCommand;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * A request that waits for its answer. It is answered once enough replicas ({@link Acceptance}) named the same digest of the result and
 * the same slot, and one of them sent the result itself. Each replica has one vote, its first.
 */
final class OpenRequest {
    private final long sequence;
    private final byte[] operation;
    private final boolean quorumReads;
    private final CompletableFuture<byte[]> future;
    private final long dueNanos;
    private final @Nullable Vote[] votes;
    private ReplicaSet refused = ReplicaSet.EMPTY;
    private @Nullable Digest resultDigest;
    private byte @Nullable [] result;
    private @Nullable Seal seal;
    private long sentNanos = System.nanoTime();
    private int attempts;

    private record Vote(Digest digest, long slot) {}

    /** @param quorumReads whether it is for a quorum-read service */
    OpenRequest(
            long sequence,
            byte[] operation,
            boolean quorumReads,
            int replicas,
            long dueNanos,
            CompletableFuture<byte[]> future) {
        this.sequence = sequence;
        this.quorumReads = quorumReads;
        this.dueNanos = dueNanos;
        this.operation = operation;
        this.future = future;
        this.votes = new Vote[replicas];
    }

    /** The same request of the same number in another configuration: nobody has answered it there. */
    OpenRequest again(int replicas) {
        return new OpenRequest(sequence, operation, quorumReads, replicas, dueNanos, future);
    }

    long sequence() {
        return sequence;
    }

    byte[] operation() {
        return operation;
    }

    /** The client's signature, once there is one. */
    @Nullable
    Seal seal() {
        return seal;
    }

    void sealed(@Nullable Seal made) {
        seal = made;
    }

    CompletableFuture<byte[]> future() {
        return future;
    }

    /** How often it was sent; and notes that it is sent now. */
    int sent(long nowNanos) {
        sentNanos = nowNanos;
        refused = ReplicaSet.EMPTY;
        return attempts++;
    }

    boolean isLate(long nowNanos) {
        return nowNanos - dueNanos > 0 && !future.isDone();
    }

    long sentNanos() {
        return sentNanos;
    }

    int attempts() {
        return attempts;
    }

    /** What a reply leads to. */
    enum Progress {
        WAIT,
        /** Enough agree, but none of them sent the result itself. */
        RESULT_MISSING,
        ANSWERED
    }

    /** Counts a reply of the replica that the connection proved. */
    Progress reply(int replica, ClientMessage.Reply reply, FaultStructure trust) {
        Digest digest = digestOf(reply);
        Vote vote = votes[replica];
        if (vote == null) {
            vote = new Vote(digest, reply.slot());
            votes[replica] = vote;
        } else if (!vote.equals(new Vote(digest, reply.slot()))) {
            return Progress.WAIT;
        }
        if (!Acceptance.ofResult(trust, equalTo(vote), quorumReads)) {
            keep(digest, reply);
            return Progress.WAIT;
        }
        if (reply.whole()) {
            resultDigest = digest;
            result = reply.payload();
        }
        return digest.equals(resultDigest) ? Progress.ANSWERED : Progress.RESULT_MISSING;
    }

    /**
     * Notes that a replica did not take it; whether a quorum did not. Then those that may have taken it are no kernel, and
     * without one of them it is never ordered.
     */
    boolean refused(int replica, FaultStructure trust) {
        refused = refused.with(replica);
        return trust.isQuorum(refused);
    }

    /** Equal bytes have equal digests, and comparing costs a tenth of hashing. */
    private Digest digestOf(ClientMessage.Reply reply) {
        if (reply.whole() && resultDigest != null && Arrays.equals(result, reply.payload())) {
            return resultDigest;
        }
        return reply.resultDigest();
    }

    /** Keeps the first result that came whole; should it be a lie, the right one is asked for again. */
    private void keep(Digest digest, ClientMessage.Reply reply) {
        if (reply.whole() && resultDigest == null) {
            resultDigest = digest;
            result = reply.payload();
        }
    }

    private ReplicaSet equalTo(Vote vote) {
        ReplicaSet equal = ReplicaSet.EMPTY;
        for (int i = 0; i < votes.length; i++) {
            if (vote.equals(votes[i])) {
                equal = equal.with(i);
            }
        }
        return equal;
    }

    /** It is answered. */
    void complete() {
        if (result != null && UndoneCommand.isResult(result)) {
            future.completeExceptionally(new GroupException(UndoneCommand.SENTENCE));
        } else {
            future.complete(result);
        }
    }
}
