package org.maftia.core.protocol;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What the trusted component beside a replica certified, which nobody else can make: an intruder who owns the replica may
 * ask for one, or keep it back, but gets no counter twice. Whether one is genuine an {@link AttestationVerifier} tells; the
 * stream that it belongs to is not part of it, as each protocol judges it as one of its own.
 *
 * <p>A component counts the lanes of a stream, from 1 and one by one, and keeps two marks that only rise. A new epoch of
 * the component begins with zeros under a number that was never used.
 *
 * <p>Source: Veronese, Correia, Bessani, Lung, Verissimo, "Efficient Byzantine Fault Tolerance" (IEEE Transactions on
 * Computers, 2013); Behl, Distler, Kapitza, "Hybrids on Steroids" (EuroSys 2017) for lanes.
 */
public sealed interface Attestation {
    /** Lanes of a stream. */
    int LANES = 16;

    /** A tag of HMAC-SHA256 has 32 bytes, a signature on P-256 64; room for one byte that says which. */
    int TAG_LENGTH_MAX = 80;

    /** The replica beside whose component it was made, by index. */
    int replica();

    /** The epoch of the component. */
    long epoch();

    /** What it was made for. */
    Digest digest();

    /** Proves it. */
    byte[] tag();

    /** What a stream counts apart from its lanes. */
    enum Mark {
        /** The view that the replica has moved to. */
        VIEW,
        /** The checkpoint that it has reached. */
        CHECKPOINT
    }

    /**
     * A unique identifier: this counter was given to this digest and to no other, under these marks.
     *
     * @param lane from 0 to {@link #LANES} - 1
     * @param counter from 1
     * @param view the mark VIEW at that instant
     * @param checkpoint the mark CHECKPOINT at that instant
     */
    record Ui(int replica, long epoch, int lane, long counter, long view, long checkpoint, Digest digest, byte[] tag)
            implements Attestation {
        public static final Codec<Ui> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Ui value) {
                writer.u8(value.replica)
                        .u64(value.epoch)
                        .u8(value.lane)
                        .u64(value.counter)
                        .u64(value.view)
                        .u64(value.checkpoint)
                        .digest(value.digest)
                        .opaque8(value.tag);
            }

            @Override
            public Ui read(Reader reader) {
                return new Ui(
                        reader.replica(ReplicaSet.SIZE_MAX),
                        reader.count(),
                        lane(reader),
                        reader.count(),
                        reader.count(),
                        reader.count(),
                        reader.digest(),
                        reader.opaque8(TAG_LENGTH_MAX));
            }

