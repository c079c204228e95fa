package org.maftia.server.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.Ready;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.journal.Beginning;
import org.maftia.server.journal.Position;
import org.maftia.server.journal.Storage;
import org.maftia.server.link.Links;
import org.maftia.server.runtime.BlameLedger;
import org.maftia.server.runtime.ComputePool;
import org.maftia.server.runtime.EarlyFrames;
import org.maftia.server.runtime.Heard;
import org.maftia.server.runtime.Life;
import org.maftia.server.runtime.Recollection;
import org.maftia.server.runtime.RuntimeEvents;
import org.maftia.server.runtime.SteeredClock;

/**
 * One protocol of one member between network, disk and clock. Nothing leaves before all that was recorded up to then is
 * durable; when storage fails, nothing leaves any more. One thread does it all in turns, as in
 * {@link org.maftia.server.runtime}; others hand it what they want done and wait.
 *
 * @param <P> the protocol, as its users see it
 * @param <E> what comes out of it
 */
final class Engine<P extends Engine.Part, E> implements AutoCloseable {
    /** Frames kept for a peer that is away; what is lost beyond is repaired by the protocols. */
    private static final int RESEND_FRAMES_OF_MAX_LENGTH = 4;

    /** What is handed to an engine that stops in this moment is never done: so often it is looked whether it lives. */
    private static final long LOOK_MILLIS = 100;

    /** What every protocol that runs here must take. */
    interface Part {
        /** The link to a peer is up (again): whatever was under way may be lost. */
        void nudge(int peer);
    }

    /** What runs, and how. */
    record Plan<P extends Part, E>(
            Maker<P, E> maker,
            Digest bound,
            boolean survivesAmnesia,
            UnaryOperator<Automaton<Consumer<P>, E>> corruption) {}

    /** Makes the protocol as a child of the port. */
    interface Maker<P, E> {
        /** @param amnesiac whether this member took part before and forgot what it said */
        P make(Port<Object, E> port, boolean amnesiac);
    }

    private final RuntimeEvents events;
    private final EventLoop loop;
    private final ExecutorService handshakes;
    private final ComputePool pool;
    private final SteeredClock clock = new SteeredClock();
    private final Storage storage;
    private final Automaton<Consumer<P>, E> automaton;
    private final Links links;
    private final BlameLedger blames;
    private final Consumer<E> sink;
    private final Consumer<String> stopped;
    private final Thread thread;

    private final Recollection recollection;
    private final Heard heard;

    /** What came in while it is not known whether the own memory is the newest one: nothing leaves then. Null: it is known. */
    private @Nullable EarlyFrames waiting;

    private boolean halted;
    private long turns;

    /** The root: hands to the protocol what threads want of it. */
    private static final class Stage<P, E> implements Protocol.Root<Consumer<P>, Object> {
        private final P part;

        Stage(Port<Object, E> port, Maker<P, E> maker, boolean amnesiac) {
            this.part = maker.make(port, amnesiac);
        }

        @Override
        public void input(Consumer<P> input) {
            input.accept(part);
        }

        @Override
        public Codec<Object> codec() {
            return Codec.ofNothing();
        }

        @Override
        public void receive(int from, Object message) {}
    }

