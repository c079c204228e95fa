package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * All members of a file that was compressed by gzip (RFC 1952). The class that this one is made of takes whatever is no member
 * for the end; here that is an error, since all that follows would be lost unseen. Zeros at the end, which tapes need, are none.
 */
final class GzipMembers extends GZIPInputStream {
    /** Check sum and length of a member. */
    private static final int TRAILER_LENGTH = 8;

    GzipMembers(InputStream stream, int bufferLength) throws IOException {
        super(stream, bufferLength);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int read = super.read(target, offset, length);
        if (read < 0 && length > 0) {
            for (int i = len - inf.getRemaining() + TRAILER_LENGTH; i < len; i++) {
                if (buf[i] != 0) {
                    throw new IOException("what follows is not compressed by gzip, or damaged");
                }
            }
        }
        return read;
    }
}
