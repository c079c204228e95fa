package org.maftia.server.runtime;

import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Ready;

/**
 * Asks the trusted component beside a member, one question after the other, on a thread of its own: an answer may take as long
 * as a write to the component's disk, and the loop goes on meanwhile. What a question rests on is durable before it comes
 * here; answers come back as events. After a failure nothing is asked any more.
 */
final class TrustedDesk {
    /** Takes answers on the thread of the loop. */
    interface Sink {
        void computed(long id, Object answer);

        /** A fault of this program. */
        void failed(Throwable failure);

        /** The component cannot be asked any more. */
        void lost(String reason);
    }

    /** A protocol has one question under way, and a member takes part in few configurations at a time. */
    private static final int WAITING_MAX = 1024;

    private final EventLoop loop;
    private final TrustedComponent component;
    private final Sink sink;
    private final ExecutorService thread;

    /** Nothing is asked any more. */
    private volatile boolean ended;

    private int waiting;
    private long answered;
    private long nanos;

    TrustedDesk(EventLoop loop, String name, TrustedComponent component, Sink sink) {
        this.loop = loop;
        this.component = component;
        this.sink = sink;
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name + "-component").factory());
    }

    /** On the thread of the loop, once all that was recorded up to now is durable. */
    void ask(Ready.Certification question) {
        waiting++;
        Invariant.check(waiting <= WAITING_MAX, "a protocol asks its trusted component without waiting for answers");
        thread.execute(() -> answer(question));
    }

    private void answer(Ready.Certification question) {
        if (ended) {
            return;
        }
        long begin = System.nanoTime();
        Runnable outcome;
        try {
            Optional<Attestation> answer = component.call(question.call());
            outcome = () -> sink.computed(question.id(), answer);
        } catch (TrustedComponent.LostException e) {
            ended = true; // nothing that was asked later may be answered
            outcome = () -> sink.lost(String.valueOf(e.getMessage()));
        } catch (RuntimeException | Error e) {
            ended = true;
            outcome = () -> sink.failed(e);
        }
        long took = System.nanoTime() - begin;
        Runnable then = outcome;
        loop.post(() -> {
            waiting--;
            answered++;
            nanos += took;
            then.run();
        });
    }

    void count(SortedMap<String, Long> counters) {
        counters.put("certifications", answered);
        counters.put("certificationMicros", nanos / 1000);
        counters.put("certificationsWaiting", (long) waiting);
    }

    /** Lets the question under way end, and asks no other. */
    void close() {
        ended = true;
        thread.execute(component::close);
        thread.shutdown();
    }
}
