package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The part of a stream that a framer looks at: what follows a mark stays until the mark is moved. Holds at most twice
 * {@link RecordLimits#LENGTH_MAX}, since framers give up a record before it is longer.
 */
final class ByteWindow {
    private static final int INITIAL_LENGTH = 1 << 18;
    private static final int LENGTH_MAX = 2 * RecordLimits.LENGTH_MAX;

    private final InputStream stream;
    private byte[] bytes;
    private int mark;
    private int end;

    ByteWindow(InputStream stream) {
        this(stream, new byte[INITIAL_LENGTH], 0);
    }

    /** All that there is stands in the array already, up to the length. */
    ByteWindow(byte[] bytes, int length) {
        this(InputStream.nullInputStream(), bytes, length);
    }

    private ByteWindow(InputStream stream, byte[] bytes, int end) {
        this.stream = stream;
        this.bytes = bytes;
        this.end = end;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Where what must stay begins. */
    int mark() {
        return mark;
    }

    /** Behind the last byte that is there. */
    int end() {
        return end;
    }

    /** Lets go of everything before this position. */
    void moveMark(int position) {
        mark = position;
    }

    /**
     * Reads on. Positions change: what stood at {@code mark() + x} stands there again, but {@code mark()} has moved.
     *
     * @return false at the end of the stream
     */
    boolean fill() throws IOException {
        if (mark > 0) {
            System.arraycopy(bytes, mark, bytes, 0, end - mark);
            end -= mark;
            mark = 0;
        }
        if (end == bytes.length) {
            if (bytes.length == LENGTH_MAX) {
                throw new IllegalStateException("a framer keeps more than a record");
            }
            bytes = Arrays.copyOf(bytes, Math.min(2 * bytes.length, LENGTH_MAX));
        }
        int count = stream.read(bytes, end, bytes.length - end);
        if (count < 0) {
            return false;
        }
        end += count;
        return true;
    }
}
