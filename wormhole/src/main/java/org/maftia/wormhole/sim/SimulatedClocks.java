package org.maftia.wormhole.sim;

import org.maftia.wormhole.trusted.Clocks;

/** Clocks that stand still until they are moved; they begin at 1 s, and at 2026-01-01 in real time. */
public final class SimulatedClocks implements Clocks {
    private long monotonicNanos = 1_000_000_000L;
    private long bootAheadNanos;
    private long rawAheadNanos;
    private long realMicros = 1_767_225_600_000_000L;

    /** Time passes, on all clocks. */
    public void advance(long micros) {
        monotonicNanos += micros * 1_000;
        realMicros += micros;
    }

    /** The machine is suspended for so long. */
    public void suspend(long micros) {
        bootAheadNanos += micros * 1_000;
        realMicros += micros;
    }

    /** Somebody makes the clocks run apart by so much. */
    public void tamper(long micros) {
        rawAheadNanos += micros * 1_000;
    }

    @Override
    public long monotonicNanos() {
        return monotonicNanos;
    }

    @Override
    public long bootNanos() {
        return monotonicNanos + bootAheadNanos;
    }

    @Override
    public long rawNanos() {
        return monotonicNanos + rawAheadNanos;
    }

    @Override
    public long realMicros() {
        return realMicros;
    }

    @Override
    public long realErrorMicros() {
        return 1_000;
    }
}
