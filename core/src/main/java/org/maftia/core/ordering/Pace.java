package org.maftia.core.ordering;

import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.protocol.Limits;

/**
 * How quickly the leader of this epoch gets things ordered, beside what other leaders showed lately. A leader can be slow
 * without ever missing a time-out: it stays just below each of them. So a replica also expects of it what it has seen of
 * others, and the longer the leader leads the more of that: half at first, one per cent more with each good checkpoint, up
 * to nine tenths.
 *
 * <p>All is measured here, by this replica's clock, between a request becoming ripe and its delivery: nothing that a peer
 * says about time goes in. A leader is slow in a window of slots if all of these hold:
 *
 * <ul>
 *   <li>The group was loaded: on average more requests waited than slots may be open. An idle group says nothing of its
 *       leader, and a lightly loaded one little.
 *   <li>Requests waited long: twice as long as under the best of the others, and longer than the lowest time-out, which is
 *       what the configuration lets a leader take unnoticed.
 *   <li>It did not order much meanwhile: a leader with much to do is not slow because all wait for each other.
 * </ul>
 *
 * <p>One window may be an accident, so it takes some in a row. What a leader showed is forgotten after some epochs, or where
 * it leads again: if everybody becomes slower, each loses one turn over it, and then all compare with what is possible now.
 *
 * <p>Source: Clement et al., "Making Byzantine fault tolerant systems tolerate Byzantine faults" (NSDI 2009), where the
 * expectation rises without a bound, and every leader loses its turn in the end.
 */
final class Pace {
    /** Enough for a mean; a slow leader is out after some of them. */
    static final int WINDOW_SLOTS = 16;

    /** Windows in a row: one may hold a pause of a virtual machine, or the end of a burst. */
    static final int WINDOWS_SLOW = 3;

    private static final int WHOLE_PER_MILLE = 1000;
    private static final int EXPECTED_PER_MILLE_AT_FIRST = 500;
    private static final int EXPECTED_PER_MILLE_MOST = 900;

    /** Leaders differ by where they stand; who takes twice as long as another does not matter much. */
    private static final int WAIT_FACTOR = 2;

    /** A time-out of so many times what slots take under others suspects nobody for a bad minute of the network. */
    private static final int SLOT_FACTOR = 4;

    /** Requests that wait for each slot that may be open: more is more than a group at ease ever shows. */
    private static final int SATURATED_PER_SLOT = 16;

    /** While only one leader was seen, time-outs stay above so many times what its slots take, unless much waits. */
    private static final int OWN_SLOT_FACTOR = 8;

    /** Epochs after which what a leader showed is no longer what one may expect. */
    private static final int MEMORY_EPOCHS = 16;

    /** A mean moves by this part towards each new window. */
    private static final int MEAN_PART = 4;

    private static final long MICROS_PER_SECOND = 1_000_000;

    private final Limits limits;

    /** What each leader showed in its last epoch, by leader. */
    private final SortedMap<Integer, Shown> shown = new TreeMap<>();

    private Epoch epoch = Epoch.FIRST;
    private int expectedPerMille = EXPECTED_PER_MILLE_AT_FIRST;
    private int slowWindows;

    /** The first one seems to be endless, so it shows no load, and nobody is judged by it. */
    private Window window = new Window(0);

    private boolean saturated;

    /** Means over the windows of one epoch. */
    private static final class Shown {
        private final long epoch;
        private long waitMicros;
        private long ratePerSecond;
        private long slotMicros;
        private boolean hasRate;

        Shown(long epoch) {
            this.epoch = epoch;
        }
    }

    /** What happened in some slots in a row. */
    private static final class Window {
        private long sinceMicros;
        private int slots;
        private int decisions;
        private long decisionMicros;
        private long requests;
        private long waitMicros;

        Window(long sinceMicros) {
            this.sinceMicros = sinceMicros;
        }
    }

    Pace(Limits limits) {
        this.limits = limits;
    }

