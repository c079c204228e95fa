package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A part of the log in which each trusted component works in one epoch. The log itself says where the next one begins, so
 * all correct replicas know the same eras.
 *
 * @param number counts the eras of a configuration from 0
 * @param epochs of each replica's component, by index: what is certified in any other counts for nothing
 * @param excluded those of whose components nothing counts, and who lead no view, until they come back in a later epoch
 * @param beginning the slot above which the era begins
 * @param timeMicros agreed time of that slot
 */
public record Era(long number, List<Long> epochs, ReplicaSet excluded, long beginning, long timeMicros) {
    /** Views of one era; the first number of the next follows. No group changes leaders so often. */
    private static final int VIEW_BITS = 40;

    /** Whoever counts an era a second for thirty weeks comes to no more. */
    private static final long NUMBER_MAX = (1L << (Long.SIZE - 1 - VIEW_BITS)) - 1;

    public Era {
        epochs = List.copyOf(epochs);
    }

    /** One in which everybody's component counts. */
    public Era(long number, List<Long> epochs, long beginning, long timeMicros) {
        this(number, epochs, ReplicaSet.EMPTY, beginning, timeMicros);
    }

    /**
     * The one after this.
     *
     * @param replica whose component has begun a new epoch
     */
    public Era after(int replica, long epoch, long slot, long atMicros) {
        List<Long> next = new ArrayList<>(epochs);
        next.set(replica, epoch);
        return new Era(number + 1, next, excluded.without(replica), slot, atMicros);
    }

    /**
     * The one after this.
     *
     * @param replica who is found to be corrupt
     */
    public Era excluding(int replica, long slot) {
        return new Era(number + 1, epochs, excluded.with(replica), slot, 0);
    }

    /** This one, which begins above this slot at this agreed time. */
    public Era from(long slot, long atMicros) {
        return new Era(number, epochs, excluded, slot, atMicros);
    }

    /** Whether another one can follow. */
    public boolean isLast() {
        return number == NUMBER_MAX;
    }

    /**
     * The view in which it begins. That of the first era has a leader. In a later one nothing is proposed or voted for in
     * this view: to raise the mark to it says where the counters of a component stand as the era begins, and everybody
     * moves on to the next view at once.
     */
    public long firstView() {
        return number << VIEW_BITS;
    }

    /** Whether there is a leader before anybody has moved. */
    public boolean beginsLed() {
        return number == 0;
    }

    /** What is certified or signed in it names this, so that nothing of it counts in another era. */
    public Digest digest(Digest configuration) {
        return beginsLed()
                ? configuration
                : Transcript.of("hybrid/era")
                        .field(configuration)
                        .field(CODEC.encode(this))
                        .digest();
    }

    public static final Codec<Era> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Era value) {
            writer.u64(value.number).list(value.epochs, Writer::u64);
            writer.u64(value.excluded.bits()).u64(value.beginning).u64(value.timeMicros);
        }

        @Override
        public Era read(Reader reader) {
            long number = reader.count();
            if (number > NUMBER_MAX) {
                throw new MalformedException("no group comes to so many eras");
            }
            List<Long> epochs = reader.list(ReplicaSet.SIZE_MAX, 8, Reader::count);
            return new Era(number, epochs, excluded(reader, epochs.size()), reader.count(), reader.count());
        }

        private static ReplicaSet excluded(Reader reader, int size) {
            ReplicaSet excluded = new ReplicaSet(reader.u64());
            if (!ReplicaSet.firstOf(size).containsAll(excluded)) {
                throw new MalformedException("excludes who is no member");
            }
            return excluded;
        }
    };

    /** Whether the introduction is of a later epoch than the one of this era. */
    public boolean isOlderThan(Attestation.Introduction introduction) {
        int replica = introduction.replica();
        return replica >= 0 && replica < epochs.size() && introduction.epoch() > epochs.get(replica);
    }

    @Override
    public String toString() {
        return "era " + number + " " + epochs + (excluded.isEmpty() ? "" : " without " + excluded) + " above s"
                + beginning;
    }
}
