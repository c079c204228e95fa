package org.maftia.server.sensor;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Locale;

/** Tells somebody who waits how far the reading is; silent for what takes less than some seconds. */
public final class Progress {
    private static final long INTERVAL_NANOS = 5_000_000_000L;

    private final PrintWriter target;
    private final boolean spoken;
    private final long beganNanos = System.nanoTime();
    private long saidNanos = beganNanos;
    private long bytes;
    private long alarms;

    private Progress(PrintWriter target, boolean spoken) {
        this.target = target;
        this.spoken = spoken;
    }

    /** One that prints a line now and then. */
    public static Progress to(PrintWriter target) {
        return new Progress(target, true);
    }

    /** One that says nothing. */
    public static Progress silent() {
        return new Progress(new PrintWriter(Writer.nullWriter()), false);
    }

    void passed(long count) {
        bytes += count;
        if (spoken) {
            long now = System.nanoTime();
            if (now - saidNanos >= INTERVAL_NANOS) {
                saidNanos = now;
                say(now);
            }
        }
    }

    /** Work that was done elsewhere. */
    public void passed(long byteCount, long alarmCount) {
        alarms += alarmCount;
        passed(byteCount);
    }

    /** What begins now, said to somebody who has waited for a while. */
    public void step(String what) {
        long now = System.nanoTime();
        if (spoken && now - saidNanos >= INTERVAL_NANOS) {
            saidNanos = now;
            target.printf(Locale.ROOT, "maftia: %d s: %s%n", (now - beganNanos) / 1_000_000_000L, what);
            target.flush();
        }
    }

    void alarm() {
        alarms++;
    }

    private void say(long nowNanos) {
        long millis = Math.max(1, (nowNanos - beganNanos) / 1_000_000);
        target.printf(
                Locale.ROOT,
                "maftia: read %,d MB, %,d alarms, %,d MB/s%n",
                bytes / 1_000_000,
                alarms,
                bytes / 1000 / millis);
        target.flush();
    }
}
