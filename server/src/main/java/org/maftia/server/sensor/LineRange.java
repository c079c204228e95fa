package org.maftia.server.sensor;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The lines of a file that begin in a range of bytes. Ranges that lie side by side give each line once, whole, wherever they
 * meet.
 */
final class LineRange extends FilterInputStream {
    private static final int BUFFER_LENGTH = 1 << 16;

    private final byte[] buffer = new byte[BUFFER_LENGTH];
    private int at;
    private int end;

    /** Of the buffer's byte at {@link #at}. */
    private long position;

    private final long to;
    private boolean ended;

    private LineRange(InputStream file, long position, long to) {
        super(file);
        this.position = position;
        this.to = to;
    }

    static LineRange of(Path path, long from, long to) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(path);
        try {
            // The byte before tells whether a line begins here; if not, it began in the range before.
            long begin = Math.max(0, from - 1);
            channel.position(begin);
            LineRange range = new LineRange(Channels.newInputStream(channel), begin, to);
            if (from > 0) {
                range.passLine();
            }
            return range;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private void passLine() throws IOException {
        boolean passed = false;
        while (!passed && fill()) {
            passed = buffer[at++] == '\n';
            position++;
        }
        ended = position >= to;
    }

    private boolean fill() throws IOException {
        if (at == end) {
            at = 0;
            end = Math.max(0, in.read(buffer, 0, buffer.length));
        }
        return at < end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Up to the end of the line in which the range ends. */
    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (ended || !fill()) {
            return -1;
        }
        int count = Math.min(length, end - at);
        // Only from the last byte of the range on does a line's end matter.
        for (int i = (int) Math.min(count, Math.max(0, to - 1 - position)); i < count; i++) {
            if (buffer[at + i] == '\n') {
                count = i + 1;
                ended = true;
            }
        }
        System.arraycopy(buffer, at, target, offset, count);
        at += count;
        position += count;
        return count;
    }
}
