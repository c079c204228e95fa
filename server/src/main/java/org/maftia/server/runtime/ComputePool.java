package org.maftia.server.runtime;

import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Ready;

/**
 * Runs the heavy tasks of the automaton on a few threads. What it hands to them is bounded; the rest waits here, and
 * {@link #isCongested} says when clients should be held off. A task is never dropped, since its instance waits for it.
 */
public final class ComputePool {
    /** Takes results on the thread of the loop. */
    public interface Sink {
        void computed(long id, Object result);

        void failed(Throwable failure);
    }

    /** Enough to keep all threads busy over one turn of the loop. */
    private static final int HANDED_MAX = 32;

    /** A thousand proofs or signatures are a second of work; of shares a replica hands in a few at a time only. */
    private static final int WAITING_MAX = 1024;

    private final EventLoop loop;
    private final Sink sink;
    private final ExecutorService threads;
    private final ArrayDeque<Ready.Computation> waiting = new ArrayDeque<>();
    private int handed;
    private long done;

    public ComputePool(EventLoop loop, String name, Sink sink) {
        this.loop = loop;
        this.sink = sink;
        int count = Math.max(1, Runtime.getRuntime().availableProcessors());
        this.threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name(name + "-compute-", 0).factory());
    }

    public void submit(Ready.Computation computation) {
        waiting.add(computation);
        hand();
    }

    private void hand() {
        while (handed < HANDED_MAX && !waiting.isEmpty()) {
            Ready.Computation next = waiting.remove();
            handed++;
            threads.execute(() -> run(next));
        }
    }

    private void run(Ready.Computation computation) {
        Runnable outcome;
        try {
            Object result = Invariant.present(computation.task().get(), "a computation has a result");
            outcome = () -> sink.computed(computation.id(), result);
        } catch (RuntimeException | Error e) {
            outcome = () -> sink.failed(e);
        }
        Runnable then = outcome;
        loop.post(() -> {
            handed--;
            done++;
            then.run();
            hand();
        });
    }

    public boolean isCongested() {
        return waiting.size() >= WAITING_MAX;
    }

    int waiting() {
        return waiting.size() + handed;
    }

    long done() {
        return done;
    }

    public void close() {
        waiting.clear();
        threads.shutdownNow();
    }
}
