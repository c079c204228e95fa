package org.maftia.server.gateway;

import java.time.Duration;

/**
 * While it is open, the thread that opened it reads from a client; when that takes too long the reading ends with an exception, and the
 * connection with it. A time-out of the library for single reads is of no effect on the sockets that it accepts.
 */
final class Patience implements AutoCloseable {
    private final Thread reader = Thread.currentThread();

    /** Whether the reading is over. */
    private boolean over;

    /** Whether it was ended. */
    private boolean late;

    private Patience() {}

    /** @param limit how long the thread may read */
    static Patience of(Duration limit) {
        Patience patience = new Patience();
        Thread.ofVirtual().start(() -> patience.watch(limit));
        return patience;
    }

    private synchronized void watch(Duration limit) {
        long endNanos = System.nanoTime() + limit.toNanos();
        try {
            for (long left = limit.toNanos(); !over && left > 0; left = endNanos - System.nanoTime()) {
                wait(left / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            return; // nobody does that, and then nobody is held up either
        }
        if (!over) {
            late = true;
            reader.interrupt(); // for a virtual thread that waits for a socket this closes it
        }
    }

    @Override
    public synchronized void close() {
        over = true;
        notifyAll();
        if (late) {
            Thread.interrupted(); // it was for the reading alone
        }
    }
}
