package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.hybrid.Account.Entry;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.wire.Digest;

/**
 * What a view begins with, as it follows from the accounts of a quorum: for each slot above the highest certified state, the
 * batch that was proposed for it in the highest view, if it is valid.
 *
 * <p>Why: let a quorum have voted for h in slot t of view u, and the accounts be valid ones of a quorum for a view v above u.
 * They have a replica in common, perhaps a corrupt one, and its fence for v comes after its vote, as the marks say. If it
 * claims to have taken part in u last, then its vote is between its base and its fence, so it shows it, or lies before a
 * checkpoint of its own that is stable, so that t is settled. If it claims a view w between u and v, a kernel certifies what w
 * began with, which by induction has h in t or begins above it. It cannot claim a view below u, as it would have to show a
 * vote of u, which makes the account invalid. And whatever anybody shows of a view between u and v was proposed by a leader
 * that could not propose for t again, as w proposes it already. So h is what is found for t in the highest view.
 */
final class Selection {
    private final long start;

    /** By slot, then by view: what was proposed. */
    private final SortedMap<Long, TreeMap<Long, Digest>> candidates = new TreeMap<>();

    private final @Nullable StableCheckpoint stable;

    /**
     * @param changes valid ones, of a quorum
     * @param beginning the slot above which the configuration begins
     */
    Selection(List<ViewChange> changes, long beginning) {
        StableCheckpoint highest = null;
        for (ViewChange change : changes) {
            StableCheckpoint one = change.account().stable();
            if (one != null
                    && (highest == null || one.claim().slot() > highest.claim().slot())) {
                highest = one;
            }
        }
        this.stable = highest;
        this.start = highest == null ? beginning : highest.claim().slot();
        for (ViewChange change : changes) {
            candidates(change.account()).forEach(this::add);
        }
    }

    /** Something that may have been decided. */
    record Candidate(long view, long slot, Digest batch) {}

    /** All that an account says was proposed. */
    static List<Candidate> candidates(Account account) {
        List<Candidate> all = new ArrayList<>();
        long view = account.originView();
        if (account.origin() != null) {
            account.origin().summary().slots().forEach((slot, batch) -> all.add(new Candidate(view, slot, batch)));
        }
        for (Entry entry : account.entries()) {
            if (entry instanceof Entry.Voted voted) {
                all.add(new Candidate(view, voted.vote().slot(), voted.vote().batch()));
            }
        }
        return all;
    }

    private void add(Candidate candidate) {
        if (candidate.slot > start) {
            candidates.computeIfAbsent(candidate.slot, slot -> new TreeMap<>()).put(candidate.view, candidate.batch);
        }
    }

    /** The state in which the view begins; null for that of the configuration. */
    @Nullable
    StableCheckpoint stable() {
        return stable;
    }

    /** The batches that must be held to tell which are valid. */
    List<Candidate> named() {
        List<Candidate> named = new ArrayList<>();
        candidates.forEach(
                (slot, byView) -> byView.forEach((view, batch) -> named.add(new Candidate(view, slot, batch))));
        return named;
    }

    /** @param valid whether a batch that is held may be executed */
    Summary summary(NewView opening, Predicate<Digest> valid) {
        SortedMap<Long, Digest> slots = new TreeMap<>();
        for (Map.Entry<Long, TreeMap<Long, Digest>> entry : candidates.entrySet()) {
            for (Digest batch : entry.getValue().descendingMap().values()) {
                if (batch.equals(Digest.ZERO) || valid.test(batch)) {
                    slots.put(entry.getKey(), batch);
                    break;
                }
            }
        }
        long last = slots.isEmpty() ? start : slots.lastKey();
        for (long slot = start + 1; slot < last; slot++) {
            slots.putIfAbsent(slot, Digest.ZERO);
        }
        return new Summary(opening.view(), start, slots, leaderFence(opening), opening.ui());
    }

    private static Fence leaderFence(NewView opening) {
        for (ViewChange change : opening.changes()) {
            if (change.replica() == opening.ui().replica()) {
                return change.fence();
            }
        }
        throw new IllegalStateException("asked for an opening that lacks its leader");
    }
}
