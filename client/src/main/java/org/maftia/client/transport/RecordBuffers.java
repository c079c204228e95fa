package org.maftia.client.transport;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Buffers for what the channels of one loop gather: taken as bytes come, given back as they are sealed. So a burst costs no
 * new memory each time, and a channel that has nothing to say holds none. Confined to the loop's thread.
 */
final class RecordBuffers {
    /** The longest content of a record of TLS (RFC 8446, section 5.1). */
    static final int LENGTH = 1 << 14;

    /** Kept for the next burst: two megabytes. */
    private static final int KEPT_MAX = 128;

    private final ArrayDeque<ByteBuffer> kept = new ArrayDeque<>();

    /** An empty one, to be filled. */
    ByteBuffer take() {
        ByteBuffer buffer = kept.poll();
        return buffer == null ? ByteBuffer.allocate(LENGTH) : buffer.clear();
    }

    /** Whoever gives it back forgets it. */
    void give(ByteBuffer buffer) {
        if (kept.size() < KEPT_MAX) {
            kept.push(buffer);
        }
    }
}
