package org.maftia.server.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.ordering.Request;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.server.gateway.CertifiedState;
import org.maftia.server.gateway.Submission;
import org.maftia.server.journal.Beginning;
import org.maftia.server.journal.Storage;
import org.maftia.server.link.Links;

/** A replica that runs, from {@link #start} to {@link #close}. */
public final class ReplicaRuntime implements CertifiedState, AutoCloseable {
    /**
     * How long the thread looks for more before it sleeps, giving way to others meanwhile: about what waking it again
     * costs on a sleeping core, so that a working cluster of a few processes does not put its cores to sleep.
     */
    private static final long SPIN_MICROS = Long.getLong("maftia.spinMicros", 20);

    /** Frames kept for a peer that is away. What is lost beyond is repaired by state. */
    private static final int RESEND_FRAMES_OF_MAX_LENGTH = 4;

    /** What a group that changes puts before each frame: the name of its configuration. */
    private static final int ADDRESS_LENGTH_MAX = 32;

    private static final long STATUS_MILLIS_MAX = 5_000;
    private static final int JOURNAL_ID_LENGTH = 16;

    private final ReplicaSetup setup;
    private final EventLoop loop;
    private final ExecutorService handshakes;
    private final SteeredClock clock = new SteeredClock();
    private final Storage storage;
    private final ReplicaSetup.Made made;
    private final Automaton<Input, Output> automaton;
    private final Links links;
    private final ClientPort clients;
    private final GatewaySession gateway;
    private final ComputePool pool;
    private final BlameLedger blames;
    private final CompletableFuture<String> stopped = new CompletableFuture<>();
    private final Thread thread;
    private final InetSocketAddress linkAddress;
    private final InetSocketAddress clientAddress;

    private volatile @Nullable CertifiedView certified;
    private long membershipVersion = -1;
    private boolean halted;
    private long turns;
    private long busyTurns;
    private long frames;
    private long commits;
    private long commitNanos;
    private long records;
    private long recordBytes;

