package org.maftia.client;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/**
 * An application's way into a group. Any thread may use it; one connection to each replica serves all.
 *
 * <p>Every request goes to all replicas, so that none of them alone can withhold it, and is repeated until it is answered. A
 * client that signs may give it to one replica first ({@link GroupClientSetup.Mode#HOME}), and to all only after a time-out.
 * What depends on a future runs on the client's own thread and must not block.
 */
public final class GroupClient implements AutoCloseable {
    /** How long to look for more before sleeping; see {@link EventLoop}. */
    private static final long SPIN_MICROS = Long.getLong("maftia.client.spinMicros", 20);

    private static final long LOOK_MICROS = 100_000;

    /** First patience before a request is repeated; doubles with each attempt. */
    private static final long REPEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int REPEAT_DOUBLINGS_MAX = 4;

    /** Patience with the one replica that got a request alone: many round trips across the world. */
    private static final long HOME_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Patience with the one replica that was asked for the result itself. */
    private static final long RESULT_MICROS = 20_000;

    /** Changes with the configuration of the group, on the thread of the loop. */
    private volatile GroupClientSetup setup;

    private final EventLoop loop;
    private final ExecutorService blocking;
    private final Connections connections;
    private final Map<Long, Session> sessions = new HashMap<>();
    private final AtomicLong nextSession = new AtomicLong(TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
    private final AtomicInteger open = new AtomicInteger();
    private final Codec<ServiceCall> calls;
    private final Codec<ClientMessage> messages;
    private final RequestFrames frames;
    private final long timeoutNanos;
    private final Entropy entropy;
    private final Reads reads;
    private final Session first;
    private final Thread thread;
    private boolean closed;
    private boolean stepping; // a step is being checked

    private GroupClient(GroupClientSetup setup) throws IOException {
        this.setup = setup;
        this.loop = new EventLoop(SPIN_MICROS);
        this.blocking = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("group-client-worker").factory());
        this.timeoutNanos = TimeUnit.MICROSECONDS.toNanos(setup.timeoutMicros());
        this.messages = ClientMessage.codec(setup.limits());
        this.frames = new RequestFrames(messages, ClientMessage.frameLengthMax(setup.limits()));
        this.calls = ServiceCall.codec(setup.limits().operationLengthMax());
        this.connections = new Connections(loop, blocking, new Arrivals());
        connections.make(setup);
        SecureRandom random = new SecureRandom();
        this.entropy = count -> {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return bytes;
        };
        this.reads = new Reads(setup, loop, connections.all(), messages, open, this::submit);
        this.first = new Session(nextSession.getAndIncrement());
        sessions.put(first.number, first);
        this.thread = Thread.ofPlatform().daemon().name("group-client").unstarted(this::run);
    }

    /**
     * Makes a client and begins to connect; requests wait until enough replicas are there.
     *
     * @throws IOException when the system has no sockets left
     */
    public static GroupClient connect(GroupClientSetup setup) throws IOException {
        GroupClient client = new GroupClient(setup);
        client.connections.dial();
        client.loop.after(LOOK_MICROS, client::look);
        client.thread.start();
        return client;
    }

    /** A replica says what followed: believed as far as it is proved, and checked beside the loop. */
    private void step(ReplicaConnection from, byte[] step) {
        GroupClientSetup.Successor successor = setup.successor().orElse(null);
        if (stepping || successor == null) {
            from.end("what followed is being checked");
            return;
        }
        stepping = true;
        blocking.execute(() -> {
            try {
                GroupClientSetup next = successor.follow(step);
                loop.post(() -> follow(next));
            } catch (RefusedReadException e) {
                loop.post(() -> {
                    stepping = false;
                    from.end("shows a false step of the group: " + e.getMessage());
                });
            }
        });
    }

    /**
     * Goes on with the group to its next configuration: other replicas, other votes, the same sessions and numbers, so
     * that what was executed before is answered and not executed again.
     */
    private void follow(GroupClientSetup next) {
        stepping = false;
        if (closed) {
            return;
        }
        setup = next;
        connections.make(next);
        reads.follow(next);
        sessions.values().forEach(Session::follow);
        connections.dial();
    }

