package org.maftia.server.runtime;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Microseconds since 1970 that never go back and never stand still. It follows the system's clock: forward at once, and
 * backward by running a tenth slower, since timers of protocols must fire even when an administrator sets the clock back.
 */
public final class SteeredClock {
    private static final long LOOK_NANOS = 100_000_000;

    private final LongSupplier wallMicros;
    private final LongSupplier nanos;
    private long baseNanos;
    private long baseMicros;

    /** Whether the system's clock was behind at the last look. */
    private boolean slow;

    public SteeredClock() {
        this(() -> TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()), System::nanoTime);
    }

    SteeredClock(LongSupplier wallMicros, LongSupplier nanos) {
        this.wallMicros = wallMicros;
        this.nanos = nanos;
        this.baseNanos = nanos.getAsLong();
        this.baseMicros = wallMicros.getAsLong();
    }

    public long nowMicros() {
        long elapsedNanos = nanos.getAsLong() - baseNanos;
        long elapsedMicros = elapsedNanos / 1000;
        long now = baseMicros + (slow ? elapsedMicros - elapsedMicros / 10 : elapsedMicros);
        if (elapsedNanos > LOOK_NANOS) {
            long wall = wallMicros.getAsLong();
            baseNanos += elapsedNanos;
            // The system's clock counts whole milliseconds here; a millisecond behind is not behind.
            slow = wall + 2_000 < now;
            baseMicros = Math.max(now, wall);
            return baseMicros;
        }
        return now;
    }
}