    private ReplicaRuntime(ReplicaSetup setup, Beginning beginning, EventLoop loop) throws IOException {
        this.setup = setup;
        this.loop = loop;
        this.storage = beginning.storage();
        String name = "replica-" + setup.self();
        this.handshakes = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name + "-handshakes").factory());
        long life = Life.next(setup.keys(), clock.nowMicros());
        this.blames = new BlameLedger();
        this.pool = new ComputePool(loop, name, new Results());
        this.made = setup.factory().make(beginning.lost() != null, clock.nowMicros());
        this.automaton = made.automaton();
        Links.Settings linkSettings = new Links.Settings(
                setup.self(),
                setup.peers(),
                setup.identity(),
                setup.configuration(),
                setup.limits().frameLengthMax() + ADDRESS_LENGTH_MAX,
                (long) RESEND_FRAMES_OF_MAX_LENGTH * setup.limits().frameLengthMax(),
                life);
        this.links = new Links(loop, linkSettings, handshakes, new Network());
        this.clients = new ClientPort(loop, setup, handshakes, pool::isCongested, this::feed);
        this.gateway = new GatewaySession(
                loop, setup.self(), life, setup.gatewayTimeoutMicros(), setup.limits(), this::submit);
        if (beginning.lost() != null) {
            setup.events().journalLost(beginning.lost());
        }
        automaton.start(beginning.records());
        followMembership();
        followClients();
        // What a restart sends waits for the links.
        this.linkAddress = links.start(setup.linkAddress());
        this.clientAddress = clients.start(setup.clientAddress());
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
    }

    /**
     * Reads the journal and starts; clients and peers are served from then on, in whatever order replicas start.
     *
     * @throws IOException when an address cannot be bound, or the data are in use or unreadable
     */
    public static ReplicaRuntime start(ReplicaSetup setup) throws IOException {
        SecureRandom random = new SecureRandom();
        Beginning beginning = Beginning.open(setup.keys(), setup.data(), setup.journal(), () -> {
            byte[] id = new byte[JOURNAL_ID_LENGTH];
            random.nextBytes(id);
            return id;
        });
        return start(setup, beginning);
    }

    /** Starts on storage that was opened already: for tests that break it. */
    static ReplicaRuntime start(ReplicaSetup setup, Beginning beginning) throws IOException {
        EventLoop loop = null;
        try {
            loop = new EventLoop(SPIN_MICROS);
            ReplicaRuntime runtime = new ReplicaRuntime(setup, beginning, loop);
            runtime.thread.start();
            return runtime;
        } catch (IOException | RuntimeException e) {
            beginning.storage().close();
            if (loop != null) {
                loop.close();
            }
            throw e;
        }
    }

    private void run() {
        try {
            loop.run(this::turn);
            halt("closed");
        } catch (RuntimeException | Error e) {
            setup.events().failed(e);
            halt("the replica broke an invariant of its own: " + e);
        } finally {
            storage.close();
        }
    }

    /** Everything that came in has reached the automaton: lets it act, once for all of it. */
    private long turn() {
        turns++;
        long now = clock.nowMicros();
        if (automaton.nextWakeMicros() <= now) {
            automaton.tick(now);
        }
        Ready<Output> ready = automaton.drain();
        boolean changed = followMembership(); // first, as what is to be sent may be for newcomers
        if (!ready.isEmpty()) {
            busyTurns++;
            carryOut(ready);
        }
        if (changed) {
            followClients(); // last, as some are still to be answered
        }
        links.flush();
        clients.flush();
        long wake = automaton.nextWakeMicros();
        return wake == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, wake - clock.nowMicros());
    }

    /** Links are those of the configurations in which this replica takes part now. True when that changed. */
    private boolean followMembership() {
        ReplicaSetup.Membership membership = made.membership();
        if (membership == null || membership.version() == membershipVersion) {
            return false;
        }
        membershipVersion = membership.version();
        links.members(membership.peers());
        return true;
    }

    private void followClients() {
        ReplicaSetup.Membership membership = made.membership();
        if (membership != null) {
            clients.follow(membership);
        }
    }

    private void carryOut(Ready<Output> ready) {
        if (!ready.storage().isEmpty() && !makeDurable(ready.storage())) {
            return;
        }
        for (Ready.Outgoing outgoing : ready.sends()) {
            links.send(outgoing.to(), outgoing.frame());
        }
        for (Output output : ready.outputs()) {
            hand(output);
        }
        for (Ready.Computation computation : ready.computations()) {
            pool.submit(computation);
        }
        for (Ready.Blame blame : ready.blames()) {
            blame(blame.replica(), blame.rule(), blame.path().toString());
        }
    }

    private boolean makeDurable(List<Ready.Storage> changes) {
        long before = System.nanoTime();
        Storage.Commit commit = storage.commit(changes);
        commitNanos += System.nanoTime() - before;
        commits++;
        for (Ready.Storage change : changes) {
            if (change instanceof Ready.Storage.Append append) {
                records++;
                recordBytes += append.record().length;
            }
        }
        if (commit instanceof Storage.Failed failure) {
            String reason = failure.cause() == Storage.Cause.DISK_FULL
                    ? "the disk is full: " + failure.detail()
                    : "the disk failed: " + failure.detail();
            setup.events().storageFailed(reason);
            halt(reason);
            loop.stop();
            return false;
        }
        return true;
    }

    private void hand(Output output) {
        switch (output) {
            case Output.Reply reply -> {
                if (gateway.owns(reply.id())) {
                    gateway.reply(reply);
                } else {
                    clients.reply(reply);
                }
            }
            case Output.Refused refused -> {
                if (gateway.owns(refused.id())) {
                    gateway.refused(refused);
                } else {
                    clients.refused(refused);
                }
            }
            case Output.Reading reading -> clients.reading(reading);
            case Output.Unread unread -> clients.unread(unread);
            case Output.Certified now -> {
                certified = now.view();
                clients.show(now.view());
            }
            case Output.HeldOff held -> clients.heldOff(held);
            case Output.Notice notice -> setup.events().notice(notice.text());
        }
    }

    private void blame(int replica, String rule, String path) {
        setup.events().blamed(replica, rule, path, blames.count(replica, rule));
    }

    private void submit(Request request) {
        feed(new Input.Submit(request));
    }

    private void feed(Input input) {
        automaton.input(input, clock.nowMicros());
    }

    private final class Network implements Links.Listener {
        @Override
        public void received(int peer, byte[] frame) {
            frames++;
            automaton.received(peer, frame, clock.nowMicros());
        }

        @Override
        public void connected(int peer) {
            setup.events().linkUp(peer);
            automaton.input(new Input.Connected(peer), clock.nowMicros());
        }

        @Override
        public void disconnected(int peer, String reason) {
            setup.events().linkDown(peer, reason);
        }

        @Override
        public void violated(int peer, String rule) {
            blame(peer, rule, "link");
        }

        @Override
        public void refused(String address, String reason) {
            setup.events().refused("link", address, reason);
        }
    }

    private final class Results implements ComputePool.Sink {
        @Override
        public void computed(long id, Object result) {
            if (!halted) {
                automaton.computed(id, result, clock.nowMicros());
            }
        }

        @Override
        public void failed(Throwable failure) {
            throw new IllegalStateException("a computation failed", failure);
        }
    }

    /** Ends all traffic at once: nothing that was not made durable may leave. */
    private void halt(String reason) {
        if (halted) {
            return;
        }
        halted = true;
        gateway.stop("the replica has stopped");
        pool.close();
        handshakes.shutdown();
        @Nullable IOException failure = null;
        try {
            clients.close();
        } catch (IOException e) {
            failure = e;
        }
        try {
            links.close();
        } catch (IOException e) {
            failure = e;
        }
        stopped.complete(failure == null ? reason : reason + "; closing sockets: " + failure.getMessage());
    }

    @Override
    public Optional<CertifiedView> certified() {
        return Optional.ofNullable(certified);
    }

    @Override
    public void certify() {
        give(new Input.Certify());
    }

    /** Hands an input of the shell to the replica; any thread may. */
    public void give(Input input) {
        loop.post(() -> {
            if (!halted) {
                feed(input);
            }
        });
    }

    /**
     * What the question answers on the replica's own thread. Any thread but that one may ask.
     *
     * @throws TimeoutException when the loop does not answer, or the replica has stopped
     */
    public <T extends Object> T ask(Supplier<T> question) throws TimeoutException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.post(() -> answer.complete(question.get()));
        try {
            return answer.get(STATUS_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer is always given", e);
        }
    }

    /** The way of this replica's gateways into the log. */
    public Submission submission() {
        return gateway;
    }

    /** Where links are accepted. */
    public InetSocketAddress linkAddress() {
        return linkAddress;
    }

    /** Where clients are accepted. */
    public InetSocketAddress clientAddress() {
        return clientAddress;
    }

    /** Completes with the reason when the replica has stopped, by itself or by {@link #close}. */
    public CompletableFuture<String> stopped() {
        return stopped.copy();
    }

    /**
     * Where the replica stands now. Any thread but its own may call.
     *
     * @throws TimeoutException when the loop does not answer, or the replica has stopped
     */
    public RuntimeStatus status() throws TimeoutException, InterruptedException {
        return ask(this::statusNow);
    }

    private RuntimeStatus statusNow() {
        SortedMap<String, Long> counters = new TreeMap<>();
        counters.put("turns", turns);
        counters.put("busyTurns", busyTurns);
        counters.put("framesReceived", frames);
        counters.put("commits", commits);
        counters.put("commitMicros", commitNanos / 1000);
        counters.put("records", records);
        counters.put("recordBytes", recordBytes);
        counters.put("computations", pool.done());
        counters.put("computationsWaiting", (long) pool.waiting());
        counters.put("linkRefusals", links.refusals());
        counters.put("gatewayOpen", (long) gateway.open());
        counters.put(
                "heapBytes",
                Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        clients.count(counters);
        return new RuntimeStatus(made.status().get(), links.status(), blames.entries(), counters);
    }

    /** Breaks the connection to a peer, which is then made anew: for drills. */
    public void disconnect(int peer) {
        loop.post(() -> links.disconnect(peer));
    }

    /** Stops, after what was begun in this turn; the journal holds all that peers may rely on. */
    @Override
    public void close() throws IOException {
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.close();
    }
}
