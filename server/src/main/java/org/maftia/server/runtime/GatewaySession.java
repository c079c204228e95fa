package org.maftia.server.runtime;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.replica.UndoneCommand;
import org.maftia.core.wire.Codec;
import org.maftia.server.gateway.Submission;

/** The session of a replica's own gateways. Submitted to by any thread; everything else on the loop. */
final class GatewaySession implements Submission {
    private static final long LOOK_MICROS = 250_000;

    private final EventLoop loop;
    private final int client;
    private final long session;
    private final long timeoutMicros;
    private final int openMax;
    private final long openBytesMax;
    private final int operationLengthMax;
    private final Codec<ServiceCall> codec;
    private final Consumer<Request> sink;
    private final Consumer<Input.Peek> looker;

    /** Counts what is open or on its way to the loop. */
    private final AtomicInteger open = new AtomicInteger();

    /** The bytes of those. */
    private final AtomicLong openBytes = new AtomicLong();

    /** In the order of their deadlines, as all have the same time. */
    private final Map<Long, Pending> pending = new LinkedHashMap<>();

    /** Requests that nobody waits for any more, with their lengths; their numbers are in use until they are executed. */
    private final Map<Long, Integer> abandoned = new HashMap<>();

    /** Numbers of refused requests, which nobody has ordered: a gap would close the session's window. */
    private final ArrayDeque<Long> reusable = new ArrayDeque<>();

    /** Questions to the own replica, which answers each at once; at most as many as requests, and as long. */
    private final Map<Long, CompletableFuture<Optional<byte[]>>> peeks = new ConcurrentHashMap<>();

    private final AtomicLong peekBytes = new AtomicLong();

    private final AtomicLong nextPeek = new AtomicLong();
    /** By the number of the command, what is to be signed for this gateway alone; each ends in time. */
    private final Map<Long, CompletableFuture<byte[]>> signatures = new ConcurrentHashMap<>();

    private long nextSequence;
    private boolean looking;
    private volatile @Nullable String stopped;

    private record Pending(long sequence, int length, long dueNanos, CompletableFuture<byte[]> future) {}

    /**
     * @param client the number of this replica's gateway
     * @param session grows with each life
     * @param sink takes the requests
     * @param looker takes questions to the replica itself
     */
    GatewaySession(
            EventLoop loop,
            int client,
            long session,
            long timeoutMicros,
            Limits limits,
            Consumer<Request> sink,
            Consumer<Input.Peek> looker) {
        this.loop = loop;
        this.client = client;
        this.session = session;
        this.timeoutMicros = timeoutMicros;
        this.openMax = limits.openRequestsPerClient();
        this.openBytesMax = Math.max(limits.operationLengthMax(), limits.pooledBytesPerClient() / 2);
        this.operationLengthMax = limits.operationLengthMax() - ServiceCall.NAME_LENGTH_MAX - 8;
        this.codec = ServiceCall.codec(limits.operationLengthMax());
        this.sink = sink;
        this.looker = looker;
    }

    @Override
    public CompletableFuture<byte[]> submit(String service, byte[] operation) {
        return submit(service, operation, null);
    }

    @Override
    public Signed submitSigned(String service, byte[] operation) {
        CompletableFuture<byte[]> signature = new CompletableFuture<>();
        CompletableFuture<byte[]> result = submit(service, operation, signature);
        return new Signed(result, signature.orTimeout(timeoutMicros, TimeUnit.MICROSECONDS));
    }

