package org.maftia.wormhole.trusted;

import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.BigEndian;

/**
 * Watches whether the component keeps its bounds. Nothing is assumed: every wake-up is measured, and a timely component
 * that is late once, or whose clocks come apart, fails for good. So a late component looks like one that has crashed,
 * and never gives a wrong time.
 */
public final class Guard {
    /** Clocks are slewed by at most this (adjtimex(2)); what comes apart faster was tampered with. */
    static final long SLEW_PER_MILLION = 500;

    /** Lateness below 1 microsecond, below 2, 4, 8, ..., and above all of these. */
    public static final int BUCKETS = 32;

    private final Clocks clocks;
    private final boolean timely;
    private final long boundNanos;
    private final long[] lateness = new long[BUCKETS];
    private final long beginNanos;
    private final long bootAhead;
    private final long rawAhead;
    private long missed;
    private @Nullable String failure;

    /**
     * @param timely whether a missed bound ends the component, or is counted only
     * @param boundNanos L: how late a wake-up may be
     */
    public Guard(Clocks clocks, boolean timely, long boundNanos) {
        this.clocks = clocks;
        this.timely = timely;
        this.boundNanos = boundNanos;
        this.beginNanos = clocks.monotonicNanos();
        this.bootAhead = clocks.bootNanos() - beginNanos;
        this.rawAhead = clocks.rawNanos() - beginNanos;
    }

    /** Takes note of a wake-up that was due at an instant. */
    void wokeUp(long dueNanos) {
        long now = clocks.monotonicNanos();
        long late = Math.max(0, now - dueNanos);
        int bucket = 64 - Long.numberOfLeadingZeros(late / 1_000);
        lateness[Math.min(bucket, BUCKETS - 1)]++;
        if (late > boundNanos) {
            missed++;
            fail("woken later than its bound");
        }
        // Readings are apart by the time in between, which a timely component bounds too.
        if (Math.abs(clocks.bootNanos() - now - bootAhead) > boundNanos) {
            fail("the machine was suspended");
        }
        long slewed = (now - beginNanos) / 1_000_000 * SLEW_PER_MILLION;
        if (Math.abs(clocks.rawNanos() - now - rawAhead) > slewed + boundNanos) {
            fail("its clocks come apart");
        }
    }

    private void fail(String sentence) {
        if (timely) {
            failNow(sentence);
        }
    }

    /** Ends the component, timely or not: to go on would be wrong. */
    void failNow(String sentence) {
        if (failure == null) {
            failure = sentence;
        }
    }

    /** Why the component must stop; null while it need not. */
    public @Nullable String failure() {
        return failure;
    }

    /** Wake-ups that missed the bound. */
    public long missed() {
        return missed;
    }

    /** Wake-ups by lateness: [k] counts those below 2 to the k microseconds that are in no bucket before. */
    public long[] lateness() {
        return lateness.clone();
    }

    void writeTo(byte[] out, int at) {
        BigEndian.u64(out, at, missed);
        for (int i = 0; i < BUCKETS; i++) {
            BigEndian.u64(out, at + 8 + 8 * i, lateness[i]);
        }
    }
}
