package org.maftia.server.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.Recollection;
import org.maftia.core.wire.Digest;
import org.maftia.server.journal.Beginning;
import org.maftia.server.journal.Position;
import org.maftia.server.journal.Storage;
import org.maftia.server.link.LinkStatus;
import org.maftia.server.link.Links;

/**
 * One automaton between network, disk and clock, on one thread. Nothing leaves before all that was recorded up to then is
 * durable; when storage fails, nothing leaves any more. Nothing leaves either while it is not known whether the journal is
 * the newest one that this member had ({@link Recollection}).
 *
 * <p>All in turns: whatever came in reaches the automaton, then it acts once for all of it, one sync, one write for each peer.
 *
 * @param <I> inputs of the automaton
 * @param <O> its outputs
 */
public final class AutomatonLoop<I, O> {
    /** Frames kept for a peer that is away. What is lost beyond is repaired by state. */
    private static final int RESEND_FRAMES_OF_MAX_LENGTH = 4;

    /** After this time without a quorum's word the operator is told what it waits for; then every minute. */
    private static final long WORD_MICROS = 10_000_000;

    private static final long WORD_AGAIN_MICROS = 60_000_000;

    /** A minute of a peer's memory may be told less of after a crash of this member. */
    private static final long HEARD_MICROS = 60_000_000;

    private static final String OLD =
            "the data are older than what peers heard from it: an old copy was put in their place";

    /** Whose automaton it is. Called on the thread of the loop, from {@link #start} on. */
    public interface Owner<I, O> {
        /** The input that says that the link to a peer is up (again): whatever was under way may be lost. */
        I connected(int peer);

        /** Takes what comes out, in the turn in which it is durable. */
        void output(O output);

        /** Who can tell whether the journal is the newest one; empty: it need not be told, as it contradicts nobody. */
        Optional<Recollection.Jury> jury();

        /** Others who can tell, where the group turns out to have gone on meanwhile; asked in each turn in doubt. */
        default Optional<Recollection.Jury> nextJury() {
            return Optional.empty();
        }

        /**
         * The journal is an old copy, and closed: gives what goes on in its place with a new one, amnesiac, not started.
         * Empty: nothing can that forgot what it said, so this member ends.
         *
         * @throws IOException when there can be no new journal
         */
        Optional<Anew<I, O>> renew(String reason) throws IOException;

        /** An automaton has been started from its journal, before anything of it leaves. */
        default void began() {}

        /** Effects are about to be carried out: the time to follow who the peers are. True when that changed. */
        default boolean follow() {
            return false;
        }

        /**
         * The end of a turn.
         *
         * @param acted whether the automaton did anything
         * @param followed what {@link #follow} said
         */
        void turned(boolean acted, boolean followed);

        /** Everything ends: closes what is the owner's own. */
        default void halting() throws IOException {}

        /** It has ended for this reason. */
        void stopped(String reason);
    }

    /** What goes on after an old copy was found. */
    public record Anew<I, O>(Storage storage, Automaton<I, O> automaton) {}

    /**
     * @param self the seat of this member
     * @param name of the threads
     * @param peers all members by seat, this one included
     * @param identity the key and certificate of the links
     * @param bound what both ends of a link must agree on
     * @param frameLengthMax longest frame of the automaton, in bytes
     * @param directory that outlives the journal
     * @param life names this life of the process
     * @param component the trusted component beside this member; empty where the automaton asks for none
     */
    public record Setup(
            int self,
            String name,
            SortedMap<Integer, Links.Peer> peers,
            TlsIdentity identity,
            Digest bound,
            int frameLengthMax,
            Path directory,
            long life,
            Optional<TrustedComponent> component,
            RuntimeEvents events) {}

    private final Setup setup;
    private final EventLoop loop;
    private final Owner<I, O> owner;
    private final SteeredClock clock;
    private final ExecutorService handshakes;
    private final ComputePool pool;
    private final Optional<TrustedDesk> desk;
    private final Links links;
    private final Heard heard;
    private final BlameLedger blames = new BlameLedger();
    private final Beginning beginning;
    private final Thread thread;

    private Storage storage;
    private Automaton<I, O> automaton;

    /** Set while it is not known whether the own memory is the newest one: nothing leaves then. */
    private @Nullable Doubt doubt;

    private volatile boolean halted;
    private long turns;
    private long busyTurns;
    private long frames;
    private long commits;
    private long commitNanos;
    private long records;
    private long recordBytes;