    private CompletableFuture<byte[]> submit(
            String service, byte[] operation, @Nullable CompletableFuture<byte[]> signature) {
        if (operation.length > operationLengthMax) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("an operation has at most " + operationLengthMax + " bytes"));
        }
        String reason = stopped;
        if (reason != null) {
            return CompletableFuture.failedFuture(new Busy(reason));
        }
        boolean many = open.incrementAndGet() > openMax;
        if (openBytes.addAndGet(operation.length) > openBytesMax || many) {
            release(operation.length);
            return CompletableFuture.failedFuture(new Busy(many ? "too many requests wait" : "too long requests wait"));
        }
        CompletableFuture<byte[]> future = new CompletableFuture<>();
        byte[] encoded = codec.encode(new ServiceCall(service, operation));
        loop.post(() -> accept(encoded, operation.length, future, signature));
        return future;
    }

    private void release(int length) {
        open.decrementAndGet();
        openBytes.addAndGet(-length);
    }

    @Override
    public CompletableFuture<Optional<byte[]>> peek(String service, byte[] question) {
        String reason = stopped;
        if (reason != null || question.length > operationLengthMax || peeks.size() >= openMax) {
            return CompletableFuture.failedFuture(new Busy(reason == null ? "too many questions wait" : reason));
        }
        if (peekBytes.addAndGet(question.length) > openBytesMax) {
            peekBytes.addAndGet(-question.length);
            return CompletableFuture.failedFuture(new Busy("too long questions wait"));
        }
        long number = nextPeek.getAndIncrement();
        CompletableFuture<Optional<byte[]>> future = new CompletableFuture<>();
        peeks.put(number, future);
        byte[] encoded = codec.encode(new ServiceCall(service, question));
        loop.post(() -> looker.accept(new Input.Peek(number, encoded)));
        // A replica that has not begun yet answers nothing.
        return future.orTimeout(timeoutMicros, TimeUnit.MICROSECONDS).whenComplete((answer, failure) -> {
            peeks.remove(number);
            peekBytes.addAndGet(-question.length);
        });
    }

    void peeked(Output.Peeked peeked) {
        CompletableFuture<Optional<byte[]>> future = peeks.remove(peeked.number());
        if (future != null) {
            future.complete(Optional.ofNullable(peeked.value()));
        }
    }

    /** Earlier lives had other sessions, whose signatures nobody waits for. */
    void signed(Output.Signature signature) {
        CompletableFuture<byte[]> future = signature.id().session() == session
                ? signatures.get(signature.id().sequence())
                : null;
        if (future != null) {
            future.complete(signature.signature());
        }
    }

    private void accept(
            byte[] call, int length, CompletableFuture<byte[]> future, @Nullable CompletableFuture<byte[]> signature) {
        String reason = stopped;
        if (reason != null) {
            release(length);
            future.completeExceptionally(new Busy(reason));
            return;
        }
        Long again = reusable.poll();
        long sequence = again != null ? again : nextSequence++;
        Pending entry = new Pending(sequence, length, System.nanoTime() + timeoutMicros * 1000, future);
        pending.put(sequence, entry);
        if (signature != null) {
            signatures.put(sequence, signature);
            signature.whenComplete((bytes, failure) -> signatures.remove(sequence, signature));
        }
        if (!looking) {
            looking = true;
            loop.after(LOOK_MICROS, this::expire);
        }
        sink.accept(new Request(new RequestId(client, session, sequence), call));
    }

    private void expire() {
        long now = System.nanoTime();
        Iterator<Pending> oldest = pending.values().iterator();
        while (oldest.hasNext()) {
            Pending entry = oldest.next();
            if (entry.dueNanos - now > 0) {
                break;
            }
            oldest.remove();
            abandoned.put(entry.sequence, entry.length);
            entry.future.completeExceptionally(new TimeoutException("the group did not answer in time"));
        }
        looking = !pending.isEmpty();
        if (looking) {
            loop.after(LOOK_MICROS, this::expire);
        }
    }

    boolean owns(RequestId id) {
        return id.client() == client;
    }

    /** Earlier lives had other sessions, whose replies nobody waits for. */
    void reply(Output.Reply reply) {
        Pending entry = reply.id().session() == session ? take(reply.id().sequence()) : null;
        if (entry != null) {
            if (UndoneCommand.isResult(reply.result())) {
                entry.future.completeExceptionally(new Undone());
            } else {
                entry.future.complete(reply.result());
            }
        }
    }

    void refused(Output.Refused refused) {
        Pending entry = refused.id().session() == session ? take(refused.id().sequence()) : null;
        if (entry != null) {
            reusable.add(entry.sequence);
            entry.future.completeExceptionally(new Busy(refused.reason()));
        }
    }

    private @Nullable Pending take(long sequence) {
        Pending entry = pending.remove(sequence);
        Integer length = entry != null ? Integer.valueOf(entry.length) : abandoned.remove(sequence);
        if (length != null) {
            release(length);
        }
        return entry;
    }

    int open() {
        return open.get();
    }

    void stop(String reason) {
        stopped = reason;
        pending.values().forEach(entry -> entry.future.completeExceptionally(new Busy(reason)));
        pending.clear();
        peeks.values().forEach(future -> future.completeExceptionally(new Busy(reason)));
    }
}