    /** Another epoch: the expectation starts low. */
    void begin(Epoch next, long nowMicros) {
        epoch = next;
        expectedPerMille = EXPECTED_PER_MILLE_AT_FIRST;
        slowWindows = 0;
        saturated = false;
        window = new Window(nowMicros);
        shown.values().removeIf(old -> old.epoch + MEMORY_EPOCHS < next.number());
        if (!next.isLeaderless()) {
            shown.remove(next.leader());
        }
    }

    /** A good checkpoint: a little more may be expected. */
    void goodCheckpoint() {
        expectedPerMille = Math.min(EXPECTED_PER_MILLE_MOST, expectedPerMille + Math.max(1, expectedPerMille / 100));
    }

    /** A slot of this epoch came to its decision in this time. */
    void decided(long tookMicros) {
        window.decisions++;
        window.decisionMicros += tookMicros;
    }

    /** A request was ordered that had been ripe here for this time. */
    void ordered(long waitMicros) {
        window.requests++;
        window.waitMicros += waitMicros;
    }

    /** A slot of this epoch was delivered. */
    void delivered(long nowMicros) {
        if (!epoch.isLeaderless() && ++window.slots == WINDOW_SLOTS) {
            close(window, Math.max(1, nowMicros - window.sinceMicros));
            window = new Window(nowMicros);
        }
    }

    private void close(Window full, long micros) {
        Shown own = own();
        if (full.decisions > 0) {
            own.slotMicros = mean(own.slotMicros, full.decisionMicros / full.decisions);
        }
        // By Little's law the waits of all requests, divided by the time, are how many waited on average.
        long waiting = full.waitMicros / micros;
        saturated = waiting > (long) SATURATED_PER_SLOT * limits.pipeline();
        if (waiting <= limits.pipeline()) {
            slowWindows = 0;
            return;
        }
        long wait = full.waitMicros / full.requests;
        long rate = full.requests * MICROS_PER_SECOND / micros;
        slowWindows = isSlow(wait, rate) ? slowWindows + 1 : 0;
        own.waitMicros = own.hasRate ? mean(own.waitMicros, wait) : wait;
        own.ratePerSecond = own.hasRate ? mean(own.ratePerSecond, rate) : rate;
        own.hasRate = true;
    }

    private static long mean(long before, long one) {
        return before == 0 ? one : before + (one - before) / MEAN_PART;
    }

    private boolean isSlow(long waitMicros, long ratePerSecond) {
        long bestWait = Long.MAX_VALUE;
        long bestRate = 0;
        for (var entry : shown.entrySet()) {
            Shown other = entry.getValue();
            if (entry.getKey() != epoch.leader() && other.hasRate) {
                bestWait = Math.min(bestWait, other.waitMicros);
                bestRate = Math.max(bestRate, other.ratePerSecond);
            }
        }
        return bestRate > 0
                && waitMicros > Math.max(limits.slotTimeoutMicrosMin(), WAIT_FACTOR * bestWait)
                && ratePerSecond < bestRate * expectedPerMille / WHOLE_PER_MILLE;
    }

    private Shown own() {
        return shown.computeIfAbsent(epoch.leader(), leader -> new Shown(epoch.number()));
    }

    /** Whether the leader of this epoch is slow, and not by accident. */
    boolean isSlow() {
        return slowWindows >= WINDOWS_SLOW;
    }

    /**
     * No time-out should be shorter. It rests on what slots took under other leaders: one that is slow cannot hold it up.
     * As long as there was no other, it rests on this leader. But where very much waits nothing holds it up then, so that a
     * leader that is slow from the first day loses its turn once, and the next one shows what is possible.
     */
    long floorMicros() {
        long best = Long.MAX_VALUE;
        for (var entry : shown.entrySet()) {
            Shown other = entry.getValue();
            if (entry.getKey() != epoch.leader() && other.slotMicros > 0) {
                best = Math.min(best, SLOT_FACTOR * other.slotMicros);
            }
        }
        if (best == Long.MAX_VALUE) {
            Shown own = shown.get(epoch.leader());
            best = saturated || own == null ? 0 : OWN_SLOT_FACTOR * own.slotMicros;
        }
        return Math.clamp(best, limits.slotTimeoutMicrosMin(), limits.slotTimeoutMicrosMax());
    }
}