    /** @param frames what came in meanwhile */
    private record Doubt(Recollection<Position> recollection, EarlyFrames frames) {}

    /**
     * @param automaton not started
     * @param daemon whether the process may end while it runs
     */
    public AutomatonLoop(
            Setup setup,
            Beginning beginning,
            EventLoop loop,
            SteeredClock clock,
            Automaton<I, O> automaton,
            Owner<I, O> owner,
            boolean daemon)
            throws IOException {
        this.setup = setup;
        this.beginning = beginning;
        this.loop = loop;
        this.clock = clock;
        this.automaton = automaton;
        this.owner = owner;
        this.storage = beginning.storage();
        this.handshakes = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(setup.name + "-handshakes").factory());
        this.pool = new ComputePool(loop, setup.name, new Results());
        this.desk = setup.component.map(component -> new TrustedDesk(loop, setup.name, component, new Results()));
        Links.Settings settings = new Links.Settings(
                setup.self,
                setup.peers,
                setup.identity,
                setup.bound,
                setup.frameLengthMax,
                (long) RESEND_FRAMES_OF_MAX_LENGTH * setup.frameLengthMax,
                setup.life,
                storage.position());
        this.links = new Links(loop, settings, handshakes, new Network());
        this.heard = new Heard(setup.directory);
        links.recall(heard.read());
        this.thread = Thread.ofPlatform().daemon(daemon).name(setup.name).unstarted(this::run);
    }

    /**
     * Starts the automaton from its journal, and accepts links; nothing leaves before {@link #run()} does.
     *
     * @return where links are accepted
     */
    public InetSocketAddress start(InetSocketAddress address) throws IOException {
        begin(beginning.records());
        doubt = beginning.lost() == null ? doubt() : null;
        owner.follow();
        InetSocketAddress bound = links.start(address);
        if (doubt != null) {
            loop.after(WORD_MICROS, this::remind);
        }
        loop.after(HEARD_MICROS, this::keepHeardAgain);
        return bound;
    }

    /** Begins the turns. */
    public void begin() {
        thread.start();
    }

    private void begin(List<byte[]> journal) {
        automaton.start(journal);
        owner.began();
    }

    private void run() {
        try {
            loop.run(this::turn);
            halt("closed");
        } catch (RuntimeException | Error e) {
            setup.events.failed(e);
            halt("it broke an invariant of its own: " + e);
        } finally {
            storage.close();
        }
    }

    /** Everything that came in has reached the automaton: lets it act, once for all of it. */
    private long turn() {
        turns++;
        if (doubt != null) {
            reconsider(doubt);
        }
        if (doubt != null || halted) {
            links.flush();
            owner.turned(false, false);
            return Long.MAX_VALUE;
        }
        long now = clock.nowMicros();
        if (automaton.nextWakeMicros() <= now) {
            automaton.tick(now);
        }
        Ready<O> ready = automaton.drain();
        boolean followed = owner.follow(); // first, as what is to be sent may be for newcomers
        boolean acts = !ready.isEmpty();
        if (acts) {
            busyTurns++;
            carryOut(ready);
        }
        links.flush();
        owner.turned(acts, followed);
        long wake = automaton.nextWakeMicros();
        return wake == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, wake - clock.nowMicros());
    }

    private void carryOut(Ready<O> ready) {
        if (!ready.storage().isEmpty() && !makeDurable(ready.storage())) {
            return;
        }
        links.mark(storage.position());
        for (Ready.Outgoing outgoing : ready.sends()) {
            links.send(outgoing.to(), outgoing.frame());
        }
        ready.outputs().forEach(owner::output);
        ready.computations().forEach(pool::submit);
        // A call that nobody carries out would leave the protocol waiting without a word.
        Invariant.check(
                ready.certifications().isEmpty() || desk.isPresent(),
                "no trusted component stands beside this process");
        desk.ifPresent(component -> ready.certifications().forEach(component::ask));
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
            setup.events.storageFailed(failure.sentence());
            stopNow(failure.sentence());
            return false;
        }
        return true;
    }

    private void blame(int replica, String rule, String path) {
        if (!blames.isSettled(replica)) {
            setup.events.blamed(replica, rule, path, blames.count(replica, rule));
        }
    }

    /** What peers did wrong. On the thread of the loop. */
    BlameLedger ledger() {
        return blames;
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
            setup.events.linkUp(peer);
            input(owner.connected(peer));
        }

        @Override
        public void disconnected(int peer, String reason) {
            if (doubt != null) {
                doubt.recollection.left(peer);
            }
            setup.events.linkDown(peer, reason);
        }

        @Override
        public void violated(int peer, String rule) {
            blame(peer, rule, "link");
        }

        @Override
        public void refused(String address, String reason) {
            setup.events.refused("link", address, reason);
        }
    }

    private final class Results implements ComputePool.Sink, TrustedDesk.Sink {
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

        /** Without it this member can certify nothing, and nobody believes what it says otherwise. */
        @Override
        public void lost(String reason) {
            if (!halted) {
                setup.events.componentLost(reason);
                stopNow(reason);
            }
        }
    }

    private @Nullable Doubt doubt() {
        Optional<Recollection.Jury> jury = owner.jury();
        if (jury.isEmpty()) {
            return null;
        }
        Recollection<Position> recollection = new Recollection<>(jury.get(), setup.self, storage.position());
        return recollection.verdict() == Recollection.Verdict.OPEN
                ? new Doubt(recollection, new EarlyFrames(setup.frameLengthMax))
                : null;
    }

    /** The group may have gone on without this member: those who are in it now can tell. */
    private void reconsider(Doubt now) {
        Optional<Recollection.Jury> next = owner.nextJury();
        if (next.isPresent()) {
            now.recollection.judgedBy(next.get());
            decide(now);
        }
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
        links.status().stream().filter(LinkStatus::up).forEach(link -> input(owner.connected(link.peer())));
    }

    /**
     * The data are an older copy of themselves: this member said more than they hold, and may contradict it. So they count
     * as lost; what they hold is moved aside, and the automaton that was made of it has said nothing yet.
     */
    private boolean forget() {
        storage.close();
        Optional<Anew<I, O>> anew;
        String failure = OLD;
        try {
            anew = owner.renew(OLD);
        } catch (IOException e) {
            failure = "no new journal in the place of an old one: " + e.getMessage();
            setup.events.storageFailed(failure);
            anew = Optional.empty();
        }
        if (anew.isEmpty()) {
            stopNow(failure);
            return false;
        }
        storage = anew.get().storage;
        automaton = anew.get().automaton;
        setup.events.journalLost(OLD);
        links.mark(storage.position());
        begin(List.of());
        return true;
    }

    private void remind() {
        if (doubt != null && !halted) {
            setup.events.waitsForWord(List.copyOf(doubt.recollection.heard()), List.copyOf(doubt.recollection.later()));
            loop.after(WORD_AGAIN_MICROS, this::remind);
        }
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
            setup.events.notice("how far the peers had come is not kept: " + e.getMessage());
        }
    }

    /** Ends all traffic at once: nothing that was not made durable may leave. */
    private void halt(String reason) {
        if (halted) {
            return;
        }
        halted = true;
        keepHeard();
        pool.close();
        desk.ifPresent(TrustedDesk::close);
        handshakes.shutdown();
        String end = reason;
        try {
            owner.halting();
        } catch (IOException e) {
            end += "; closing sockets: " + e.getMessage();
        }
        try {
            links.close();
        } catch (IOException e) {
            end += "; closing sockets: " + e.getMessage();
        }
        owner.stopped(end);
    }

    private void stopNow(String reason) {
        halt(reason);
        loop.stop();
    }

    /** Stops for a reason of the owner's; any thread may ask for it. */
    public void stop(String reason) {
        loop.post(() -> stopNow(reason));
    }

    /** Whether it has ended, or never began. */
    public boolean isOver() {
        return !thread.isAlive();
    }

    /** Feeds the automaton, on the thread of the loop. */
    public void input(I input) {
        automaton.input(input, clock.nowMicros());
    }

    /** Has it fed, from any thread; the task is told instead where it has ended. */
    public void post(Runnable feed, Runnable over) {
        loop.post(() -> (halted ? over : feed).run());
    }

    Links links() {
        return links;
    }

    ComputePool pool() {
        return pool;
    }

    /** Does the public-key work of handshakes. */
    ExecutorService handshakes() {
        return handshakes;
    }

    List<RuntimeStatus.Blame> blames() {
        return blames.entries();
    }

    void count(SortedMap<String, Long> counters) {
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
        desk.ifPresent(component -> component.count(counters));
    }

    /** Stops after what was begun in this turn, and waits; the journal holds all that peers may rely on. */
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
}
