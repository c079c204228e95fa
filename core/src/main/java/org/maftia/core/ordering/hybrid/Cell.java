package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** One slot of the log: what was proposed for it, who voted, what was decided. */
final class Cell {
    /** Batches kept beside those that somebody relies on: forks of corrupt leaders. */
    private static final int BATCHES_MAX = 8;

    final long slot;

    /** Those whose requests were all judged to be their clients', or not. */
    private final Map<Digest, Known> batches = new LinkedHashMap<>();

    /** The newest vote of each replica. */
    final SortedMap<Integer, Vote> votes = new TreeMap<>();

    /** The leader's PREPARE in the view in which this replica takes part. */
    @Nullable
    Vote proposal;

    /** The view in which this replica votes for it, or is about to; -1: in none. */
    long votedView = -1;

    /** What was decided, and who voted for it. */
    @Nullable
    Digest decided;

    List<Vote> proof = List.of();

    /** Batches that are in the journal, and those that somebody relies on and that are missing. */
    final SortedSet<Digest> kept = new TreeSet<>();

    final SortedSet<Digest> wanted = new TreeSet<>();
    long fetchMicros;
    int fetches;
    private long cost;

    Cell(long slot) {
        this.slot = slot;
    }

    private record Known(Batch batch, boolean valid) {}

    @Nullable
    Batch batch(Digest digest) {
        Known known = batches.get(digest);
        return known == null ? null : known.batch;
    }

    boolean isValid(Digest digest) {
        Known known = batches.get(digest);
        return digest.equals(Digest.ZERO) || known != null && known.valid;
    }

    boolean holds(Digest digest) {
        return digest.equals(Digest.ZERO) || batches.containsKey(digest);
    }

    /** What the batches take that it holds, in bytes. */
    long cost() {
        return cost;
    }

    void keep(Batch batch, boolean valid) {
        if (batches.putIfAbsent(batch.digest(), new Known(batch, valid)) == null) {
            cost += batch.cost();
        }
        var oldest = batches.keySet().iterator();
        while (batches.size() > BATCHES_MAX + votes.size()) {
            Digest digest = oldest.next();
            boolean needed = digest.equals(decided)
                    || digest.equals(batch.digest())
                    || votes.values().stream().anyMatch(vote -> vote.batch().equals(digest));
            if (!needed) {
                cost -= Invariant.present(batch(digest), "it is among them").cost();
                oldest.remove();
            }
            if (!oldest.hasNext()) {
                return;
            }
        }
    }

    /** Takes a vote, unless a newer one of the replica is here; who voted for the same, or nobody. */
    List<Vote> add(Vote vote) {
        Vote before = votes.get(vote.voter());
        if (before == null || before.view() < vote.view()) {
            votes.put(vote.voter(), vote);
        }
        List<Vote> same = new ArrayList<>();
        for (Vote other : votes.values()) {
            if (other.choice().equals(vote.choice())) {
                same.add(other);
            }
        }
        return same;
    }

    static ReplicaSet voters(List<Vote> votes) {
        ReplicaSet voters = ReplicaSet.EMPTY;
        for (Vote vote : votes) {
            voters = voters.with(vote.voter());
        }
        return voters;
    }
}
