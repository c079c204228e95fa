package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into blocks of whole lines, so that several threads can parse them. Of a line that is longer than a record
 * may be there is as much as shows that it is. For one thread.
 */
final class LineBlocks {
    /** Some hundreds of records: enough to be worth handing over, little enough to keep several. */
    private static final int LENGTH = 1 << 18;

    private static final byte[] NOTHING = {};

    private final InputStream stream;
    private byte[] carried = NOTHING;
    private boolean first = true;
    private boolean ended;

    LineBlocks(InputStream stream) {
        this.stream = stream;
    }

    /**
     * Some lines.
     *
     * @param length of what is in the array, from its beginning
     * @param first whether they are the first of the input
     */
    record Block(byte[] bytes, int length, boolean first) {}

    /** Whether the stream has ended, so that no block follows. */
    boolean isAtEnd() {
        return ended;
    }

    /** The next lines, or null at the end of the stream. */
    @Nullable
    Block next() throws IOException {
        if (ended) {
            return null;
        }
        byte[] bytes = Arrays.copyOf(carried, Math.max(LENGTH, 2 * carried.length));
        int length = carried.length;
        while (true) {
            int searched = length;
            length += stream.readNBytes(bytes, length, bytes.length - length);
            if (length < bytes.length) {
                ended = true;
                return length == 0 ? null : block(bytes, length);
            }
            int end = length;
            while (end > searched && bytes[end - 1] != '\n') {
                end--;
            }
            if (end > searched) {
                carried = Arrays.copyOfRange(bytes, end, length);
                return block(bytes, end);
            }
            if (length > RecordLimits.LENGTH_MAX) {
                skipLine();
                return block(bytes, RecordLimits.LENGTH_MAX + 1);
            }
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
    }

    private Block block(byte[] bytes, int length) {
        Block block = new Block(bytes, length, first);
        first = false;
        return block;
    }

    private void skipLine() throws IOException {
        byte[] passed = new byte[LENGTH];
        carried = NOTHING;
        int length = stream.read(passed);
        while (length >= 0) {
            for (int i = 0; i < length; i++) {
                if (passed[i] == '\n') {
                    carried = Arrays.copyOfRange(passed, i + 1, length);
                    return;
                }
            }
            length = stream.read(passed);
        }
        ended = true;
    }
}
