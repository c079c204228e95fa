package org.maftia.services.beacon;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Writer;

/**
 * Which round belongs to which time. Round 1 comes at the beginning, and one more with each period; a group keeps its
 * schedule for as long as it lives, or rounds would be known before their time.
 *
 * @param genesisSeconds the beginning, in seconds since 1970
 * @param periodSeconds from one round to the next
 */
public record BeaconSchedule(long genesisSeconds, int periodSeconds) {
    private static final long MICROS = 1_000_000;

    /** The last moment for which microseconds fit: far beyond any clock. */
    private static final long SECONDS_MAX = Long.MAX_VALUE / MICROS;

    /** @throws IllegalArgumentException when there is no such time */
    public BeaconSchedule {
        if (genesisSeconds < 0 || genesisSeconds > SECONDS_MAX / 2 || periodSeconds < 1) {
            throw new IllegalArgumentException("a beacon begins after 1970 and has a period of a second or more");
        }
    }

    /** The newest round whose time has come; 0 before the first. */
    public long roundAt(long timeMicros) {
        long seconds = Math.floorDiv(timeMicros, MICROS) - genesisSeconds;
        return seconds < 0 ? 0 : seconds / periodSeconds + 1;
    }

    /** When the round's time comes, in microseconds since 1970; the greatest number for one that nobody will see. */
    public long timeMicros(long round) {
        if (round - 1 > (SECONDS_MAX - genesisSeconds) / periodSeconds) {
            return Long.MAX_VALUE;
        }
        return (genesisSeconds + (round - 1) * periodSeconds) * MICROS;
    }

    /** What is signed for a round: the hash of its number in eight bytes. */
    public static byte[] message(long round) {
        return Transcript.sha256(new Writer().u64(round).toBytes()).toBytes();
    }

    /** The value of a round: the hash of its signature. */
    public static byte[] randomness(byte[] signature) {
        return Transcript.sha256(signature).toBytes();
    }
}
