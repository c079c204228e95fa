package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.MultivaluedMessage.Done;
import org.maftia.core.agreement.MultivaluedMessage.Finish;
import org.maftia.core.agreement.MultivaluedMessage.Halt;
import org.maftia.core.agreement.MultivaluedMessage.Lock;
import org.maftia.core.agreement.MultivaluedMessage.Pb1;
import org.maftia.core.agreement.MultivaluedMessage.Pb2;
import org.maftia.core.agreement.MultivaluedMessage.PreVote;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteLock;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteNull;
import org.maftia.core.agreement.MultivaluedMessage.Share;
import org.maftia.core.agreement.MultivaluedMessage.Sig1;
import org.maftia.core.agreement.MultivaluedMessage.Sig2;
import org.maftia.core.agreement.MultivaluedMessage.Vote;
import org.maftia.core.agreement.MultivaluedMessage.VoteNo;
import org.maftia.core.agreement.MultivaluedMessage.VoteYes;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** What a replica did and saw in one view. Every map has at most one entry for each replica. */
final class View {
    static final int UNKNOWN = -1;

    final int number;

    /** Whose value alone may be decided here: given in view 0, elected after the fact in others. */
    int leader;

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

    /** Who finished, and what they tossed who say that a quorum did. */
    final SortedMap<Integer, Finish> finishes = new TreeMap<>();

    final SortedMap<Integer, byte[]> shares = new TreeMap<>();

    @Nullable
    Done done;

    /** As a voter. Whoever tossed, or pre-voted, has stopped signing in the view. */
    @Nullable
    PreVote preVoted;

    @Nullable
    Vote voted;

    final SortedMap<Integer, PreVote> preVotes = new TreeMap<>();
    final SortedMap<Integer, Vote> votes = new TreeMap<>();

    View(int number, int leader) {
        this.number = number;
        this.leader = leader;
    }

    static View of(int number, Leadership leadership) {
        return new View(number, number == 0 ? leadership.first() : UNKNOWN);
    }

    boolean stopped() {
        return preVoted != null || done != null;
    }

    boolean isElected() {
        return leader != UNKNOWN;
    }

    /** Before a coin everybody is heard; a given leader proposes alone. */
    boolean isOwner(int replica) {
        return number > 0 || replica == leader;
    }

    /** Step 2: the lock, when a quorum signed the own proposal. */
    void signed1(int from, byte[] signature, int self, FaultStructure trust) {
        sigs1.put(from, signature);
        if (proposal != null && trust.isQuorum(senders(sigs1))) {
            ownLock = new Lock(number, self, proposal.value(), Certificate.of(sigs1));
        }
    }

    /** Step 3: the end of the own proposal, when a quorum stored the lock. */
    void signed2(int from, byte[] signature, FaultStructure trust) {
        sigs2.put(from, signature);
        if (ownLock != null && trust.isQuorum(senders(sigs2))) {
            finish = new Finish(number, ownLock.owner(), ownLock.value(), Certificate.of(sigs2));
        }
    }

    /** The end that the leader's FINISH makes. */
    Halt halt(Finish proved) {
        return new Halt(number, leader, proved.value(), false, proved.s2(), toss());
    }

    /**
     * The same end, with all that convinces others and no more; null if the owner is not shown to be the leader. Votes are
     * about nobody else, but a FINISH is one of many.
     *
     * @param first the leader of view 0
     */
    @Nullable
    Halt provable(Halt m, int first, Seals seals) {
        if (m.view() == 0 || m.voted()) {
            return m.view() > 0 || m.owner() == first ? m.tossed(List.of()) : null;
        }
        if (m.view() == number && isElected()) {
            return m.owner() == leader ? m.tossed(toss()) : null;
        }
        return seals.isElected(m.view(), m.owner(), m.toss()) ? m : null;
    }

    /** The shares that elected the leader. */
    private List<Share> toss() {
        List<Share> toss = new ArrayList<>();
        shares.forEach((replica, bytes) -> toss.add(new Share(replica, bytes)));
        return toss;
    }

    /** Step 7: the views up to this one are closed as its votes say; with yes-votes alone they decide instead. */
    Chain close(Chain before) {
        SortedMap<Integer, byte[]> no = new TreeMap<>();
        SortedMap<Integer, byte[]> yes = new TreeMap<>();
        Lock lock = sort(yes, no);
        return lock == null
                ? before.closed(new Chain.NoCert(leader, Certificate.of(no)))
                : before.closed(new Chain.Mixed(lock, Certificate.of(yes), Certificate.of(no)));
    }

