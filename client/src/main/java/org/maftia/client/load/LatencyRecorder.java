package org.maftia.client.load;

/**
 * Counts durations in buckets whose width is under 1.6 % of their value, from a microsecond to an hour, in fixed memory.
 *
 * <p>Habit: Gil Tene's HdrHistogram.
 */
public final class LatencyRecorder {
    /** Each power of two is cut into this many buckets. */
    private static final int STEPS = 64;

    private static final int STEP_BITS = 6;
    private static final long MICROS_MAX = 3_600_000_000L;

    private final long[] counts = new long[(64 - STEP_BITS) * STEPS];
    private long count;
    private long max;

    /** Adds a duration; not for several threads at once. */
    public void add(long micros) {
        long value = Math.clamp(micros, 0, MICROS_MAX);
        counts[bucket(value)]++;
        count++;
        max = Math.max(max, value);
    }

    private static int bucket(long value) {
        if (value < STEPS) {
            return (int) value;
        }
        int shift = 63 - Long.numberOfLeadingZeros(value) - STEP_BITS;
        return (shift + 1) * STEPS + (int) ((value >>> shift) - STEPS);
    }

    /** The highest duration that falls into the bucket. */
    private static long top(int bucket) {
        if (bucket < STEPS) {
            return bucket;
        }
        int shift = bucket / STEPS - 1;
        return ((long) (bucket % STEPS + STEPS + 1) << shift) - 1;
    }

    public long count() {
        return count;
    }

    public long maxMicros() {
        return max;
    }

    /** The duration that this share of all did not exceed; 0 when there are none. */
    public long percentileMicros(double share) {
        long wanted = (long) Math.ceil(share * count);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted && seen > 0) {
                return Math.min(top(i), max);
            }
        }
        return max;
    }

    /** Forgets everything. */
    public void clear() {
        java.util.Arrays.fill(counts, 0);
        count = 0;
        max = 0;
    }
}
