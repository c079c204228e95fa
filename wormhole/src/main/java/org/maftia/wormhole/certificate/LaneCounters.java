package org.maftia.wormhole.certificate;

import java.util.Arrays;

/** The last counter of each of the 16 lanes of a stream, 0 where a lane was never used. */
public final class LaneCounters {
    static final int LENGTH = 8 * Stream.LANES;

    private final long[] counters;

    private LaneCounters(long[] counters) {
        this.counters = counters;
    }

    /**
     * @param counters 16 numbers, none negative
     * @throws MalformedCertificateException otherwise
     */
    public static LaneCounters of(long... counters) {
        if (counters.length != Stream.LANES || Arrays.stream(counters).anyMatch(counter -> counter < 0)) {
            throw new MalformedCertificateException("no counters of 16 lanes");
        }
        return new LaneCounters(counters.clone());
    }

    static LaneCounters at(byte[] bytes, int offset) {
        long[] counters = new long[Stream.LANES];
        for (int lane = 0; lane < Stream.LANES; lane++) {
            counters[lane] = BigEndian.u64(bytes, offset + 8 * lane);
        }
        return of(counters);
    }

    /** The last counter of a lane. */
    public long of(int lane) {
        return counters[lane];
    }

    public long[] toArray() {
        return counters.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LaneCounters that && Arrays.equals(counters, that.counters);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counters);
    }

    @Override
    public String toString() {
        return Arrays.toString(counters);
    }
}
