package org.maftia.server.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what must happen. The bound only ends a test that has failed already, on whatever machine. */
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private Eventually() {}

    public static void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came true: " + what);
            }
            try {
                Thread.sleep(2);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }
}