            private static int lane(Reader reader) {
                int lane = reader.u8();
                if (lane >= LANES) {
                    throw new MalformedException("no lane " + lane);
                }
                return lane;
            }
        };

        /** Arrays are compared by what they hold. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Ui ui
                    && ui.replica == replica
                    && ui.epoch == epoch
                    && ui.lane == lane
                    && ui.counter == counter
                    && ui.view == view
                    && ui.checkpoint == checkpoint
                    && ui.digest.equals(digest)
                    && Arrays.equals(ui.tag, tag);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(counter) + digest.hashCode();
        }

        @Override
        public String toString() {
            return "ui r" + replica + (epoch == 0 ? "" : " e" + epoch) + " lane " + lane + " #" + counter + " v" + view
                    + " c" + checkpoint;
        }
    }

    /**
     * A mark was raised: every UI with counters up to these carries less of it, every later one at least this much.
     *
     * @param mark the one that was raised
     * @param view the mark VIEW afterwards
     * @param checkpoint the mark CHECKPOINT afterwards
     * @param counters the last counter of each of the {@link #LANES} lanes at that instant
     */
    record Fence(
            int replica,
            long epoch,
            Mark mark,
            long view,
            long checkpoint,
            List<Long> counters,
            Digest digest,
            byte[] tag)
            implements Attestation {
        public Fence {
            counters = List.copyOf(counters);
            if (counters.size() != LANES) {
                throw new IllegalArgumentException("a fence states all lanes");
            }
        }

        public static final Codec<Fence> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Fence value) {
                writer.u8(value.replica)
                        .u64(value.epoch)
                        .u8(value.mark.ordinal())
                        .u64(value.view)
                        .u64(value.checkpoint);
                value.counters.forEach(writer::u64);
                writer.digest(value.digest).opaque8(value.tag);
            }

            @Override
            public Fence read(Reader reader) {
                int replica = reader.replica(ReplicaSet.SIZE_MAX);
                long epoch = reader.count();
                Mark mark = reader.bool() ? Mark.CHECKPOINT : Mark.VIEW;
                long view = reader.count();
                long checkpoint = reader.count();
                Long[] counters = new Long[LANES];
                for (int lane = 0; lane < LANES; lane++) {
                    counters[lane] = reader.count();
                }
                return new Fence(
                        replica,
                        epoch,
                        mark,
                        view,
                        checkpoint,
                        List.of(counters),
                        reader.digest(),
                        reader.opaque8(TAG_LENGTH_MAX));
            }
        };

        /** The same in the words of a configuration in which its replica has this index. */
        public Fence by(int index) {
            return new Fence(index, epoch, mark, view, checkpoint, counters, digest, tag);
        }

        /** What the mark was raised to. */
        public long value() {
            return mark == Mark.VIEW ? view : checkpoint;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Fence fence
                    && fence.replica == replica
                    && fence.epoch == epoch
                    && fence.mark == mark
                    && fence.view == view
                    && fence.checkpoint == checkpoint
                    && fence.counters.equals(counters)
                    && fence.digest.equals(digest)
                    && Arrays.equals(fence.tag, tag);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(value()) + digest.hashCode();
        }

        @Override
        public String toString() {
            return "fence r" + replica + (epoch == 0 ? "" : " e" + epoch) + " v" + view + " c" + checkpoint;
        }
    }

    /**
     * What a block agreement came to: all components say the same.
     *
     * @param replica whose component says so
     * @param members who took part, in their order
     * @param startMicros at which it began
     * @param value of the first member; zero where it had none by then
     * @param proposers members that had proposed the same, a bit for each place in {@code members}
     */
    record Agreed(
            int replica, long epoch, List<Integer> members, long startMicros, Digest value, long proposers, byte[] tag)
            implements Attestation {
        /** More do not take part in one agreement. */
        public static final int MEMBERS_MAX = 32;

        public Agreed {
            members = List.copyOf(members);
        }

        public static final Codec<Agreed> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Agreed value) {
                writer.u8(value.replica).u64(value.epoch).list(value.members, Writer::u8);
                writer.u64(value.startMicros)
                        .digest(value.value)
                        .u64(value.proposers)
                        .opaque8(value.tag);
            }

            @Override
            public Agreed read(Reader reader) {
                return new Agreed(
                        reader.replica(ReplicaSet.SIZE_MAX),
                        reader.count(),
                        reader.list(MEMBERS_MAX, 1, in -> in.replica(ReplicaSet.SIZE_MAX)),
                        reader.count(),
                        reader.digest(),
                        reader.u64(),
                        reader.opaque8(TAG_LENGTH_MAX));
            }
        };

        @Override
        public Digest digest() {
            return value;
        }

        /** Whether nothing was agreed on. */
        public boolean isNothing() {
            return value.equals(Digest.ZERO);
        }

        /** Whether the member at this place had proposed the value. */
        public boolean isProposer(int place) {
            return (proposers >>> place & 1) == 1;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Agreed agreed
                    && agreed.replica == replica
                    && agreed.epoch == epoch
                    && agreed.members.equals(members)
                    && agreed.startMicros == startMicros
                    && agreed.value.equals(value)
                    && agreed.proposers == proposers
                    && Arrays.equals(agreed.tag, tag);
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(startMicros) + value.hashCode();
        }
    }

    /**
     * Where a stream stands at some instant after it was asked for. For the replica that owns the component, which believes
     * it; so there is no tag that would convince others.
     */
    record Counters(int replica, long epoch, long view, long checkpoint, List<Long> counters) implements Attestation {
        public Counters {
            counters = List.copyOf(counters);
        }

        @Override
        public Digest digest() {
            return Digest.ZERO;
        }

        @Override
        public byte[] tag() {
            return new byte[0];
        }
    }

    /**
     * In which trusted view the component works. For the replica that owns it, which believes it.
     *
     * @param number of the view
     * @param digest of its content
     */
    record InView(int replica, long epoch, long number, Digest digest) implements Attestation {
        @Override
        public byte[] tag() {
            return new byte[0];
        }
    }

    /**
     * The component says under the identity that outlives its epochs which epoch is its present one.
     *
     * @param keys public keys of this epoch, as the back end writes them; nothing where it has none
     */
    record Introduction(int replica, long epoch, byte[] keys, byte[] tag) implements Attestation {
        /** Two public keys on P-256 and X25519 have 96 bytes. */
        private static final int KEYS_LENGTH_MAX = 256;

        /** The evidence of a back end may be more than a seal. */
        private static final int EVIDENCE_LENGTH_MAX = 512;

        public static final Codec<Introduction> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Introduction value) {
                writer.u8(value.replica).u64(value.epoch).opaque16(value.keys).opaque16(value.tag);
            }

            @Override
            public Introduction read(Reader reader) {
                return new Introduction(
                        reader.replica(ReplicaSet.SIZE_MAX),
                        reader.count(),
                        reader.opaque16(KEYS_LENGTH_MAX),
                        reader.opaque16(EVIDENCE_LENGTH_MAX));
            }
        };

        /** The evidence covers epoch and keys by itself. */
        @Override
        public Digest digest() {
            return Digest.ZERO;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Introduction introduction
                    && introduction.replica == replica
                    && introduction.epoch == epoch
                    && Arrays.equals(introduction.keys, keys)
                    && Arrays.equals(introduction.tag, tag);
        }

        @Override
        public int hashCode() {
            return 31 * replica + Long.hashCode(epoch);
        }
    }
}