    private void run() {
        String reason = "the client is closed";
        try {
            loop.run(() -> {
                connections.flush();
                return Long.MAX_VALUE;
            });
        } catch (RuntimeException | Error e) {
            reason = "the client failed: " + e;
            throw e;
        } finally {
            closed = true;
            connections.close();
            for (Session session : sessions.values()) {
                session.fail(reason);
            }
            reads.fail(reason);
        }
    }

    /**
     * Has an operation of a service executed, in the first session of this client.
     *
     * @return the result; fails with {@link TimeoutException} when the group did not answer in time
     *     (the operation may still be executed), with {@link GroupException} when too much waits
     */
    public CompletableFuture<byte[]> submit(String service, byte[] operation) {
        return first.submit(service, operation);
    }

    /**
     * As {@link #submit}, but nobody reads the operation before the group has given it its place in the log: not the
     * replicas, and not who controls a fault set of them. Whatever depends on it comes after it. The name of the service,
     * the length and the moment are not hidden; nor is the result, once there is one.
     *
     * @return fails also with {@link IllegalStateException} when the setup has no key to encrypt with
     */
    public CompletableFuture<byte[]> submitConfidential(String service, byte[] operation) {
        return first.submitConfidential(service, operation);
    }

    /**
     * Has a question answered without the log, by a quorum of replicas in the same state: linearizable with every result
     * of the service, and one round trip instead of five delays. Where no quorum agrees, as a write is under way or
     * replicas are silent or lie, and for services without quorum reads, the question goes through the log.
     *
     * @param operation one that changes nothing
     * @return as {@link #submit}
     */
    public CompletableFuture<byte[]> read(String service, byte[] operation) {
        if (!setup.quorumReads().contains(service)
                || operation.length + ServiceCall.NAME_LENGTH_MAX + 8
                        > setup.limits().operationLengthMax()) {
            return submit(service, operation);
        }
        CompletableFuture<byte[]> future = new CompletableFuture<>();
        if (occupy(future)) {
            loop.post(() -> reads.read(service, operation, future));
        }
        return future;
    }

