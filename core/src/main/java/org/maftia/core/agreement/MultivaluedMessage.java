package org.maftia.core.agreement;

import java.util.List;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.wire.Digest;

/** What the replicas of one {@link MultivaluedAgreement} send each other, and what its journal keeps. */
public sealed interface MultivaluedMessage {
    /** The view that the message is about. */
    int view();

    /** Journal only: the own value. */
    record Input(byte[] value) implements MultivaluedMessage {
        @Override
        public int view() {
            return 0;
        }
    }

    /** Step 1: an owner proposes, and shows why it may. The view is the one that the chain opens. */
    record Pb1(byte[] value, Chain chain) implements MultivaluedMessage {
        @Override
        public int view() {
            return chain.end();
        }
    }

    /** Answer to step 1. */
    record Sig1(int view, int owner, Digest hash, byte[] signature) implements MultivaluedMessage {}

    /** Step 2: a quorum accepted the owner's value. */
    record Pb2(Lock lock) implements MultivaluedMessage {
        @Override
        public int view() {
            return lock.view;
        }
    }

    /** Answer to step 2. */
    record Sig2(int view, int owner, Digest hash, byte[] signature) implements MultivaluedMessage {}

    /** Step 3: a quorum holds the owner's lock. */
    record Finish(int view, int owner, byte[] value, Certificate s2) implements MultivaluedMessage {}

    /**
     * Step 4, from view 1 on: a quorum of owners finished, so the sender signs nothing more in the view, and tosses.
     *
     * @param finishes of a quorum of owners: they bring others to the same point
     * @param share of the coin that elects the leader
     */
    record Done(int view, List<Finish> finishes, byte[] share) implements MultivaluedMessage {
        public Done {
            finishes = List.copyOf(finishes);
        }
    }

    /** Step 5: what a replica holds of the leader's value. */
    sealed interface PreVote extends MultivaluedMessage {}

    /** It holds the lock. */
    record PreVoteLock(Lock lock) implements PreVote {
        @Override
        public int view() {
            return lock.view;
        }
    }

    /** It holds nothing, and signs so. */
    record PreVoteNull(int view, byte[] signature) implements PreVote {}

    /** Step 6: what a quorum of pre-votes said. */
    sealed interface Vote extends MultivaluedMessage {
        byte[] signature();
    }

    /** One of them had the lock. */
    record VoteYes(Lock lock, byte[] signature) implements Vote {
        @Override
        public int view() {
            return lock.view;
        }
    }

    /** None of them had it, as their signatures show. */
    record VoteNo(int view, Certificate nulls, byte[] signature) implements Vote {}

    /** For those who are behind: the proof that a view began. */
    record Entry(Chain chain) implements MultivaluedMessage {
        @Override
        public int view() {
            return chain.end();
        }
    }

    /**
     * The end, provable by itself.
     *
     * @param voted whether {@code proof} holds the yes-votes of a quorum, or else its signatures of step 2
     * @param toss shares that show the owner to be the elected one; empty where nobody has to ask: votes are about
     *     nobody else, and the leader of view 0 is given
     */
    record Halt(int view, int owner, byte[] value, boolean voted, Certificate proof, List<Share> toss)
            implements MultivaluedMessage {
        public Halt {
            toss = List.copyOf(toss);
        }

        Halt tossed(List<Share> other) {
            return new Halt(view, owner, value, voted, proof, other);
        }
    }

    /** What a replica contributed to a coin. */
    record Share(int replica, byte[] bytes) {}

    /** A value that a quorum accepted from an owner in a view: there is no second one. */
    record Lock(int view, int owner, byte[] value, Certificate s1) {}
}
