package org.maftia.core.ordering;

import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * An epoch: a leader's term, or one without a leader, which whoever waits for something ends at once. It follows from
 * the log alone, so all correct replicas know the same one by a number; checkpoints certify it.
 *
 * @param start its first slot
 * @param leader who proposes in it, or in the first epoch after those without a leader
 * @param skipped leaders of epochs that failed; always a fault set, so that somebody correct is left
 * @param failures epochs with a leader that failed in a row before this one; no more are counted than matter
 * @param leaderless how many epochs have no leader, from this one on; 0 if it has one
 */
public record Epoch(long number, long start, int leader, ReplicaSet skipped, int failures, int leaderless) {
    /** One leader may fail. When the next one does, perhaps it is the network that fails leaders. */
    private static final int FAILURES_TOLERATED = 1;

    /** With so many in a row, eight epochs do without: more would make a calm network wait for a leader for long. */
    private static final int FAILURES_MAX = 5;

    private static final int LEADERLESS_MAX = 8;

    /** The first epoch of a configuration that begins with this slot. */
    public static Epoch first(long start) {
        return new Epoch(0, start, 0, ReplicaSet.EMPTY, 0, 0);
    }

    static final int LENGTH = 8 + 8 + 1 + 8 + 1 + 1;

    public static final Epoch FIRST = first(1);

    public static final Codec<Epoch> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Epoch value) {
            writer.u64(value.number)
                    .u64(value.start)
                    .u8(value.leader)
                    .u64(value.skipped.bits())
                    .u8(value.failures)
                    .u8(value.leaderless);
        }

        @Override
        public Epoch read(Reader reader) {
            Epoch epoch = new Epoch(
                    reader.count(),
                    reader.count(),
                    reader.replica(ReplicaSet.SIZE_MAX),
                    new ReplicaSet(reader.u64()),
                    reader.u8(),
                    reader.u8());
            if (epoch.failures > FAILURES_MAX || epoch.leaderless > LEADERLESS_MAX) {
                throw new MalformedException("no log leads to such an epoch");
            }
            return epoch;
        }
    };

    boolean isLeaderless() {
        return leaderless > 0;
    }

    /**
     * The epoch after this one. After j failures in a row, j at least 2, the next 2^(j-2) epochs have no leader.
     *
     * @param nextStart its first slot
     * @param failed whether the leader of this one filled too few slots
     */
    Epoch next(FaultStructure trust, long nextStart, boolean failed) {
        if (isLeaderless()) {
            return new Epoch(number + 1, nextStart, leader, skipped, failures, leaderless - 1);
        }
        ReplicaSet avoid = failed ? skipped.with(leader) : skipped;
        if (!trust.isFaultSet(avoid)) {
            // They cannot all be corrupt. Give all but the latest another chance.
            avoid = failed ? ReplicaSet.of(leader) : ReplicaSet.EMPTY;
        }
        int candidate = leader;
        do {
            candidate = (candidate + 1) % trust.size();
        } while (avoid.contains(candidate));
        int row = failed ? Math.min(failures + 1, FAILURES_MAX) : 0;
        int without = row <= FAILURES_TOLERATED ? 0 : 1 << (row - FAILURES_TOLERATED - 1);
        return new Epoch(number + 1, nextStart, candidate, avoid, row, without);
    }

    @Override
    public String toString() {
        return "e" + number + " start " + start + (isLeaderless() ? " no leader, then " : " leader ") + leader
                + (skipped.isEmpty() ? "" : " skips " + skipped)
                + (failures == 0 ? "" : " after " + failures + " failed");
    }
}
