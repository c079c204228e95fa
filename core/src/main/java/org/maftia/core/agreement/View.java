package org.maftia.core.agreement;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedAgreement.Finish;
import org.maftia.core.agreement.MultivaluedAgreement.Lock;
import org.maftia.core.agreement.MultivaluedAgreement.Pb1;
import org.maftia.core.agreement.MultivaluedAgreement.PreVote;
import org.maftia.core.agreement.MultivaluedAgreement.Sig1;
import org.maftia.core.agreement.MultivaluedAgreement.Sig2;
import org.maftia.core.agreement.MultivaluedAgreement.Vote;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** What a replica did and saw in one view. Every map has at most one entry for each replica. */
final class View {
    final int number;

    /** As a signer: the first value of each owner, its signatures, the locks that it stored before signing. */
    final SortedMap<Integer, Digest> seen = new TreeMap<>();

    final SortedMap<Integer, Pb1> unjudged = new TreeMap<>();
    final SortedMap<Integer, Sig1> signed1 = new TreeMap<>();
    final SortedMap<Integer, Lock> locks = new TreeMap<>();
    final SortedMap<Integer, Sig2> signed2 = new TreeMap<>();

    /** As an owner: what it proposed, and the signatures that came back. */
    @Nullable
    Pb1 proposal;

    final SortedMap<Integer, byte[]> sigs1 = new TreeMap<>();
    final SortedMap<Integer, byte[]> sigs2 = new TreeMap<>();

    @Nullable
    Lock ownLock;

    @Nullable
    Finish finish;

    /** As a voter. Whoever sent its pre-vote has stopped signing in the view. */
    @Nullable
    PreVote preVoted;

    @Nullable
    Vote voted;

    final SortedMap<Integer, PreVote> preVotes = new TreeMap<>();
    final SortedMap<Integer, Vote> votes = new TreeMap<>();

    View(int number) {
        this.number = number;
    }

    boolean stopped() {
        return preVoted != null;
    }

    static ReplicaSet senders(SortedMap<Integer, ?> messages) {
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (int sender : messages.keySet()) {
            senders = senders.with(sender);
        }
        return senders;
    }
}
