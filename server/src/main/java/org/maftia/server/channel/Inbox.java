package org.maftia.server.channel;

import java.io.IOException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What came out and was not received yet. A group in which members may lie waits for no receiver, so this is bounded: what
 * does not fit in is counted, and its number stands where it is missing.
 */
final class Inbox {
    /** Some seconds of a busy channel of small payloads. */
    static final int COUNT_MAX = 16_384;

    /** As much as a link keeps for a peer that is away. */
    static final long BYTES_MAX = 16L << 20;

    private final ArrayDeque<Received> waiting = new ArrayDeque<>();
    private long bytes;
    private long missed;
    private @Nullable String failure;

    synchronized void put(Received received) {
        switch (received) {
            case Received.Payload payload -> {
                boolean fits = waiting.size() < COUNT_MAX && bytes + payload.payload().length <= BYTES_MAX;
                if (fits) {
                    flushMissed();
                    bytes += payload.payload().length;
                    waiting.add(payload);
                } else {
                    missed++;
                }
            }
            case Received.Missed more -> missed += more.payloads();
            case Received.Ended end -> {
                flushMissed();
                waiting.add(end);
            }
        }
        notifyAll();
    }

    private void flushMissed() {
        if (missed > 0) {
            waiting.add(new Received.Missed(missed));
            missed = 0;
        }
    }

    /** The member has stopped by itself: nothing follows what waits here. */
    synchronized void fail(String reason) {
        failure = failure == null ? reason : failure;
        notifyAll();
    }

    synchronized boolean isEmpty() {
        return waiting.isEmpty() && missed == 0;
    }

    /** Whether nothing follows what was received. */
    synchronized boolean isOver() {
        return waiting.peek() instanceof Received.Ended;
    }

    /**
     * The next one, waited for; the end again and again.
     *
     * @throws IOException when nothing waits, and the member has stopped
     */
    synchronized Received take() throws IOException, InterruptedException {
        while (waiting.isEmpty() && missed == 0) {
            if (failure != null) {
                throw new IOException("this member has stopped: " + failure);
            }
            wait();
        }
        if (waiting.isEmpty()) {
            flushMissed();
        }
        if (isOver()) {
            return new Received.Ended();
        }
        Received next = waiting.remove();
        if (next instanceof Received.Payload payload) {
            bytes -= payload.payload().length;
        }
        return next;
    }

    /** Waits for the end; what has not been received then may be received still. */
    synchronized void awaitEnd() throws IOException, InterruptedException {
        while (!(waiting.peekLast() instanceof Received.Ended)) {
            if (failure != null) {
                throw new IOException("this member has stopped: " + failure);
            }
            wait();
        }
    }
}
