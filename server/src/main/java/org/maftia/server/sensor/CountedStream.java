package org.maftia.server.sensor;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose fault is its end: a compressed file that was cut off, or a disk that fails, gives what it gave before, and
 * the fault is kept to be reported. Counts what goes through.
 */
final class CountedStream extends FilterInputStream {
    private final Progress progress;
    private long count;
    private @Nullable IOException fault;

    CountedStream(InputStream stream, Progress progress) {
        super(stream);
        this.progress = progress;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (fault != null) {
            return -1;
        }
        try {
            int read = in.read(target, offset, length);
            count += Math.max(read, 0);
            progress.passed(Math.max(read, 0));
            return read;
        } catch (IOException e) {
            fault = e;
            return -1;
        }
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    long count() {
        return count;
    }

    /** What ended the stream before its end. */
    Optional<IOException> fault() {
        return Optional.ofNullable(fault);
    }
}
