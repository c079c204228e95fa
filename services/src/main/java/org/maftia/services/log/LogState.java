package org.maftia.services.log;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What one replica's copy of the log says of itself to the shell of that replica.
 *
 * @param size entries
 * @param root of the tree over them
 * @param first the index of the oldest entry that the copy still holds
 * @param published the newest published head as a note; empty: none yet
 * @param wanted the head that is to be signed; null: none
 */
public record LogState(
        long size,
        Digest root,
        long first,
        String published,
        @Nullable Wanted wanted) {
    /**
     * A head that is to be signed.
     *
     * @param seconds the time that witnesses give
     * @param signers who has signed, by index
     */
    public record Wanted(long size, Digest root, long seconds, ReplicaSet signers) {}

    /** What the shell asks. */
    public sealed interface Question {
        /** The {@link LogState}. */
        record State() implements Question {}

        /** Entries from this index on. */
        record Entries(long from) implements Question {}

        Codec<Question> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Question value) {
                switch (value) {
                    case State state -> writer.u8(1);
                    case Entries entries -> writer.u8(2).u64(entries.from);
                }
            }

            @Override
            public Question read(Reader reader) {
                return switch (reader.u8()) {
                    case 1 -> new State();
                    case 2 -> new Entries(reader.count());
                    default -> throw new MalformedException("no question to a log");
                };
            }
        };
    }

    public static final Codec<LogState> CODEC = new Codec<>() {
        @Override
        public void write(Writer writer, LogState value) {
            writer.u64(value.size).digest(value.root).u64(value.first);
            writer.opaque32(value.published.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            Wanted wanted = value.wanted;
            writer.bool(wanted != null);
            if (wanted != null) {
                writer.u64(wanted.size).digest(wanted.root).u64(wanted.seconds).u64(wanted.signers.bits());
            }
        }

        @Override
        public LogState read(Reader reader) {
            return new LogState(
                    reader.count(),
                    reader.digest(),
                    reader.count(),
                    new String(
                            reader.opaque32(2 * SignedCheckpoint.LENGTH_MAX), java.nio.charset.StandardCharsets.UTF_8),
                    reader.bool()
                            ? new Wanted(reader.count(), reader.digest(), reader.count(), new ReplicaSet(reader.u64()))
                            : null);
        }
    };

    /** Bytes of entries in one answer, about. */
    static final int ENTRIES_BYTES_MAX = 1 << 20;

    /** Answers to {@link Question.Entries}. */
    public static final Codec<List<byte[]>> ENTRIES = new Codec<>() {
        @Override
        public void write(Writer writer, List<byte[]> value) {
            writer.u32(value.size());
            value.forEach(writer::opaque32);
        }

        @Override
        public List<byte[]> read(Reader reader) {
            List<byte[]> entries = new java.util.ArrayList<>();
            for (long count = reader.u32(); count > 0; count--) {
                entries.add(reader.opaque32(LogEntry.LENGTH_MAX));
            }
            return List.copyOf(entries);
        }
    };
}