    /**
     * Gets one value of a service's view with its proof, from any one replica. It is checked before it is given; whoever
     * knows the group's {@link org.maftia.core.replica.Charter} can check it again later, offline.
     *
     * @param ageMicrosMax how old the certified state may be by this machine's clock. Younger than some seconds is asked
     *     too much: checkpoints are rare, and made out of turn only once in a while
     * @return fails with {@link TimeoutException}, whose message says what was wrong with the last answer, when no replica
     *     gave a good one in time
     */
    public CompletableFuture<CertifiedRead> readCertified(String service, String key, long ageMicrosMax) {
        CompletableFuture<CertifiedRead> future = new CompletableFuture<>();
        long notBefore = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) - ageMicrosMax;
        if (occupy(future)) {
            loop.post(() -> reads.show(service, key, Math.max(0, notBefore), future));
        }
        return future;
    }

    /** Whether there is a credit left for something to be open; where not, the future fails. */
    private boolean occupy(CompletableFuture<?> future) {
        if (open.incrementAndGet() > setup.limits().openRequestsPerClient()) {
            open.decrementAndGet();
            future.completeExceptionally(new GroupException("too many requests wait"));
            return false;
        }
        return true;
    }

    /**
     * Makes another session. Sessions share connections and credits; a slow operation of one does not close the window of
     * another. A group remembers a few sessions of each client only ({@code sessionsPerClient} of its limits).
     */
    public Session session() {
        Session session = new Session(nextSession.getAndIncrement());
        loop.post(() -> {
            sessions.put(session.number, session);
            connections.all().forEach(session::listen);
        });
        return session;
    }

    /** Whether signatures stand under what sessions ask. */
    public boolean isSigning() {
        return setup.signature().isPresent();
    }

    /** Requests that are not answered. */
    public int open() {
        return open.get();
    }

    /** How the connection to each replica does, in a sentence. */
    public CompletableFuture<List<String>> connections() {
        CompletableFuture<List<String>> answer = new CompletableFuture<>();
        loop.post(() -> answer.complete(connections.sentences()));
        return answer;
    }

    /** A sequence of requests, numbered. */
    public final class Session {
        private long number;
        private final Map<Long, OpenRequest> requests = new HashMap<>();

        /** Numbers of refused requests, which nobody will order: a gap would close the window. */
        private final ArrayDeque<Long> unused = new ArrayDeque<>();

        /** Requests with numbers that are being encrypted. */
        private final Map<Long, CompletableFuture<byte[]>> sealing = new HashMap<>();

        /** What was encrypted, by number: another configuration has another key. */
        private final Map<Long, Secret> secrets = new HashMap<>();

        private Optional<BatchSigner> signer;

        /** A signed request was refused, so its number is not used again, and the session is left when it can be. */
        private boolean spent;

        private long nextSequence;
        private long lowestOpen;

        private Session(long number) {
            this.number = number;
            this.signer = newSigner(number);
        }

        private Optional<BatchSigner> newSigner(long session) {
            Digest group = setup.configuration();
            return setup.signature()
                    .map(key -> new BatchSigner(
                            key, group, session, loop, frames, blocking, requests::size, this::sendTogether));
        }

        /** Goes on under another number, with all its window before it. */
        private void renew() {
            sessions.remove(number);
            number = nextSession.getAndIncrement();
            sessions.put(number, this);
            signer = newSigner(number);
            nextSequence = 0;
            lowestOpen = 0;
            spent = false;
            connections.all().forEach(this::listen);
        }

        /** What waits is asked again in the next configuration, under the same numbers. */
        private void follow() {
            signer = newSigner(number);
            List<OpenRequest> waiting = List.copyOf(requests.values());
            requests.clear();
            for (OpenRequest before : waiting) {
                Secret secret = secrets.get(before.sequence());
                if (secret != null) {
                    encrypt(before.sequence(), secret, before.future());
                } else {
                    OpenRequest request = before.again(setup.replicas().size());
                    requests.put(request.sequence(), request);
                    signer.ifPresentOrElse(one -> one.add(request), () -> send(request));
                }
            }
        }

        /** As {@link GroupClient#submit}. */
        public CompletableFuture<byte[]> submit(String service, byte[] operation) {
            CompletableFuture<byte[]> future = new CompletableFuture<>();
            if (takesCredit(operation.length + ServiceCall.NAME_LENGTH_MAX + 8, future)) {
                byte[] encoded = calls.encode(new ServiceCall(service, operation));
                boolean quorumReads = setup.quorumReads().contains(service);
                loop.post(() -> reserve(future).ifPresent(sequence -> {
                    OpenRequest request = begin(sequence, encoded, quorumReads, future);
                    signer.ifPresentOrElse(one -> one.add(request), () -> send(request));
                }));
            }
            return future;
        }

        /** As {@link GroupClient#submitConfidential}. */
        public CompletableFuture<byte[]> submitConfidential(String service, byte[] operation) {
            CompletableFuture<byte[]> future = new CompletableFuture<>();
            GroupClientSetup.Confidentiality known = setup.confidentiality().orElse(null);
            if (known == null) {
                future.completeExceptionally(new IllegalStateException("the setup has no key to encrypt with"));
                return future;
            }
            int length = operation.length + known.cipher().overhead() + 2 * (ServiceCall.NAME_LENGTH_MAX + 8);
            Secret secret = new Secret(service, operation.clone());
            if (takesCredit(length, future)) {
                loop.post(() -> reserve(future).ifPresent(sequence -> {
                    secrets.put(sequence, secret);
                    encrypt(sequence, secret, future);
                }));
            }
            return future;
        }

        private void encrypt(long sequence, Secret secret, CompletableFuture<byte[]> future) {
            GroupClientSetup with = setup;
            sealing.put(sequence, future);
            blocking.execute(() -> {
                byte[] encoded = secret.sealed(with, number, sequence, entropy);
                loop.post(() -> {
                    if (setup != with && sealing.containsKey(sequence)) {
                        encrypt(sequence, secret, future); // the group went on meanwhile
                    } else if (sealing.remove(sequence) != null) {
                        boolean quorumReads = with.quorumReads().contains(secret.service());
                        send(begin(sequence, encoded, quorumReads, future));
                    }
                });
            });
        }

        private boolean takesCredit(int length, CompletableFuture<byte[]> future) {
            if (length > setup.limits().operationLengthMax()) {
                future.completeExceptionally(new IllegalArgumentException("the operation is too long"));
                return false;
            }
            return occupy(future);
        }

        private boolean isInUse(long sequence) {
            return requests.containsKey(sequence) || sealing.containsKey(sequence) || unused.contains(sequence);
        }

        /** The number of a new request; without one, its future has failed. */
        private Optional<Long> reserve(CompletableFuture<byte[]> future) {
            if (closed) {
                open.decrementAndGet();
                future.completeExceptionally(new GroupException("the client is closed"));
                return Optional.empty();
            }
            if (spent && requests.isEmpty() && sealing.isEmpty()) {
                renew();
            }
            while (!spent && lowestOpen < nextSequence && !isInUse(lowestOpen)) {
                lowestOpen++;
            }
            Long again = unused.poll();
            if (again != null) {
                return Optional.of(again);
            }
            if (nextSequence - lowestOpen >= setup.limits().sessionWindow()) {
                open.decrementAndGet();
                future.completeExceptionally(new GroupException("an old request holds up this session"));
                return Optional.empty();
            }
            return Optional.of(nextSequence++);
        }

        private OpenRequest begin(
                long sequence, byte[] operation, boolean quorumReads, CompletableFuture<byte[]> future) {
            OpenRequest request = new OpenRequest(
                    sequence,
                    operation,
                    quorumReads,
                    setup.replicas().size(),
                    System.nanoTime() + timeoutNanos,
                    future);
            requests.put(request.sequence(), request);
            return request;
        }

        private boolean isHomed(OpenRequest request) {
            return setup.mode() == GroupClientSetup.Mode.HOME && request.seal() != null;
        }

        /** One replica sends the result, a different one each time; from the second attempt on, all do. */
        private void send(OpenRequest request) {
            if (requests.get(request.sequence()) != request) {
                return; // answered, or failed, before its signature was made
            }
            boolean all = request.sent(System.nanoTime()) > 0;
            if (!all && isHomed(request) && connections.putHome(frames.request(number, request, true, true))) {
                return;
            }
            int designated = (int) (request.sequence() % connections.size());
            byte[] forResult = frames.request(number, request, true, false);
            byte[] forDigest = all ? forResult : frames.request(number, request, false, false);
            for (int i = 0; i < connections.size(); i++) {
                connections.get(i).put(i == designated ? forResult : forDigest);
            }
        }

        /** What was signed together goes in one message, if all of it still waits and fits. */
        private void sendTogether(List<OpenRequest> batch) {
            boolean together = setup.mode() != GroupClientSetup.Mode.HOME
                    && batch.stream().allMatch(one -> requests.get(one.sequence()) == one && one.attempts() == 0);
            if (!together || !frames.fits(batch)) {
                batch.forEach(this::send);
                return;
            }
            long now = System.nanoTime();
            batch.forEach(request -> request.sent(now));
            for (int i = 0; i < connections.size(); i++) {
                connections.get(i).put(frames.batch(number, batch, i, connections.size()));
            }
        }

        private void sendTo(int replica) {
            listen(connections.get(replica));
            for (OpenRequest request : requests.values()) {
                boolean alone = isHomed(request) && request.attempts() == 1;
                boolean unsigned = signer.isPresent() && request.attempts() == 0;
                if (!unsigned && (!alone || replica == connections.home())) {
                    connections.get(replica).put(frames.request(number, request, true, alone));
                }
            }
        }

        /** Replicas that do not get the requests send their results all the same. */
        private void listen(ReplicaConnection connection) {
            if (setup.mode() == GroupClientSetup.Mode.HOME) {
                connection.put(messages.encode(new ClientMessage.Listen(number)));
            }
        }

        private void reply(int replica, ClientMessage.Reply reply) {
            OpenRequest request = requests.get(reply.sequence());
            if (request == null) {
                return;
            }
            switch (request.reply(replica, reply, setup.trust())) {
                case WAIT -> {}
                case RESULT_MISSING ->
                    loop.after(RESULT_MICROS, () -> {
                        if (requests.get(request.sequence()) == request) {
                            send(request);
                        }
                    });
                case ANSWERED -> {
                    requests.remove(request.sequence());
                    secrets.remove(request.sequence());
                    open.decrementAndGet();
                    request.complete();
                }
            }
        }

        private void refused(int replica, ClientMessage.Refused refused) {
            OpenRequest request = requests.get(refused.sequence());
            if (setup.isOfThePast(refused.reason())) {
                return; // it is asked again, and encrypted again, as soon as this client has followed the group
            }
            if (request != null && isHomed(request) && request.attempts() == 1) {
                connections.leaveHome(replica);
                send(request);
            } else if (request != null && request.refused(replica, setup.trust())) {
                requests.remove(request.sequence());
                secrets.remove(request.sequence());
                if (request.seal() == null) {
                    unused.add(request.sequence());
                } else {
                    // Whoever kept it may have it ordered still: under this number nothing else is asked for.
                    spent = true;
                }
                open.decrementAndGet();
                request.future().completeExceptionally(new GroupException(refused.reason()));
            }
        }

        /** A request that nobody waits for any more is repeated too: unexecuted, it would close the window. */
        private void repeat(long nowNanos) {
            int before = connections.home();
            for (OpenRequest request : requests.values()) {
                if (request.isLate(nowNanos)) {
                    request.future().completeExceptionally(new TimeoutException("the group did not answer in time"));
                }
                int doublings = Math.min(Math.max(0, request.attempts() - 1), REPEAT_DOUBLINGS_MAX);
                boolean alone = isHomed(request) && request.attempts() == 1;
                long patience = alone ? HOME_NANOS : REPEAT_NANOS << doublings;
                if (nowNanos - request.sentNanos() > patience) {
                    if (alone && before == connections.home()) {
                        connections.leaveHome(before);
                    }
                    send(request);
                }
            }
        }

        private void fail(String reason) {
            requests.values().forEach(request -> request.future().completeExceptionally(new GroupException(reason)));
            requests.clear();
            sealing.values().forEach(future -> future.completeExceptionally(new GroupException(reason)));
            sealing.clear();
            secrets.clear();
        }
    }

    private void look() {
        if (!closed) {
            long now = System.nanoTime();
            sessions.values().forEach(session -> session.repeat(now));
            loop.after(LOOK_MICROS, this::look);
        }
    }

    /** What replicas say. */
    private final class Arrivals implements ReplicaConnection.Sink {
        @Override
        public void welcomed(int replica) {
            sessions.values().forEach(session -> session.sendTo(replica));
        }

        @Override
        public void followed(ReplicaConnection from, byte[] step) {
            GroupClient.this.step(from, step);
        }

        @Override
        public void message(int replica, ClientMessage message) {
            switch (message) {
                case ClientMessage.Reply reply ->
                    Optional.ofNullable(sessions.get(reply.session())).ifPresent(one -> one.reply(replica, reply));
                case ClientMessage.Refused refused ->
                    Optional.ofNullable(sessions.get(refused.session()))
                            .ifPresent(one -> one.refused(replica, refused));
                case ClientMessage.Reading reading -> reads.reading(replica, reading);
                case ClientMessage.Shown shown -> reads.shown(replica, shown);
                case ClientMessage.Unread unread -> reads.unread(replica, unread);
                // The connection takes welcomes and what ends it, and only a corrupt replica asks.
                default -> {}
            }
        }
    }

    /** Closes the connections; what is open fails. */
    @Override
    public void close() throws IOException {
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        blocking.shutdown();
        loop.close();
    }
}