    private Engine(
            MemberSetup setup,
            Plan<P, E> plan,
            Beginning beginning,
            EventLoop loop,
            Consumer<E> sink,
            Consumer<String> stopped)
            throws IOException {
        this.events = setup.events();
        this.loop = loop;
        this.sink = sink;
        this.stopped = stopped;
        this.storage = beginning.storage();
        this.blames = new BlameLedger();
        String name = setup.name() + "-" + setup.self();
        this.handshakes = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name + "-handshakes").factory());
        this.pool = new ComputePool(loop, name, new Results());
        boolean amnesiac = beginning.lost() != null;
        Node<Consumer<P>, E> node = new Node<>(
                setup.self(),
                setup.trust(),
                setup.limits(),
                clock.nowMicros(),
                (Port<Object, E> port) -> new Stage<>(port, plan.maker, amnesiac));
        this.automaton = plan.corruption.apply(node);
        Links.Settings settings = new Links.Settings(
                setup.self(),
                Links.bySeat(setup.peers()),
                setup.identity(),
                plan.bound,
                setup.limits().frameLengthMax(),
                (long) RESEND_FRAMES_OF_MAX_LENGTH * setup.limits().frameLengthMax(),
                Life.next(setup.directory(), clock.nowMicros()),
                storage.position());
        this.links = new Links(loop, settings, handshakes, new Network());
        this.recollection = new Recollection(Recollection.Jury.of(setup.trust()), setup.self(), storage.position());
        this.waiting = amnesiac || recollection.verdict() != Recollection.Verdict.OPEN
                ? null
                : new EarlyFrames(setup.limits().frameLengthMax());
        this.heard = new Heard(setup.directory());
        links.recall(heard.read());
        automaton.start(beginning.records());
        links.start(setup.address());
        this.thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /**
     * Reads the journal and takes part from then on, in whatever order members start.
     *
     * @param sink takes what comes out, on the engine's thread
     * @param stopped takes the reason when the engine has stopped by itself
     * @throws IOException when the address cannot be bound, or the data are in use or unreadable, or this member forgot what
     *     it said in a protocol that has no place for such a one
     */
    static <P extends Part, E> Engine<P, E> start(
            MemberSetup setup, Plan<P, E> plan, Consumer<E> sink, Consumer<String> stopped) throws IOException {
        Files.createDirectories(setup.directory());
        Beginning beginning = Beginning.open(
                setup.directory(),
                setup.directory().resolve("journal"),
                setup.journal(),
                SystemEntropy.INSTANCE,
                TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()));
        EventLoop loop = null;
        try {
            if (beginning.lost() != null && !plan.survivesAmnesia) {
                throw new IOException("this member has forgotten what it said in " + setup.name() + " ("
                        + beginning.lost() + "), so it takes no part in it any more: begin one of another name");
            }
            loop = new EventLoop(0);
            Engine<P, E> engine = new Engine<>(setup, plan, beginning, loop, sink, stopped);
            engine.thread.start();
            return engine;
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
            events.failed(e);
            halt("it broke an invariant of its own: " + e);
        } finally {
            storage.close();
        }
    }

    private long turn() {
        if (waiting != null || halted) {
            links.flush();
            return Long.MAX_VALUE;
        }
        long now = clock.nowMicros();
        if (automaton.nextWakeMicros() <= now) {
            automaton.tick(now);
        }
        Ready<E> ready = automaton.drain();
        if (!ready.isEmpty()) {
            carryOut(ready);
            countTurn();
        }
        links.flush();
        long wake = automaton.nextWakeMicros();
        return wake == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, wake - clock.nowMicros());
    }

    private void carryOut(Ready<E> ready) {
        if (!ready.storage().isEmpty() && storage.commit(ready.storage()) instanceof Storage.Failed failure) {
            events.storageFailed(failure.sentence());
            halt(failure.sentence());
            loop.stop();
            return;
        }
        links.mark(storage.position());
        for (Ready.Outgoing outgoing : ready.sends()) {
            links.send(outgoing.to(), outgoing.frame());
        }
        ready.outputs().forEach(sink);
        ready.computations().forEach(pool::submit);
        for (Ready.Blame blame : ready.blames()) {
            blame(blame.replica(), blame.rule(), blame.path().toString());
        }
    }

    private void blame(int replica, String rule, String path) {
        events.blamed(replica, rule, path, blames.count(replica, rule));
    }

    private final class Network implements Links.Listener {
        @Override
        public void received(int peer, byte[] frame) {
            if (waiting == null) {
                automaton.received(peer, frame, clock.nowMicros());
            } else {
                waiting.keep(peer, frame);
            }
        }

        @Override
        public void remembered(int peer, Position mine) {
            if (waiting != null) {
                recollection.heard(peer, mine);
                decide(waiting);
            }
        }

        @Override
        public void connected(int peer) {
            events.linkUp(peer);
            automaton.input(part -> part.nudge(peer), clock.nowMicros());
        }

        @Override
        public void disconnected(int peer, String reason) {
            events.linkDown(peer, reason);
        }

        @Override
        public void violated(int peer, String rule) {
            blame(peer, rule, "link");
        }

        @Override
        public void refused(String address, String reason) {
            events.refused("link", address, reason);
        }
    }

    /** Goes on once it is known that the own memory is the newest; an old one might contradict what it forgot. */
    private void decide(EarlyFrames kept) {
        switch (recollection.verdict()) {
            case OPEN -> {}
            case OLD -> {
                waiting = null;
                halt("its journal is older than what other members heard from it: an old copy was put in its place");
                loop.stop();
            }
            case NEWEST -> {
                waiting = null;
                kept.handTo((peer, frame) -> automaton.received(peer, frame, clock.nowMicros()));
            }
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
        String end = reason;
        try {
            heard.write(links.remembered());
        } catch (IOException e) {
            events.notice("how far the other members had come is not kept: " + e.getMessage());
        }
        pool.close();
        handshakes.shutdown();
        try {
            links.close();
        } catch (IOException e) {
            end = reason + "; closing sockets: " + e.getMessage();
        }
        stopped.accept(end);
        countTurn();
    }

    /**
     * Has the protocol do something, and waits until it is done; what it sends and records follows by itself.
     *
     * @throws IOException when the member has stopped
     */
    <T> T call(Function<P, T> action) throws IOException, InterruptedException {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.post(() -> {
            if (halted) {
                result.completeExceptionally(new IOException("this member has stopped"));
            } else {
                automaton.input(part -> result.complete(action.apply(part)), clock.nowMicros());
            }
        });
        while (true) {
            try {
                return result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (!thread.isAlive()) {
                    throw new IOException("this member has stopped", e);
                }
            } catch (ExecutionException e) {
                throw new IOException("this member has stopped: " + e.getMessage(), e);
            }
        }
    }

    private synchronized void countTurn() {
        turns++;
        notifyAll();
    }

    /** Counts what may have changed something. */
    synchronized long turns() {
        return turns;
    }

    /** Waits until there was another turn. */
    synchronized void awaitTurnAfter(long seen) throws InterruptedException {
        while (turns == seen) {
            wait();
        }
    }

    /** Leaves: what was recorded is durable, what was sent may still be under way. */
    @Override
    public void close() throws IOException {
        loop.stop();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        loop.close();
    }

    /** No corruption. */
    static <P extends Part, E> UnaryOperator<Automaton<Consumer<P>, E>> honest() {
        return automaton -> automaton;
    }
}
