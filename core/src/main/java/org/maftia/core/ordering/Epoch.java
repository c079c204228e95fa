package org.maftia.core.ordering;

import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * An epoch: a leader's term. It follows from the log alone, so all correct replicas know the same one by a number.
 *
 * @param start its first slot
 * @param leader who proposes in it
 * @param skipped leaders of epochs that failed; always a fault set, so that somebody correct is left
 */
public record Epoch(long number, long start, int leader, ReplicaSet skipped) {
    public static final Epoch FIRST = new Epoch(0, 1, 0, ReplicaSet.EMPTY);

    /**
     * The epoch after this one.
     *
     * @param nextStart its first slot
     * @param failed whether the leader of this one filled too few slots
     */
    Epoch next(FaultStructure trust, long nextStart, boolean failed) {
        ReplicaSet avoid = failed ? skipped.with(leader) : skipped;
        if (!trust.isFaultSet(avoid)) {
            // They cannot all be corrupt. Give all but the latest another chance.
            avoid = failed ? ReplicaSet.of(leader) : ReplicaSet.EMPTY;
        }
        int candidate = leader;
        do {
            candidate = (candidate + 1) % trust.size();
        } while (avoid.contains(candidate));
        return new Epoch(number + 1, nextStart, candidate, avoid);
    }

    static Codec<Epoch> codec(int replicas) {
        return new Codec<>() {
            @Override
            public void write(Writer writer, Epoch value) {
                writer.u64(value.number).u64(value.start).u8(value.leader).u64(value.skipped.bits());
            }

            @Override
            public Epoch read(Reader reader) {
                Epoch epoch = new Epoch(
                        reader.count(), reader.count(), reader.replica(replicas), new ReplicaSet(reader.u64()));
                if (!ReplicaSet.firstOf(replicas).containsAll(epoch.skipped)) {
                    throw new MalformedException("a set with replicas that the group does not have");
                }
                return epoch;
            }
        };
    }

    @Override
    public String toString() {
        return "e" + number + " start " + start + " leader " + leader + (skipped.isEmpty() ? "" : " skips " + skipped);
    }
}
