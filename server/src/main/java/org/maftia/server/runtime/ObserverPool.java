package org.maftia.server.runtime;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;

/**
 * Looks up what the log asks this replica, some questions at a time, each in its own time. What is waiting is bounded by
 * what may be open in the replicated state. Whoever fails or takes too long says nothing, and an operator reads why.
 */
final class ObserverPool implements AutoCloseable {
    /** Each may hold a connection or two, and some memory. */
    private static final int AT_ONCE = 32;

    private final SortedMap<String, Observer> observers;
    private final long patienceMillis;
    private final Consumer<Input> sink;
    private final Consumer<String> notices;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Set<Long> open = ConcurrentHashMap.newKeySet();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("observer-clock").factory());
    private volatile boolean closed;

    /**
     * @param patienceMillis for one question
     * @param sink takes answers, on any thread
     * @param notices takes what an operator should read, on any thread
     */
    ObserverPool(
            SortedMap<String, Observer> observers,
            long patienceMillis,
            Consumer<Input> sink,
            Consumer<String> notices) {
        this.observers = Collections.unmodifiableSortedMap(new TreeMap<>(observers));
        this.patienceMillis = patienceMillis;
        this.sink = sink;
        this.notices = notices;
    }

    /** Looks up one more, unless it is being looked up. */
    void look(Output.Observe question) {
        Observer observer = observers.get(question.service());
        if (observer == null) {
            notices.accept("service " + question.service() + " asks what nobody here can look up");
            return;
        }
        if (closed || !open.add(question.number())) {
            return;
        }
        Thread thread =
                Thread.ofVirtual().name("observer-" + question.number()).unstarted(() -> run(observer, question));
        threads.add(thread);
        thread.start();
    }

    private void run(Observer observer, Output.Observe question) {
        try {
            places.acquire();
            try {
                answer(observer, question);
            } finally {
                places.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the replica stops
        } finally {
            open.remove(question.number());
            threads.remove(Thread.currentThread());
        }
    }

    private void answer(Observer observer, Output.Observe question) throws InterruptedException {
        Thread self = Thread.currentThread();
        Future<?> alarm = clock.schedule(self::interrupt, patienceMillis, TimeUnit.MILLISECONDS);
        try {
            byte[] answer = observer.observe(question.question());
            if (answer.length > Context.ANSWER_LENGTH_MAX) {
                notices.accept("the observer of " + question.service() + " answers " + answer.length
                        + " bytes, more than " + Context.ANSWER_LENGTH_MAX);
                return;
            }
            sink.accept(new Input.Observed(question.number(), answer));
        } catch (InterruptedException e) {
            if (closed) {
                throw e;
            }
            notices.accept("the observer of " + question.service() + " saw nothing in " + patienceMillis + " ms");
        } catch (RuntimeException e) {
            notices.accept("the observer of " + question.service() + " failed: " + e);
        } finally {
            alarm.cancel(false);
        }
    }

    @Override
    public void close() {
        closed = true;
        clock.shutdownNow();
        threads.forEach(Thread::interrupt);
    }
}
