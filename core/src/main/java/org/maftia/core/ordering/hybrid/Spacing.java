package org.maftia.core.ordering.hybrid;

import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.protocol.Port;

/**
 * Whether the leader fills another slot while some are under way. Each one costs every replica a certificate of its component
 * and the verification of others, whatever it holds, so it is worth it for many requests, or for those that waited a while.
 */
final class Spacing {
    private static final int COUNT_MIN = 256;
    private static final int BYTES_MIN = 256 << 10;
    private static final long MICROS = 5_000;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final SignedRequests requests;
    private final Runnable again;
    private long proposedMicros;
    private boolean waiting;

    /** @param again is called when the time has come */
    Spacing(Port<HybridMessage, AtomicBroadcast.Event> port, SignedRequests requests, Runnable again) {
        this.port = port;
        this.requests = requests;
        this.again = again;
    }

    /** The leader proposes. */
    void proposed() {
        proposedMicros = port.nowMicros();
    }

    /** Whether what is ready fills a slot now; the caller is called again where it does not yet. */
    boolean isWorthASlot() {
        if (requests.ready() >= COUNT_MIN || requests.readyBytes() >= BYTES_MIN) {
            return true;
        }
        long rest = proposedMicros + MICROS - port.nowMicros();
        if (rest > 0 && !waiting) {
            waiting = true;
            port.wake(rest, () -> {
                waiting = false;
                again.run();
            });
        }
        return rest <= 0;
    }
}
