package org.maftia.core.agreement;

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
     */
    record Halt(int view, int owner, byte[] value, boolean voted, Certificate proof) implements MultivaluedMessage {}

    /** A value that a quorum accepted from an owner in a view: there is no second one. */
    record Lock(int view, int owner, byte[] value, Certificate s1) {}
}
