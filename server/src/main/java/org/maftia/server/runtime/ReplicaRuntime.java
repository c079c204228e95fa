package org.maftia.server.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Recollection;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.gateway.CertifiedState;
import org.maftia.server.gateway.Submission;
import org.maftia.server.journal.Beginning;
import org.maftia.server.journal.OtherFormatException;

/** A replica that runs, from {@link #start} to {@link #close}. */
public final class ReplicaRuntime implements CertifiedState, AutoCloseable {
    /**
     * How long the thread looks for more before it sleeps, giving way to others meanwhile: about what waking it again
     * costs on a sleeping core, so that a working cluster of a few processes does not put its cores to sleep.
     */
    private static final long SPIN_MICROS = Long.getLong("maftia.spinMicros", 20);

    /** What a group that changes puts before each frame: the name of its configuration. */
    private static final int ADDRESS_LENGTH_MAX = 32;

    private static final long STATUS_MILLIS_MAX = 5_000;

    /** For one look at the world outside: some round trips, and servers that are slow to answer. */
    private static final long OBSERVER_MILLIS_MAX = 30_000;

    private final ReplicaSetup setup;
    private final EventLoop loop;
    private final SteeredClock clock = new SteeredClock();
    private final AutomatonLoop<Input, Output> inside;
    private final ClientPort clients;
    private final GatewaySession gateway;
    private final ObserverPool observers;
    private final CompletableFuture<String> stopped = new CompletableFuture<>();
    private final InetSocketAddress linkAddress;
    private final InetSocketAddress clientAddress;

    private volatile @Nullable CertifiedView certified;
    private final long life;
    private ReplicaSetup.Made made;

    /** The configuration whose members say whether the journal is the newest one. */
    private @Nullable Digest judged;

    private long membershipVersion = -1;

    /** The configuration in which peers are blamed. */
    private @Nullable Digest configuration;

    /** How often each service broke. */
    private final SortedMap<String, Long> failures = new TreeMap<>();

    private ReplicaRuntime(ReplicaSetup setup, Beginning beginning, EventLoop loop) throws IOException {
        this.setup = setup;
        this.loop = loop;
        this.life = Life.next(setup.keys(), clock.nowMicros());
        this.made = setup.factory().make(beginning.lost() != null, clock.nowMicros(), life);
        AutomatonLoop.Setup part = new AutomatonLoop.Setup(
                setup.self(),
                "replica-" + setup.self(),
                setup.peers(),
                setup.identity(),
                setup.configuration(),
                setup.limits().frameLengthMax() + ADDRESS_LENGTH_MAX,
                setup.keys(),
                life,
                setup.component(),
                setup.events());
        this.inside = new AutomatonLoop<>(part, beginning, loop, clock, made.automaton(), new Shell(), false);
        this.clients = new ClientPort(loop, setup, inside.handshakes(), inside.pool()::isCongested, inside::input);
        this.gateway = new GatewaySession(
                loop,
                setup.self(),
                life,
                setup.gatewayTimeoutMicros(),
                setup.limits(),
                request -> inside.input(new Input.Submit(request)),
                inside::input);
        this.observers = new ObserverPool(
                setup.observers(),
                OBSERVER_MILLIS_MAX,
                this::give,
                text -> loop.post(() -> setup.events().notice(text)));
        if (beginning.lost() != null) {
            setup.events().journalLost(beginning.lost());
        }
        // What a restart sends waits for the links.
        this.linkAddress = inside.start(setup.linkAddress());
        followClients();
        this.clientAddress = clients.start(setup.clientAddress());
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
            setup.component().ifPresent(component -> runtime.begin(component));
            runtime.inside.begin();
            return runtime;
        } catch (MalformedException e) {
            end(beginning, loop);
            // Journals carry checksums: what is whole and cannot be read was written so.
            throw new OtherFormatException(setup.data(), String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            end(beginning, loop);
            throw e;
        }
    }

    private void begin(TrustedComponent component) {
        component.begin(
                (seat, bytes) -> give(new Input.Carried(seat, bytes)),
                failure -> loop.post(() -> {
                    throw new IllegalStateException("a roll call of trusted components failed", failure);
                }));
    }

    private static void end(Beginning beginning, @Nullable EventLoop loop) throws IOException {
        beginning.storage().close();
        if (loop != null) {
            loop.close();
        }
    }

    /** What a replica has beside what every member has: clients, gateways, and a group that changes. */
    private final class Shell implements AutomatonLoop.Owner<Input, Output> {
        @Override
        public Input connected(int peer) {
            return new Input.Connected(peer);
        }

        @Override
        public void output(Output output) {
            hand(output);
        }

        @Override
        public Optional<Recollection.Jury> jury() {
            ReplicaSetup.Membership membership = made.membership();
            judged = membership == null ? null : membership.configuration();
            return made.jury().get();
        }

