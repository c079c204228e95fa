package org.maftia.core.ordering.hybrid;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Limits;

/** Where this replica stands: what all parts of the ordering look at. */
final class Position {
    /** The patience at the start, in lowest ones: a virtual machine is slow at first. */
    private static final int START_FACTOR = 5;

    /** Patience is at least so many times the wait of a request. */
    private static final int WAIT_FACTOR = 8;

    /** The mean moves by this part towards each new wait. */
    private static final int WAIT_PART = 8;

    private static final long GATHER_MICROS_MIN = 20_000;
    private static final int GATHER_DIVISOR = 4;

    private final Limits limits;

    final Era era;

    /** The slot above which the era begins. */
    final long beginning;

    /** The view in which this replica takes part, or took part last. */
    Summary summary;

    /** Everything up to this slot was delivered. */
    long delivered;

    /** Agreed time of that slot. */
    long timeMicros;

    /** Nothing above this slot is voted for or delivered: other replicas order what comes after it. */
    long last = Long.MAX_VALUE;

    @Nullable
    StableCheckpoint stable;

    /** The journal is being read. */
    boolean restoring = true;

    /** Patience with a leader. */
    long timeoutMicros;

    /** How long requests wait for their order, a mean that moves. */
    private long waitMicros;

    /** When something was delivered last, or the view began. */
    long progressMicros;

    Position(Limits limits, Era era) {
        this.limits = limits;
        this.era = era;
        this.beginning = era.beginning();
        this.summary = Summary.first(era);
        this.delivered = beginning;
        this.timeMicros = era.timeMicros();
        this.timeoutMicros = startMicros();
    }

    long stableSlot() {
        return stable == null ? beginning : stable.claim().slot();
    }

    /** Whether this replica keeps anything for the slot: what is certified and not delivered may still come in time. */
    boolean inWindow(long slot) {
        return slot > Math.min(stableSlot(), delivered) && slot <= stableSlot() + limits.voteWindow() && slot <= last;
    }

    /** Whether the view in which it takes part has a leader: that in which a later era begins has none. */
    boolean isLed() {
        return era.beginsLed() || summary.view() > era.firstView();
    }

    boolean isOver() {
        return delivered >= last;
    }

    /** A view failed. */
    void lengthenTimeout() {
        timeoutMicros = Math.min(limits.slotTimeoutMicrosMax(), timeoutMicros / 2 * 3);
    }

    /** Requests of a slot were delivered, after so long a wait. */
    void waited(long micros) {
        waitMicros += (micros - waitMicros) / WAIT_PART;
    }

    /**
     * How long what a leader names may take to come from its client, and to be judged: about as long as requests wait here, as who
     * is behind with that would be further behind with an answer; but a part of the patience with a leader.
     */
    long gatherMicros() {
        return Math.clamp(waitMicros, GATHER_MICROS_MIN, Math.max(GATHER_MICROS_MIN, timeoutMicros / GATHER_DIVISOR));
    }

    /**
     * A good checkpoint. Patience stays above a multiple of what requests take under load, as every hiccup of a busy machine would
     * cost a leader otherwise; but not above what it was at the start, so that a leader gains little by being slow.
     */
    void shortenTimeout() {
        long least = Math.clamp(WAIT_FACTOR * waitMicros, limits.slotTimeoutMicrosMin(), startMicros());
        timeoutMicros = Math.max(least, timeoutMicros / 10 * 9);
    }

    private long startMicros() {
        return Math.min(limits.slotTimeoutMicrosMax(), START_FACTOR * limits.slotTimeoutMicrosMin());
    }
}
