package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;

/** A stream put together again with its beginning, which somebody has looked at. */
final class HeadedStream extends InputStream {
    private final byte[] head;
    private final InputStream rest;
    private int at;

    HeadedStream(byte[] head, InputStream rest) {
        this.head = head;
        this.rest = rest;
    }

    @Override
    public int read() throws IOException {
        return at < head.length ? head[at++] & 0xff : rest.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (at == head.length || length == 0) {
            return rest.read(target, offset, length);
        }
        int count = Math.min(length, head.length - at);
        System.arraycopy(head, at, target, offset, count);
        at += count;
        return count;
    }
}