        @Override
        public Optional<Recollection.Jury> nextJury() {
            ReplicaSetup.Membership membership = made.membership();
            if (membership == null || !follow()) {
                return Optional.empty();
            }
            followClients();
            return membership.configuration().equals(judged) ? Optional.empty() : jury();
        }

        @Override
        public Optional<AutomatonLoop.Anew<Input, Output>> renew(String reason) throws IOException {
            Beginning anew = Beginning.renew(
                    setup.keys(), setup.data(), setup.journal(), SystemEntropy.INSTANCE, clock.nowMicros(), reason);
            made = setup.factory().make(true, clock.nowMicros(), life);
            membershipVersion = -1;
            return Optional.of(new AutomatonLoop.Anew<>(anew.storage(), made.automaton()));
        }

        @Override
        public void began() {
            ReplicaSetup.Membership membership = made.membership();
            if (membership != null) {
                membership.told().forEach(inside::input);
            }
        }

        /** Links are those of the configurations in which this replica takes part now. */
        @Override
        public boolean follow() {
            ReplicaSetup.Membership membership = made.membership();
            if (membership == null || membership.version() == membershipVersion) {
                return false;
            }
            membershipVersion = membership.version();
            inside.links().members(membership.peers());
            if (!membership.configuration().equals(configuration)) {
                configuration = membership.configuration();
                inside.ledger().forgiveAll();
            }
            return true;
        }

        @Override
        public void turned(boolean acted, boolean followed) {
            if (followed) {
                followClients(); // last, as some are still to be answered
            }
            clients.flush();
        }

        @Override
        public void halting() throws IOException {
            gateway.stop("the replica has stopped");
            observers.close();
            clients.close();
        }

        @Override
        public void stopped(String reason) {
            stopped.complete(reason);
        }
    }

    private void followClients() {
        ReplicaSetup.Membership membership = made.membership();
        if (membership != null) {
            clients.follow(membership);
        }
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
            case Output.Renewed renewed -> setup.events().renewed(renewed.key(), renewed.holds());
            case Output.Peeked peeked -> gateway.peeked(peeked);
            case Output.Signature signature -> gateway.signed(signature);
            case Output.Observe question -> observers.look(question);
            case Output.Broken broken -> broke(broken);
            case Output.Excluded out -> {
                if (out.by().isEmpty()) {
                    inside.ledger().forgive(out.replica());
                } else {
                    inside.ledger().settle(out.replica());
                }
                setup.events().excluded(out.replica(), out.by(), out.slot());
            }
            case Output.TrustedView view -> {
                setup.component().ifPresent(component -> component.entered(view.number(), view.members()));
                setup.events().trustedView(view.number(), view.members());
            }
            case Output.Delivered delivered ->
                setup.component().ifPresent(component -> component.delivered(delivered.peer(), delivered.bytes()));
            case Output.Notice notice -> setup.events().notice(notice.text());
        }
    }

    /** A hostile client may know how to break a service: it does not get to fill the log of events. */
    private void broke(Output.Broken broken) {
        long count = failures.merge(broken.service(), 1L, Long::sum);
        if (Long.bitCount(count) == 1) {
            setup.events().broke(broken.service(), broken.slot(), count, broken.cause());
        }
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
        inside.post(() -> inside.input(input), () -> {});
    }

    /**
     * What the question answers on the replica's own thread. Any thread but that one may ask. A question changes nothing, so one that
     * fails concerns nobody but who asked.
     *
     * @throws TimeoutException when the loop does not answer, or the replica has stopped
     * @throws IllegalStateException when the question failed
     */
    public <T extends Object> T ask(Supplier<T> question) throws TimeoutException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.post(() -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        try {
            return answer.get(STATUS_MILLIS_MAX, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the question failed", e.getCause());
        }
    }

    /** The way of this replica's gateways into the log. */
    public Submission submission() {
        return gateway;
    }

    /** Stops for a reason of the shell's; any thread may ask for it. */
    public void stop(String reason) {
        inside.stop(reason);
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
        inside.count(counters);
        counters.put("gatewayOpen", (long) gateway.open());
        counters.put(
                "heapBytes",
                Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        counters.put(
                "serviceFailures",
                failures.values().stream().mapToLong(Long::longValue).sum());
        clients.count(counters);
        return new RuntimeStatus(made.status().get(), inside.links().status(), inside.blames(), counters);
    }

    /** Breaks the connection to a peer, which is then made anew: for drills. */
    public void disconnect(int peer) {
        loop.post(() -> inside.links().disconnect(peer));
    }

    /** Stops, after what was begun in this turn; the journal holds all that peers may rely on. */
    @Override
    public void close() throws IOException {
        inside.close();
    }
}
