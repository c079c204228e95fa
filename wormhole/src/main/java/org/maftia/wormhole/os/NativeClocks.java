package org.maftia.wormhole.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.maftia.wormhole.trusted.Clocks;

/** The clocks of Linux; reading them enters no kernel and allocates nothing. One thread uses an instance. */
public final class NativeClocks implements Clocks {
    private static final int REAL = 0;
    private static final int MONOTONIC = 1;
    private static final int RAW = 4;
    private static final int BOOT = 7;

    private final MemorySegment time = Arena.global().allocate(16, 8);
    private final long realErrorMicros;

    /**
     * @param realErrorMicros how far the operator's time service lets the clock be off
     */
    public NativeClocks(long realErrorMicros) {
        this.realErrorMicros = realErrorMicros;
    }

    private long read(int clock) {
        if (Linux.clock(clock, time) != 0) {
            throw new IllegalStateException("the kernel has no clock " + clock);
        }
        return time.get(JAVA_LONG, 0) * 1_000_000_000L + time.get(JAVA_LONG, 8);
    }

    @Override
    public long monotonicNanos() {
        return read(MONOTONIC);
    }

    @Override
    public long bootNanos() {
        return read(BOOT);
    }

    @Override
    public long rawNanos() {
        return read(RAW);
    }

    @Override
    public long realMicros() {
        return read(REAL) / 1_000;
    }

    @Override
    public long realErrorMicros() {
        return realErrorMicros;
    }
}
