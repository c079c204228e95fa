package org.maftia.simulator;

/** The clock of one replica: it starts off by some offset, drifts, and jumps. */
final class Clock {
    /** Any plausible time, in microseconds since 1970: the code under test must not depend on which. */
    private static final long START_MICROS = 1_790_000_000_000_000L;

    private static final long PARTS = 1_000_000;

    private final long driftPpm;
    private long offsetMicros;

    /**
     * @param offsetMicros how far it is ahead at the start
     * @param driftPpm how many microseconds it gains each second
     */
    Clock(long offsetMicros, long driftPpm) {
        this.offsetMicros = offsetMicros;
        this.driftPpm = driftPpm;
    }

    /** What it shows at a moment of simulated time. */
    long at(long simulatedMicros) {
        return START_MICROS + offsetMicros + simulatedMicros + simulatedMicros * driftPpm / PARTS;
    }

    /** The first moment of simulated time at which it shows this or more. */
    long when(long shown) {
        long elapsed = shown - START_MICROS - offsetMicros;
        // Right to a microsecond or two, as integer division rounds; then exact.
        long guess = elapsed - elapsed * driftPpm / (PARTS + driftPpm);
        while (at(guess) < shown) {
            guess++;
        }
        while (at(guess - 1) >= shown) {
            guess--;
        }
        return guess;
    }

    void jump(long micros) {
        offsetMicros += micros;
    }
}
