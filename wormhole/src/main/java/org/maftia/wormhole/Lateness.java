package org.maftia.wormhole;

import java.util.Arrays;

/** How late the component was woken since its start, as it measured itself. */
public final class Lateness {
    private final long missed;
    private final long[] buckets;

    /**
     * @param missed wake-ups beyond the configured bound
     * @param buckets wake-ups by lateness: [0] below 1 microsecond, [k] from 2 to the k-1 and below 2 to the k
     */
    public Lateness(long missed, long[] buckets) {
        this.missed = missed;
        this.buckets = buckets.clone();
    }

    public long missed() {
        return missed;
    }

    public long count() {
        return Arrays.stream(buckets).sum();
    }

    /** Microseconds below which the lateness of so many in a thousand wake-ups lies, rounded up to a power of two. */
    public long boundMicros(int perMille) {
        long wanted = (count() * perMille + 999) / 1_000;
        long seen = 0;
        for (int k = 0; k < buckets.length; k++) {
            seen += buckets[k];
            if (seen >= wanted) {
                return 1L << k;
            }
        }
        return Long.MAX_VALUE;
    }

    public long[] buckets() {
        return buckets.clone();
    }
}
