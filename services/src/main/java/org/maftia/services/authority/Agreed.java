package org.maftia.services.authority;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/** Time and chance as the group agreed on them. */
final class Agreed {
    static final long SECOND_MICROS = 1_000_000L;
    static final long HOUR_MICROS = 3_600 * SECOND_MICROS;
    static final long DAY_MICROS = 24 * HOUR_MICROS;

    private Agreed() {}

    /** Bytes that follow from what was drawn, other ones for each purpose and number. */
    static byte[] derive(byte[] drawn, String purpose, long number) {
        Digest digest = Transcript.of("authority draw")
                .field(drawn)
                .field(purpose)
                .field(number)
                .digest();
        return digest.toBytes();
    }

    /** A positive number below 2^62. */
    static long number(byte[] drawn, String purpose, long number) {
        return Digest.of(derive(drawn, purpose, number)).a() >>> 2;
    }

    /** Bounds what a snapshot says of itself. */
    static long bounded(long count, long max) {
        if (count > max) {
            throw new MalformedException("more than the authority keeps");
        }
        return count;
    }
}
