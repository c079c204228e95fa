package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * What may have been decided in an epoch, told from the COLLECTs of a quorum. A digest that a correct replica decided
 * is bound in every sound set; only what a correct replica validated is ever bound.
 *
 * <p>Why: if a correct replica decided h, every correct member of its ACCEPT quorum prepared h, and every quorum that
 * claims "none" or another digest contains one of them, as two quorums meet in a kernel. So neither another digest nor
 * "unbound" passes. A kernel that wrote h contains a correct replica, which validated and holds the proposal.
 */
final class BoundRule {
    private final FaultStructure trust;
    private final boolean preparedClause;

    BoundRule(FaultStructure trust) {
        this(trust, true);
    }

    /** For the test that shows what goes wrong without the clause on what others prepared. */
    BoundRule(FaultStructure trust, boolean preparedClause) {
        this.trust = trust;
        this.preparedClause = preparedClause;
    }

    /**
     * What a sound set says.
     *
     * @param base the last slot that is settled without it
     * @param checkpoint the stable checkpoint at {@code base}, or null if the epoch's start lies higher
     * @param bound digests by slot; slots that are absent are unbound
     */
    record Reading(long base, @Nullable StableCheckpoint checkpoint, SortedMap<Long, Digest> bound) {
        /** The highest slot that the recovery must fill as it was. */
        long top() {
            return bound.isEmpty() ? base : bound.lastKey();
        }
    }

    /** The reading, or nothing while the set is no quorum or not sound. */
    Optional<Reading> read(Collection<Collect> collects, long epochStart) {
        ReplicaSet members = ReplicaSet.EMPTY;
        for (Collect collect : collects) {
            members = members.with(collect.replica());
        }
        if (!trust.isQuorum(members)) {
            return Optional.empty();
        }
        @Nullable StableCheckpoint highest = highestStable(collects);
        boolean checkpointed = highest != null && highest.claim().slot() >= epochStart - 1;
        long base = checkpointed && highest != null ? highest.claim().slot() : epochStart - 1;
        SortedMap<Long, Digest> bound = new TreeMap<>();
        for (SlotClaims claims : bySlot(collects, base)) {
            Optional<Digest> digest = boundDigest(claims, members);
            if (digest.isPresent()) {
                bound.put(claims.slot, digest.get());
            } else if (!trust.isQuorum(members.minus(claims.prepared()))) {
                return Optional.empty();
            }
        }
        return Optional.of(new Reading(base, checkpointed ? highest : null, bound));
    }

    private static @Nullable StableCheckpoint highestStable(Collection<Collect> collects) {
        StableCheckpoint highest = null;
        for (Collect collect : collects) {
            StableCheckpoint stable = collect.stable();
            if (stable != null
                    && (highest == null
                            || stable.claim().slot() > highest.claim().slot())) {
                highest = stable;
            }
        }
        return highest;
    }

    /** The smaller of two bound digests: two are possible only where nothing was decided. */
    private Optional<Digest> boundDigest(SlotClaims claims, ReplicaSet members) {
        for (Digest digest : claims.preparedFor.keySet()) {
            ReplicaSet others = claims.prepared().minus(claims.preparedFor(digest));
            boolean noneElse = !preparedClause || trust.isQuorum(members.minus(others));
            if (noneElse && trust.isKernel(claims.wroteFor(digest))) {
                return Optional.of(digest);
            }
        }
        return Optional.empty();
    }

    private static List<SlotClaims> bySlot(Collection<Collect> collects, long base) {
        SortedMap<Long, SlotClaims> slots = new TreeMap<>();
        for (Collect collect : collects) {
            for (Collect.Vote vote : collect.votes()) {
                if (vote.slot() > base) {
                    slots.computeIfAbsent(vote.slot(), SlotClaims::new).add(collect.replica(), vote);
                }
            }
        }
        return new ArrayList<>(slots.values());
    }

    /** What the members of a set claim about one slot. */
    private static final class SlotClaims {
        private final long slot;
        private final SortedMap<Digest, ReplicaSet> preparedFor = new TreeMap<>();
        private final SortedMap<Digest, ReplicaSet> wroteFor = new TreeMap<>();

        SlotClaims(long slot) {
            this.slot = slot;
        }

        void add(int replica, Collect.Vote vote) {
            if (vote.prepared() != null) {
                preparedFor.merge(vote.prepared(), ReplicaSet.of(replica), ReplicaSet::union);
            }
            if (vote.wrote() != null) {
                wroteFor.merge(vote.wrote(), ReplicaSet.of(replica), ReplicaSet::union);
            }
        }

        ReplicaSet prepared() {
            ReplicaSet all = ReplicaSet.EMPTY;
            for (ReplicaSet set : preparedFor.values()) {
                all = all.union(set);
            }
            return all;
        }

        ReplicaSet preparedFor(Digest digest) {
            return preparedFor.getOrDefault(digest, ReplicaSet.EMPTY);
        }

        ReplicaSet wroteFor(Digest digest) {
            return wroteFor.getOrDefault(digest, ReplicaSet.EMPTY);
        }
    }
}
