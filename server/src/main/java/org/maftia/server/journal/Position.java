package org.maftia.server.journal;

import java.nio.ByteBuffer;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * How far a journal has come. It grows with every commit and comes back with the journal, so two positions of one replica
 * tell which of two memories is the later one; a journal that was begun after another was lost is later than that.
 *
 * @param bornMicros when the journal was begun, in microseconds since 1970
 * @param generation counts the times that it was replaced by what still matters of it
 * @param offset grows within a generation
 */
public record Position(long bornMicros, long generation, long offset) implements Comparable<Position> {
    /** Of nothing. */
    public static final Position NONE = new Position(0, 0, 0);

    private static final int RANDOM_LENGTH = Long.BYTES;

    /**
     * The id of a journal that begins now.
     *
     * @param random 8 bytes that nobody can predict
     */
    static byte[] journalId(byte[] random, long bornMicros) {
        return ByteBuffer.allocate(Segment.ID)
                .put(random, 0, RANDOM_LENGTH)
                .putLong(bornMicros)
                .array();
    }

    static long born(byte[] journalId) {
        return ByteBuffer.wrap(journalId).getLong(RANDOM_LENGTH);
    }

    /** Writes 24 bytes. */
    public void write(Writer writer) {
        writer.u64(bornMicros).u64(generation).u64(offset);
    }

    /** Reads what {@link #write} wrote; any 24 bytes are a position. */
    public static Position read(Reader reader) {
        return new Position(reader.u64(), reader.u64(), reader.u64());
    }

    @Override
    public int compareTo(Position other) {
        int order = Long.compare(bornMicros, other.bornMicros);
        order = order != 0 ? order : Long.compare(generation, other.generation);
        return order != 0 ? order : Long.compare(offset, other.offset);
    }
}
