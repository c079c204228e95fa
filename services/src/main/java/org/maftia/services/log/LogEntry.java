package org.maftia.services.log;

import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What one entry of the log says.
 *
 * @param kind what the body is
 * @param timeMicros agreed time at which it was recorded, in microseconds since 1970
 * @param body at most {@link #BODY_LENGTH_MAX} bytes
 */
public record LogEntry(int kind, long timeMicros, byte[] body) {
    /** Of a user: any bytes. */
    public static final int USER = 0;

    /** A certificate that is about to be signed. */
    public static final int TO_BE_SIGNED = 1;

    /** A certificate. */
    public static final int CERTIFICATE = 2;

    /** That a certificate is revoked. */
    public static final int REVOCATION = 3;

    /** The digest of a time-stamp. */
    public static final int TIME_STAMP = 4;

    /** A registered document. */
    public static final int DOCUMENT = 5;

    /** How an exchange came out. */
    public static final int EXCHANGE = 6;

    /** Something about a key. */
    public static final int KEY_EVENT = 7;

    /** Longest body, in bytes: with what stands before it an entry fits its 16 bits of length. */
    public static final int BODY_LENGTH_MAX = 60 << 10;

    /** What stands before the body, in bytes. */
    public static final int HEADER_LENGTH = 1 + Long.BYTES;

    /** The longest entry, in bytes. */
    public static final int LENGTH_MAX = HEADER_LENGTH + BODY_LENGTH_MAX;

    /** The bytes that are hashed. */
    public byte[] encoded() {
        return new Writer(HEADER_LENGTH + body.length)
                .u8(kind)
                .u64(timeMicros)
                .fixed(body)
                .toBytes();
    }

    /** @throws MalformedException when they are none of an entry */
    public static LogEntry decoded(byte[] bytes) {
        if (bytes.length > LENGTH_MAX) {
            throw new MalformedException("an entry of a log is shorter");
        }
        Reader reader = new Reader(bytes);
        LogEntry entry = new LogEntry(reader.u8(), reader.count(), reader.fixed(reader.remaining()));
        reader.end();
        return entry;
    }
}
