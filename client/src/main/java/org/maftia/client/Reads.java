package org.maftia.client;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;

/** What a client asks without the log: of all replicas at once, or of one that proves its answer. On the loop's thread. */
final class Reads {
    /** Patience with a quorum: a silent replica among it must not cost more than ordering would. */
    private static final long QUORUM_MICROS = 10_000;

    /** Patience with one replica, and the pause before the first is asked again. */
    private static final long SHOW_MICROS = 200_000;

    private GroupClientSetup setup;
    private final EventLoop loop;
    private final List<ReplicaConnection> connections;
    private final Codec<ClientMessage> messages;
    private final Codec<ServiceCall> calls;
    private final AtomicInteger open;
    private final BiFunction<String, byte[], CompletableFuture<byte[]>> log;
    private final Map<Long, OpenRead> reads = new HashMap<>();
    private final Map<Long, OpenShow> shows = new HashMap<>();
    private long next;

    /**
     * @param open counts what is open, reads included
     * @param log asks the log instead
     */
    Reads(
            GroupClientSetup setup,
            EventLoop loop,
            List<ReplicaConnection> connections,
            Codec<ClientMessage> messages,
            AtomicInteger open,
            BiFunction<String, byte[], CompletableFuture<byte[]>> log) {
        this.setup = setup;
        this.loop = loop;
        this.connections = connections;
        this.messages = messages;
        this.calls = ServiceCall.codec(setup.limits().operationLengthMax());
        this.open = open;
        this.log = log;
    }

    void read(String service, byte[] operation, CompletableFuture<byte[]> future) {
        long number = next++;
        OpenRead read = new OpenRead(service, operation, connections.size(), future);
        reads.put(number, read);
        byte[] call = calls.encode(new ServiceCall(service, operation));
        byte[] forDigest = messages.encode(new ClientMessage.Read(number, false, call));
        byte[] forWhole = messages.encode(new ClientMessage.Read(number, true, call));
        for (int i = 0; i < connections.size(); i++) {
            if (connections.get(i).put(i == number % connections.size() ? forWhole : forDigest)) {
                read.asked(i);
            }
        }
        progress(number, read, read.progress(setup.trust()));
        loop.after(QUORUM_MICROS, () -> progress(number, read, OpenRead.Progress.TO_THE_LOG));
    }

    void reading(int replica, ClientMessage.Reading reading) {
        OpenRead read = reads.get(reading.number());
        if (read != null) {
            progress(reading.number(), read, read.reading(replica, reading, setup.trust()));
        }
    }

    void unread(int replica, ClientMessage.Unread unread) {
        OpenRead read = reads.get(unread.number());
        if (read != null) {
            progress(unread.number(), read, read.unread(replica, setup.trust()));
        }
        OpenShow show = shows.get(unread.number());
        if (show != null && show.replica == replica) {
            refuse(unread.number(), show, unread.reason());
        }
    }

    /** The group went on: votes of the members before count for nothing, and the connections are others. */
    void follow(GroupClientSetup next) {
        setup = next;
        Map.copyOf(reads).forEach((number, read) -> progress(number, read, OpenRead.Progress.TO_THE_LOG));
        shows.forEach((number, show) -> {
            show.replica = 0;
            ask(number, show);
        });
    }

    private void progress(long number, OpenRead read, OpenRead.Progress progress) {
        if (progress == OpenRead.Progress.WAIT || !reads.remove(number, read)) {
            return;
        }
        open.decrementAndGet();
        byte[] result = read.result();
        if (progress == OpenRead.Progress.ANSWERED && result != null) {
            read.future().complete(result);
            return;
        }
        log.apply(read.service(), read.operation()).whenComplete((ordered, failure) -> {
            if (failure == null) {
                read.future().complete(ordered);
            } else {
                read.future().completeExceptionally(failure);
            }
        });
    }

    /** A question to one replica after the other. */
    private static final class OpenShow {
        private final String service;
        private final String key;
        private final long notBeforeMicros;
        private final long dueNanos;
        private final CompletableFuture<CertifiedRead> future;
        private int replica;

        /** Counts the replicas that were asked: an answer or a time-out of an earlier attempt does nothing. */
        private int attempt;

        private String trouble = "no replica is connected";

        OpenShow(
                String service,
                String key,
                long notBeforeMicros,
                long dueNanos,
                CompletableFuture<CertifiedRead> future) {
            this.service = service;
            this.key = key;
            this.notBeforeMicros = notBeforeMicros;
            this.dueNanos = dueNanos;
            this.future = future;
        }
    }

    void show(String service, String key, long notBeforeMicros, CompletableFuture<CertifiedRead> future) {
        long number = next++;
        long due = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(setup.timeoutMicros());
        OpenShow show = new OpenShow(service, key, notBeforeMicros, due, future);
        show.replica = (int) (number % connections.size());
        shows.put(number, show);
        ask(number, show);
    }

    private void ask(long number, OpenShow show) {
        int attempt = ++show.attempt;
        connections
                .get(show.replica)
                .put(messages.encode(new ClientMessage.Show(number, show.service, show.key, show.notBeforeMicros)));
        loop.after(SHOW_MICROS, () -> {
            if (shows.get(number) == show && show.attempt == attempt) {
                next(number, show);
            }
        });
    }

    /** Turns to the next replica, or gives up. */
    private void next(long number, OpenShow show) {
        if (System.nanoTime() - show.dueNanos > 0) {
            shows.remove(number);
            open.decrementAndGet();
            show.future.completeExceptionally(
                    new TimeoutException("no replica gave a good answer in time; the last trouble: " + show.trouble));
            return;
        }
        show.replica = (show.replica + 1) % connections.size();
        ask(number, show);
    }

    void shown(int replica, ClientMessage.Shown shown) {
        OpenShow show = shows.get(shown.number());
        if (show == null || show.replica != replica) {
            return;
        }
        try {
            CertifiedRead read = CertifiedRead.CODEC.decode(shown.read());
            read.verify(setup.charter(), show.service, show.key, show.notBeforeMicros);
            shows.remove(shown.number());
            open.decrementAndGet();
            show.future.complete(read);
        } catch (MalformedException e) {
            refuse(shown.number(), show, "malformed: " + e.getMessage());
        } catch (RefusedReadException e) {
            refuse(shown.number(), show, String.valueOf(e.getMessage()));
        }
    }

    /** The next is asked at once, except that each round over all replicas takes its time. */
    private void refuse(long number, OpenShow show, String trouble) {
        show.trouble = "replica " + show.replica + ": " + trouble;
        if (show.attempt % connections.size() != 0) {
            next(number, show);
        }
    }

    void fail(String reason) {
        reads.values().forEach(read -> read.future().completeExceptionally(new GroupException(reason)));
        shows.values().forEach(show -> show.future.completeExceptionally(new GroupException(reason)));
        reads.clear();
        shows.clear();
    }
}
