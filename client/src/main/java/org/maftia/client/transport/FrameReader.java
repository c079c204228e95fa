package org.maftia.client.transport;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of bytes into frames. A length is checked before anything of that length is allocated. */
final class FrameReader {
    private final int frameLengthMax;
    private int lengthBytes;
    private int length;
    private byte @Nullable [] frame;
    private int filled;

    FrameReader(int frameLengthMax) {
        this.frameLengthMax = frameLengthMax;
    }

    /** Takes all bytes of the buffer; false once a frame is too long, after which the stream has no meaning. */
    boolean feed(ByteBuffer bytes, Consumer<byte[]> sink) {
        while (bytes.hasRemaining()) {
            if (frame == null) {
                length = (length << 8) | (bytes.get() & 0xff);
                if (++lengthBytes < 4) {
                    continue;
                }
                if (length < 0 || length > frameLengthMax) {
                    return false;
                }
                frame = new byte[length];
            }
            int count = Math.min(frame.length - filled, bytes.remaining());
            bytes.get(frame, filled, count);
            filled += count;
            if (filled == frame.length) {
                byte[] complete = frame;
                frame = null;
                filled = 0;
                length = 0;
                lengthBytes = 0;
                sink.accept(complete);
            }
        }
        return true;
    }
}
