package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** One slot of the log: the votes of the current epoch, and what was decided. */
final class Slot {
    final long number;

    /** The first proposal of the leader, valid as far as it alone tells. */
    @Nullable
    Proposal first;

    /** The candidates of the entries of {@link #first}. */
    List<Candidate> candidates = List.of();

    /** Entries of {@link #first} whose body is missing, and those that are not acceptable. */
    int bodiless;

    int unacceptable;

    /** A complete proposal that was fetched because its digest won. */
    @Nullable
    Proposal fetched;

    /** Own votes in the epoch in which the slot is open, or was. */
    @Nullable
    Digest wrote;

    @Nullable
    Digest prepared;

    /** The digest that a quorum wrote. */
    @Nullable
    Digest quorumWrote;

    Tally<Digest> writes = new Tally<>();
    Tally<Digest> accepts = new Tally<>();
    private final Tally<Outcome> reports = new Tally<>();

    /** The leader was named for two proposals here. */
    boolean leaderBlamed;

    /** When the leader began to owe a decision; 0 before. */
    long startedMicros;

    @Nullable
    Outcome outcome;

    /** What was delivered, with all bodies; null for an empty slot of a recovery. */
    @Nullable
    Proposal delivered;

    long deliveredBytes;

    long fetchMicros;
    int fetches;

    Slot(long number) {
        this.number = number;
    }

    /** A peer says that it delivered this; who else says the same. */
    ReplicaSet report(int from, Outcome value) {
        ReplicaSet voters = reports.add(from, value);
        return voters == null ? ReplicaSet.EMPTY : voters;
    }

    /**
     * Another epoch begins: its votes start from nothing. The proposal that was decided stays, or else the one that got
     * the own WRITE, as others rely on that.
     */
    void clearVotes() {
        Proposal kept = outcome == null ? null : complete(outcome.digest());
        kept = kept != null || wrote == null ? kept : complete(wrote);
        kept = kept == null ? fetched : kept;
        wrote = null;
        prepared = null;
        clearProgress();
        fetched = kept;
    }

    /** It is delivered. Own votes stay: a COLLECT must show them, and peers may have missed them. */
    void clearProgress() {
        first = null;
        fetched = null;
        candidates = List.of();
        bodiless = 0;
        unacceptable = 0;
        quorumWrote = null;
        leaderBlamed = false;
        writes = new Tally<>();
        accepts = new Tally<>();
        startedMicros = 0;
    }

    /** The proposal with this digest with all bodies, or null. */
    @Nullable
    Proposal complete(Digest digest) {
        if (delivered != null && delivered.digest().equals(digest)) {
            return delivered;
        }
        if (fetched != null && fetched.digest().equals(digest)) {
            return fetched;
        }
        return first != null && bodiless == 0 && first.digest().equals(digest) ? filled(first) : null;
    }

    /** Whether the proposal with this digest is known, perhaps without bodies. */
    boolean knows(Digest digest) {
        return first != null && first.digest().equals(digest)
                || fetched != null && fetched.digest().equals(digest);
    }

    private Proposal filled(Proposal proposal) {
        List<Entry> entries = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            entries.add(new Entry(candidate.reference, candidate.sealedBody()));
        }
        return proposal.withEntries(entries);
    }

    /** Who can be asked for the proposal with this digest: those that wrote, accepted or delivered it. */
    ReplicaSet holders(Digest digest) {
        return writes.of(digest).union(accepts.of(digest)).union(reports.all());
    }
}