    /** The end that yes-votes of a quorum make, if there is no other vote. */
    @Nullable
    Halt unanimous() {
        SortedMap<Integer, byte[]> no = new TreeMap<>();
        SortedMap<Integer, byte[]> yes = new TreeMap<>();
        Lock lock = sort(yes, no);
        return lock == null || !no.isEmpty()
                ? null
                : new Halt(number, leader, lock.value(), true, Certificate.of(yes), List.of());
    }

    private @Nullable Lock sort(SortedMap<Integer, byte[]> yes, SortedMap<Integer, byte[]> no) {
        Lock lock = null;
        for (var entry : votes.entrySet()) {
            switch (entry.getValue()) {
                case VoteYes vote -> {
                    lock = vote.lock();
                    yes.put(entry.getKey(), vote.signature());
                }
                case VoteNo vote -> no.put(entry.getKey(), vote.signature());
            }
        }
        return lock;
    }

    static ReplicaSet senders(SortedMap<Integer, ?> messages) {
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (int sender : messages.keySet()) {
            senders = senders.with(sender);
        }
        return senders;
    }

    /** The vote that the pre-votes call for: yes with any lock among them, else no with their nulls. */
    Vote verdict(Seals seals) {
        SortedMap<Integer, byte[]> nulls = new TreeMap<>();
        Lock lock = null;
        for (var entry : preVotes.entrySet()) {
            switch (entry.getValue()) {
                case PreVoteLock yes -> lock = yes.lock();
                case PreVoteNull none -> nulls.put(entry.getKey(), none.signature());
            }
        }
        if (lock != null) {
            return new VoteYes(lock, seals.sign(Seals.Stage.YES, number, leader, Seals.hash(lock.value())));
        }
        byte[] no = seals.sign(Seals.Stage.NO, number, leader, Digest.ZERO);
        return new VoteNo(number, Certificate.of(nulls), no);
    }

    /** Takes back what this replica had written down. */
    void restore(MultivaluedMessage record, int self, Seals seals) {
        switch (record) {
            case Pb1 m -> {
                proposal = m;
                seen.put(self, Seals.hash(m.value()));
            }
            case Sig1 m -> {
                seen.put(m.owner(), m.hash());
                signed1.put(m.owner(), m);
            }
            case Pb2 m -> {
                Lock lock = m.lock();
                locks.put(lock.owner(), lock);
                signed2.put(lock.owner(), seals.sig2(lock));
                ownLock = lock.owner() == self ? lock : ownLock;
            }
            case Done m -> {
                done = m;
                m.finishes().forEach(finished -> finishes.put(finished.owner(), finished));
                shares.put(self, m.share());
            }
            case PreVote m -> {
                preVoted = m;
                preVotes.put(self, m);
            }
            case Vote m -> {
                voted = m;
                votes.put(self, m);
            }
            default -> Invariant.check(false, "no record of a view");
        }
    }

    /** What {@link #restore} needs. */
    List<MultivaluedMessage> records() {
        List<@Nullable MultivaluedMessage> records = new ArrayList<>();
        records.add(proposal);
        records.addAll(signed1.values());
        locks.values().forEach(lock -> records.add(new Pb2(lock)));
        records.add(done);
        records.add(preVoted);
        records.add(voted);
        return present(records);
    }

    /** What a peer may have missed of this view. */
    List<MultivaluedMessage> messagesFor(int peer) {
        Pb2 pb2 = ownLock == null ? null : new Pb2(ownLock);
        return present(
                Arrays.asList(proposal, pb2, finish, signed1.get(peer), signed2.get(peer), done, preVoted, voted));
    }

    /** The signatures that the replica gave to itself. */
    List<MultivaluedMessage> signaturesFor(int self) {
        return present(Arrays.asList(signed1.get(self), signed2.get(self)));
    }

    private static List<MultivaluedMessage> present(List<? extends @Nullable MultivaluedMessage> messages) {
        List<MultivaluedMessage> present = new ArrayList<>();
        for (MultivaluedMessage message : messages) {
            if (message != null) {
                present.add(message);
            }
        }
        return present;
    }
}
