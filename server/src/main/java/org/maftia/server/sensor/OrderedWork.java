package org.maftia.server.sensor;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * Work on several threads whose results come out in the order in which it was given. Only a few pieces are open at a time: who
 * gives more waits, and takes results meanwhile.
 */
final class OrderedWork<R> implements AutoCloseable {
    private final ExecutorService workers;
    private final int openMax;
    private final Consumer<R> sink;
    private final Deque<Future<R>> open = new ArrayDeque<>();

    /** @param sink takes the results, in the thread that gives the work */
    OrderedWork(int threads, Consumer<R> sink) {
        this.workers = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("maftia-parser-", 0).factory());
        this.openMax = 2 * threads;
        this.sink = sink;
    }

    void give(Callable<R> piece) throws IOException {
        if (open.size() == openMax) {
            take();
        }
        open.add(workers.submit(piece));
    }

    /** Waits until everything is done and taken. */
    void finish() throws IOException {
        while (!open.isEmpty()) {
            take();
        }
    }

    private void take() throws IOException {
        try {
            sink.accept(open.removeFirst().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while others were parsing");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException fault -> throw fault;
                case RuntimeException fault -> throw fault;
                case Error fault -> throw fault;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /** Ends the threads; what is not taken is lost. */
    @Override
    public void close() {
        workers.shutdownNow();
    }
}
