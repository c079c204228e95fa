package org.maftia.core.ordering.hybrid;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a replica lays open when it moves to another view: everything that its component certified in the last view in which
 * it took part, or since a checkpoint that is stable. The fence that goes with it tells how far its counters are, so nothing
 * can be left out.
 *
 * @param view to which it moves
 * @param stable the newest certified state that it knows of; null before the first
 * @param base a fence of its own, after which it shows everything; null: it shows all since its epoch began
 * @param origin the last view in which it took part; null: the first view
 * @param leaderFences checkpoints of the leader of that view, from which places of its proposals count
 * @param entries all that was certified after the base, by lane and counter
 */
record Account(
        int replica,
        long view,
        @Nullable StableCheckpoint stable,
        @Nullable Fence base,
        @Nullable Entered origin,
        List<Fence> leaderFences,
        List<Entry> entries) {
    /** More than a window of proposals and votes. */
    static final int ENTRIES_MAX = 1 << 13;

    /** A leader's checkpoints between one that is stable and where anybody may vote. */
    private static final int FENCES_MAX = 64;

    private static final int FENCE_LENGTH_MIN = 180;

    Account {
        leaderFences = List.copyOf(leaderFences);
        entries = List.copyOf(entries);
    }

    /** The view in which it took part last; 0 for the one in which its era begins. */
    long originView() {
        return origin == null ? 0 : origin.summary().view();
    }

    /** The slot of the certified state. */
    long stableSlot() {
        return stable == null ? 0 : stable.claim().slot();
    }

    /** Something that a component gave an identifier to. */
    sealed interface Entry {
        Ui ui();

        /** A PREPARE or COMMIT. */
        record Voted(Vote vote) implements Entry {
            @Override
            public Ui ui() {
                return vote.ui();
            }
        }

        /** A NEW-VIEW, as far as its digest needs. */
        record Opened(long view, List<Named> changes, Ui ui) implements Entry {
            public Opened {
                changes = List.copyOf(changes);
            }
        }
    }

    /** The account of a replica, by digest. */
    record Named(int replica, Digest digest) {}

    static final Codec<List<Named>> NAMES = new Codec<>() {
        @Override
        public void write(Writer writer, List<Named> value) {
            writer.list(value, (out, named) -> out.u8(named.replica).digest(named.digest));
        }

        @Override
        public List<Named> read(Reader reader) {
            return reader.list(ReplicaSet.SIZE_MAX, 33, in -> new Named(in.replica(ReplicaSet.SIZE_MAX), in.digest()));
        }
    };

    private static final Codec<Entry> ENTRY = new Codec<>() {
        @Override
        public void write(Writer writer, Entry value) {
            switch (value) {
                case Entry.Voted voted -> Vote.CODEC.write(writer.bool(true), voted.vote);
                case Entry.Opened opened -> {
                    NAMES.write(writer.bool(false).u64(opened.view), opened.changes);
                    Ui.CODEC.write(writer, opened.ui);
                }
            }
        }

        @Override
        public Entry read(Reader reader) {
            return reader.bool()
                    ? new Entry.Voted(Vote.CODEC.read(reader))
                    : new Entry.Opened(reader.count(), NAMES.read(reader), Ui.CODEC.read(reader));
        }
    };

    static final Codec<Account> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, Account value) {
            writer.u8(value.replica).u64(value.view);
            optional(writer, StableCheckpoint.CODEC, value.stable);
            optional(writer, Fence.CODEC, value.base);
            optional(writer, Entered.CODEC, value.origin);
            writer.list(value.leaderFences, Fence.CODEC::write);
            writer.list(value.entries, ENTRY::write);
        }

        @Override
        public Account read(Reader reader) {
            return new Account(
                    reader.replica(ReplicaSet.SIZE_MAX),
                    reader.count(),
                    optional(reader, StableCheckpoint.CODEC),
                    optional(reader, Fence.CODEC),
                    optional(reader, Entered.CODEC),
                    reader.list(FENCES_MAX, FENCE_LENGTH_MIN, Fence.CODEC::read),
                    reader.list(ENTRIES_MAX, 80, ENTRY::read));
        }
    };

    private static <T> void optional(Writer writer, Codec<T> codec, @Nullable T value) {
        writer.bool(value != null);
        if (value != null) {
            codec.write(writer, value);
        }
    }

    private static <T> @Nullable T optional(Reader reader, Codec<T> codec) {
        return reader.bool() ? codec.read(reader) : null;
    }

    @Override
    public String toString() {
        return "r" + replica + " to v" + view + " from v" + originView() + " stable s" + stableSlot() + " shows "
                + entries.size();
    }
}
