package org.maftia.server.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
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
import org.maftia.core.keys.HeldKey;
import org.maftia.core.ordering.Request;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.gateway.CertifiedState;
import org.maftia.server.gateway.Submission;
import org.maftia.server.journal.Beginning;
import org.maftia.server.journal.Position;
import org.maftia.server.journal.Storage;
import org.maftia.server.link.LinkStatus;
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

    /** After this time without a quorum's word the operator is told what it waits for; then every minute. */
    private static final long WORD_MICROS = 10_000_000;

    private static final long WORD_AGAIN_MICROS = 60_000_000;

    /** A minute of a peer's memory may be told less of after a crash of this replica. */
    private static final long HEARD_MICROS = 60_000_000;

    private final ReplicaSetup setup;
    private final EventLoop loop;
    private final ExecutorService handshakes;
    private final SteeredClock clock = new SteeredClock();
    private final Links links;
    private final Heard heard;
    private final ClientPort clients;
    private final GatewaySession gateway;
    private final ComputePool pool;
    private final BlameLedger blames;
    private final CompletableFuture<String> stopped = new CompletableFuture<>();
    private final Thread thread;
    private final InetSocketAddress linkAddress;
    private final InetSocketAddress clientAddress;

    private volatile @Nullable CertifiedView certified;
    private Storage storage;
    private ReplicaSetup.Made made;
    private Automaton<Input, Output> automaton;

    /** Set while it is not known whether the own memory is the newest one: nothing leaves then. */
    private @Nullable Doubt doubt;

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
                life,
                storage.position());
        this.links = new Links(loop, linkSettings, handshakes, new Network());
        this.heard = new Heard(setup.keys());
        links.recall(heard.read());
        this.clients = new ClientPort(loop, setup, handshakes, pool::isCongested, this::feed);
        this.gateway = new GatewaySession(
                loop, setup.self(), life, setup.gatewayTimeoutMicros(), setup.limits(), this::submit);
        if (beginning.lost() != null) {
            setup.events().journalLost(beginning.lost());
        }
        automaton.start(beginning.records());
        this.doubt = beginning.lost() == null ? doubt() : null;
        followMembership();
        followClients();
        // What a restart sends waits for the links.
        this.linkAddress = links.start(setup.linkAddress());
        this.clientAddress = clients.start(setup.clientAddress());
        this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
        if (doubt != null) {
            loop.after(WORD_MICROS, this::remind);
        }
        loop.after(HEARD_MICROS, this::keepHeardAgain);
    }

    /**
     * Reads the journal and starts; clients and peers are served from then on, in whatever order replicas start.
     *
     * @throws IOException when an address cannot be bound, or the data are in use or unreadable
     */
    public static ReplicaRuntime start(ReplicaSetup setup) throws IOException {
        long nowMicros = TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
        return start(
                setup, Beginning.open(setup.keys(), setup.data(), setup.journal(), SystemEntropy.INSTANCE, nowMicros));
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
        if (doubt != null) {
            links.flush();
            clients.flush();
            return Long.MAX_VALUE;
        }
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
        links.mark(storage.position());
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
            setup.events().storageFailed(failure.sentence());
            halt(failure.sentence());
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
            // No process keeps keys by itself yet: nothing of it uses them.
            case Output.Renewed renewed -> renewed.held().ifPresent(HeldKey::close);
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
            if (doubt == null) {
                automaton.received(peer, frame, clock.nowMicros());
            } else {
                doubt.frames.keep(peer, frame);
            }
        }

        @Override
        public void remembered(int peer, Position mine) {
            if (doubt != null) {
                doubt.recollection.heard(peer, mine);
                decide(doubt);
            }
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

    /** @param frames what came in meanwhile */
    private record Doubt(Recollection recollection, EarlyFrames frames) {}

    private @Nullable Doubt doubt() {
        Optional<Recollection.Jury> jury = made.jury().get();
        if (jury.isEmpty()) {
            return null;
        }
        Recollection recollection = new Recollection(jury.get(), setup.self(), storage.position());
        return recollection.verdict() == Recollection.Verdict.OPEN
                ? new Doubt(recollection, new EarlyFrames(setup.limits().frameLengthMax()))
                : null;
    }

    /** Goes on once it is known whether the own memory is the newest one; without it where it is not. */
    private void decide(Doubt now) {
        switch (now.recollection.verdict()) {
            case OPEN -> {
                return;
            }
            case NEWEST -> doubt = null;
            case OLD -> {
                if (!forget()) {
                    return;
                }
                doubt = null;
            }
        }
        now.frames.handTo((peer, frame) -> automaton.received(peer, frame, clock.nowMicros()));
        links.status().stream()
                .filter(LinkStatus::up)
                .forEach(link -> automaton.input(new Input.Connected(link.peer()), clock.nowMicros()));
    }

    /**
     * The data are an older copy of themselves: this replica said more than they hold, and may contradict it. So they count
     * as lost; what they hold is moved aside, and the automaton that was made of it has said nothing yet.
     */
    private boolean forget() {
        String reason = "the data are older than what peers heard from it: an old copy was put in their place";
        storage.close();
        try {
            Beginning anew = Beginning.renew(
                    setup.keys(), setup.data(), setup.journal(), SystemEntropy.INSTANCE, clock.nowMicros(), reason);
            storage = anew.storage();
        } catch (IOException e) {
            setup.events().storageFailed(String.valueOf(e.getMessage()));
            halt("no new journal in the place of an old one: " + e.getMessage());
            loop.stop();
            return false;
        }
        setup.events().journalLost(reason);
        links.mark(storage.position());
        made = setup.factory().make(true, clock.nowMicros());
        automaton = made.automaton();
        automaton.start(List.of());
        membershipVersion = -1;
        return true;
    }

    private void keepHeardAgain() {
        if (!halted) {
            keepHeard();
            loop.after(HEARD_MICROS, this::keepHeardAgain);
        }
    }

    /** What peers are told when they come back outlives this process; without it they are told less. */
    private void keepHeard() {
        try {
            heard.write(links.remembered());
        } catch (IOException e) {
            setup.events().notice("how far the peers had come is not kept: " + e.getMessage());
        }
    }

    private void remind() {
        if (doubt != null && !halted) {
            setup.events()
                    .waitsForWord(List.copyOf(doubt.recollection.heard()), List.copyOf(doubt.recollection.later()));
            loop.after(WORD_AGAIN_MICROS, this::remind);
        }
    }

    /** Ends all traffic at once: nothing that was not made durable may leave. */
    private void halt(String reason) {
        if (halted) {
            return;
        }
        halted = true;
        keepHeard();
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
