package org.maftia.core.agreement;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.BinaryMessage.Ballot;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * One round of binary agreement as this replica sees it: who said what, each peer's first word only, and what it said
 * itself. Bounded by the number of peers.
 */
final class BinaryRound {
    final int number;
    private final FaultStructure trust;

    private final Map<Ballot, ReplicaSet> vals = new EnumMap<>(Ballot.class);
    private final Map<Ballot, ReplicaSet> echoes = new EnumMap<>(Ballot.class);
    private final Map<Ballot, ReplicaSet> echoes2 = new EnumMap<>(Ballot.class);

    /** Who sent a share, and whose share is good. */
    ReplicaSet sharers = ReplicaSet.EMPTY;

    final SortedMap<Integer, byte[]> unverified = new TreeMap<>();
    final SortedMap<Integer, byte[]> shares = new TreeMap<>();

    // What this replica did: it says each of these once.
    final Set<Ballot> valued = EnumSet.noneOf(Ballot.class);
    boolean echoed;
    boolean echoed2;
    boolean released;
    boolean tossing;

    /** What came out at line 6. */
    @Nullable
    Ballot out;

    /** What the coin showed. */
    @Nullable
    Boolean toss;

    BinaryRound(int number, FaultStructure trust) {
        this.number = number;
        this.trust = trust;
    }

    /** A peer may hold one value and relay the other. */
    void addVal(int from, boolean value) {
        vals.merge(Ballot.of(value), ReplicaSet.of(from), ReplicaSet::union);
    }

    /** False when the peer has echoed the other value before. */
    boolean addEcho(int from, boolean value) {
        return add(echoes, from, Ballot.of(value));
    }

    /** False when the peer has cast another ballot before. */
    boolean addEcho2(int from, Ballot ballot) {
        return add(echoes2, from, ballot);
    }

    private static boolean add(Map<Ballot, ReplicaSet> votes, int from, Ballot ballot) {
        for (var entry : votes.entrySet()) {
            if (entry.getValue().contains(from)) {
                return entry.getKey() == ballot;
            }
        }
        votes.merge(ballot, ReplicaSet.of(from), ReplicaSet::union);
        return true;
    }

    private static ReplicaSet of(Map<Ballot, ReplicaSet> votes, Ballot ballot) {
        return votes.getOrDefault(ballot, ReplicaSet.EMPTY);
    }

    /** Line 2: some correct replica holds the value or relays it. */
    boolean isVouched(boolean value) {
        return trust.isKernel(of(vals, Ballot.of(value)));
    }

    /** Line 3. */
    boolean isApproved(boolean value) {
        return trust.isQuorum(of(vals, Ballot.of(value)));
    }

    private boolean areBothApproved() {
        return isApproved(false) && isApproved(true);
    }

    /** Line 5: a value that a quorum echoed; failing that, ? if a quorum echoed what is approved, and both are. */
    Optional<Ballot> ballot() {
        ReplicaSet no = of(echoes, Ballot.NO);
        ReplicaSet yes = of(echoes, Ballot.YES);
        if (trust.isQuorum(no)) {
            return Optional.of(Ballot.NO);
        }
        if (trust.isQuorum(yes)) {
            return Optional.of(Ballot.YES);
        }
        return areBothApproved() && trust.isQuorum(no.union(yes)) ? Optional.of(Ballot.EITHER) : Optional.empty();
    }

    /** Line 6: what the ballots of a quorum amount to, counting those that the approved values explain. */
    Optional<Ballot> outcome() {
        ReplicaSet consistent = ReplicaSet.EMPTY;
        for (boolean value : new boolean[] {false, true}) {
            ReplicaSet votes = of(echoes2, Ballot.of(value));
            if (isApproved(value)) {
                if (trust.isQuorum(votes)) {
                    return Optional.of(Ballot.of(value));
                }
                consistent = consistent.union(votes);
            }
        }
        if (areBothApproved()) {
            consistent = consistent.union(of(echoes2, Ballot.EITHER));
        }
        return trust.isQuorum(consistent) ? Optional.of(Ballot.EITHER) : Optional.empty();
    }

    /** Whose shares are good. */
    ReplicaSet verified() {
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (int sender : shares.keySet()) {
            senders = senders.with(sender);
        }
        return senders;
    }
}
