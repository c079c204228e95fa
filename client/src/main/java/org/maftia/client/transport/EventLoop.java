package org.maftia.client.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One thread that owns sockets and timers and runs everything that belongs to them, one thing after the other. All
 * methods but {@link #post} and {@link #stop} are for that thread, and for the one that sets up before {@link #run}.
 */
public final class EventLoop implements AutoCloseable {
    /** Takes the readiness of a registered socket. */
    public interface Handler {
        void ready(SelectionKey key);
    }

    /** What is to be done once after each round of events: the place to batch. */
    public interface Turn {
        /** Does what gathered, and gives the microseconds after which it wants to run again at the latest. */
        long turn();
    }

    /** Longest sleep: a lost wake-up, should a platform have one, costs no more. */
    private static final long SLEEP_MICROS_MAX = 1_000_000;

    private final Selector selector;
    private final long spinNanos;

    /** From other threads. Each source bounds what it posts: gateways by permits, computations by their number. */
    private final ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean asleep = new AtomicBoolean();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private final RecordBuffers buffers = new RecordBuffers();

    /** Channels with input that they did not take in their last turn. */
    private ArrayDeque<FrameChannel> unread = new ArrayDeque<>();

    private long serial;
    private long activeNanos = System.nanoTime();
    private volatile boolean stopped;

    /**
     * @param spinMicros how long to look for more, giving way to other threads each time, before sleeping: a sleeper is
     *     slow to wake, and work seldom comes alone
     * @throws IOException when the system has no selector left
     */
    public EventLoop(long spinMicros) throws IOException {
        this.selector = Selector.open();
        this.spinNanos = TimeUnit.MICROSECONDS.toNanos(spinMicros);
    }

    /** Runs until {@link #stop}. */
    public void run(Turn turn) {
        while (!stopped) {
            long waitMicros = Math.min(turn.turn(), micros(nanosToAlarm()));
            try {
                await(Math.min(waitMicros, SLEEP_MICROS_MAX));
            } catch (IOException e) {
                throw new UncheckedIOException("the selector failed", e);
            }
            resumeUnread();
            runPosted();
            fireAlarms();
        }
        runPosted();
    }

    /** For the channels of this loop. */
    RecordBuffers buffers() {
        return buffers;
    }

    /** Ends {@link #run} soon. Any thread may call. */
    public void stop() {
        stopped = true;
        wake();
    }

    /** Has the action run by the loop. Any thread may call. */
    public void post(Runnable action) {
        posted.add(action);
        wake();
    }

    private void wake() {
        if (asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    /** Runs the action once, after the time, unless cancelled. */
    public Alarm after(long micros, Runnable action) {
        Alarm alarm = new Alarm(System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros), serial++, action);
        alarms.add(alarm);
        return alarm;
    }

    /** Watches a non-blocking channel. */
    public SelectionKey register(SelectableChannel channel, int operations, Handler handler) throws IOException {
        return channel.register(selector, operations, handler);
    }

    /** The channel has more to read without new bytes from its socket. */
    void unread(FrameChannel channel) {
        unread.add(channel);
    }

    private void await(long waitMicros) throws IOException {
        while (true) {
            if (selector.selectNow(EventLoop::dispatch) > 0) {
                activeNanos = System.nanoTime();
                return;
            }
            if (waitMicros <= 0 || !unread.isEmpty() || !posted.isEmpty() || stopped) {
                return;
            }
            long idleNanos = System.nanoTime() - activeNanos;
            if (idleNanos >= Math.min(spinNanos, TimeUnit.MICROSECONDS.toNanos(waitMicros))) {
                break;
            }
            Thread.yield();
        }
        asleep.set(true);
        // Whoever posted before the flag was set has not woken the selector.
        if (posted.isEmpty() && !stopped && selector.select(EventLoop::dispatch, millis(waitMicros)) > 0) {
            activeNanos = System.nanoTime();
        }
        asleep.set(false);
    }

    private static void dispatch(SelectionKey key) {
        if (key.isValid()) {
            ((Handler) key.attachment()).ready(key);
        }
    }

    private void resumeUnread() {
        if (!unread.isEmpty()) {
            ArrayDeque<FrameChannel> again = unread;
            unread = new ArrayDeque<>();
            again.forEach(FrameChannel::nextTurn);
        }
    }

    private void runPosted() {
        for (Runnable next = posted.poll(); next != null; next = posted.poll()) {
            next.run();
        }
    }

    private void fireAlarms() {
        long now = System.nanoTime();
        while (!alarms.isEmpty() && alarms.element().dueNanos - now <= 0) {
            alarms.remove().action.run();
        }
    }

    private long nanosToAlarm() {
        return alarms.isEmpty()
                ? TimeUnit.MICROSECONDS.toNanos(SLEEP_MICROS_MAX)
                : Math.max(0, alarms.element().dueNanos - System.nanoTime());
    }

    private static long micros(long nanos) {
        return (nanos + 999) / 1000;
    }

    /** Rounds up: waking before anything is due would only cost a second sleep. */
    private static long millis(long micros) {
        return Math.max(1, (micros + 999) / 1000);
    }

    /** Closes the selector; the sockets belong to those who registered them. */
    @Override
    public void close() throws IOException {
        selector.close();
    }

    /** A pending {@link #after}. */
    public final class Alarm implements Comparable<Alarm> {
        private final long dueNanos;
        private final long order;
        private final Runnable action;

        private Alarm(long dueNanos, long order, Runnable action) {
            this.dueNanos = dueNanos;
            this.order = order;
            this.action = action;
        }

        public void cancel() {
            alarms.remove(this);
        }

        @Override
        @SuppressWarnings("ComparableType") // alarms of one loop only
        public int compareTo(Alarm other) {
            int byDue = Long.signum(dueNanos - other.dueNanos);
            return byDue != 0 ? byDue : Long.compare(order, other.order);
        }

        @Override
        public boolean equals(@org.jspecify.annotations.Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(order);
        }
    }
}
