package org.maftia.server.channel;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.maftia.client.transport.EventLoop;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.replica.Recollection;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.journal.Beginning;
import org.maftia.server.link.Links;
import org.maftia.server.runtime.AutomatonLoop;
import org.maftia.server.runtime.Life;
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

    private final AutomatonLoop<Consumer<P>, E> inside;
    private final Consumer<E> sink;
    private final Consumer<String> stopped;
    private final FaultStructure trust;

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
        this.sink = sink;
        this.stopped = stopped;
        this.trust = setup.trust();
        SteeredClock clock = new SteeredClock();
        boolean amnesiac = beginning.lost() != null;
        Node<Consumer<P>, E> node = new Node<>(
                setup.self(),
                setup.trust(),
                setup.limits(),
                clock.nowMicros(),
                (Port<Object, E> port) -> new Stage<>(port, plan.maker, amnesiac));
        AutomatonLoop.Setup part = new AutomatonLoop.Setup(
                setup.self(),
                setup.name() + "-" + setup.self(),
                Links.bySeat(setup.peers()),
                setup.identity(),
                plan.bound,
                setup.limits().frameLengthMax(),
                setup.directory(),
                Life.next(setup.directory(), clock.nowMicros()),
                Optional.empty(),
                setup.events());
        this.inside = new AutomatonLoop<>(part, beginning, loop, clock, plan.corruption.apply(node), new Shell(), true);
        inside.start(setup.address());
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
            engine.inside.begin();
            return engine;
        } catch (IOException | RuntimeException e) {
            beginning.storage().close();
            if (loop != null) {
                loop.close();
            }
            throw e;
        }
    }

    private final class Shell implements AutomatonLoop.Owner<Consumer<P>, E> {
        @Override
        public Consumer<P> connected(int peer) {
            return part -> part.nudge(peer);
        }

        @Override
        public void output(E output) {
            sink.accept(output);
        }

        @Override
        public Optional<Recollection.Jury> jury() {
            return Optional.of(Recollection.Jury.of(trust));
        }

        /** Whether the protocol has a place for who forgot something or not: it is the user who begins again. */
        @Override
        public Optional<AutomatonLoop.Anew<Consumer<P>, E>> renew(String reason) {
            return Optional.empty();
        }

        @Override
        public void turned(boolean acted, boolean followed) {
            if (acted) {
                countTurn();
            }
        }

        @Override
        public void stopped(String reason) {
            stopped.accept(reason);
            countTurn();
        }
    }

    /**
     * Has the protocol do something, and waits until it is done; what it sends and records follows by itself.
     *
     * @throws IOException when the member has stopped
     */
    <T> T call(Function<P, T> action) throws IOException, InterruptedException {
        CompletableFuture<T> result = new CompletableFuture<>();
        inside.post(
                () -> inside.input(part -> result.complete(action.apply(part))),
                () -> result.completeExceptionally(new IOException("this member has stopped")));
        while (true) {
            try {
                return result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                if (inside.isOver()) {
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
        inside.close();
    }

    /** No corruption. */
    static <P extends Part, E> UnaryOperator<Automaton<Consumer<P>, E>> honest() {
        return automaton -> automaton;
    }
}
