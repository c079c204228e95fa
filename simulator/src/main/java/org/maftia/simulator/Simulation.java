package org.maftia.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Ready;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.Choices.Purpose;
import org.maftia.simulator.corrupt.Grammar;

/**
 * One run of a whole group, a function of its seed: same seed, same events, bit for bit. First faults rage; then the
 * correct replicas of a random quorum are healed, and must converge in bounded steps. The subject's promises are
 * checked at every output.
 *
 * @param <I> inputs of a replica
 * @param <O> outputs of a replica
 */
public final class Simulation<I, O> {
    /** Events after healing in which the core must converge, for each replica: a hundred times what a calm run takes. */
    private static final int HEALED_STEPS_PER_REPLICA = 80_000;

    /**
     * The same where all that leaders say is delayed: between two of their frames time passes, and everybody asks again
     * every second. The longest run seen took a fifteenth of this.
     */
    private static final int DELAYED_STEPS_PER_REPLICA = 50 * HEALED_STEPS_PER_REPLICA;

    private static final int AFTERMATH_STEPS = 300;

    /** A calm network: what one replica sends to all others arrives within some milliseconds, whatever the size. */
    private static final long HEALED_MICROS_PER_ROUND = 4_800;

    private static final int WORDS_LENGTH_MAX = 200;

    /** In one of so many runs disks are set back to older copies, and replicas ask their peers before they say anything. */
    private static final int SET_BACK_RUNS = 6;

    private static final int SET_BACK_PPM_MAX = 8_000;

    /** Who waits for the word of its peers looks again after so many events. */
    private static final int ASK_STEPS = 16;

    private static final byte[] NOTHING = {};

    private final Choices choices;
    private final World world;
    private final Subject<I, O> subject;
    private final boolean lossy;
    private final long leaderDelayMicros;
    private final FaultRates rates;
    private final List<Host<I, O>> hosts = new ArrayList<>();
    private final Network network;
    private final List<Action> actions = new ArrayList<>();
    private final List<Action> enabled = new ArrayList<>();
    private final Corruption corruption;

    /** Null: no disk is set back in this run. */
    private final @Nullable Memories memories;

    private final int setBackPpm;
    private final Amnesia amnesia;
    private final Trace trace = new Trace();
    private Scheduler scheduler;
    private Draw stepDraw = new Draw(0);
    private ReplicaSet damaged;
    private OptionalInt tosses = OptionalInt.empty();
    private boolean healed;
    private long step;
    private long nowMicros;
    private long crashes;
    private long storageFaults;
    private long partitions;
    private long reconnects;

    /**
     * @param choices all decisions of the run
     * @param stepsMax the most events of the first phase
     * @param limits the bounds of the protocols
     * @param subjects makes the system under test for a group
     * @param leaderDelayMicros how much later all arrives that a leader says, before healing and after it
     * @param groups what kinds of groups
     */
    Simulation(
            Choices choices,
            int stepsMax,
            Limits limits,
            Function<World, Subject<I, O>> subjects,
            long leaderDelayMicros,
            Scenario.Groups groups) {
        this.choices = choices;
        this.leaderDelayMicros = leaderDelayMicros;
        this.world = deal(choices, limits, groups);
        this.subject = subjects.apply(world);
        this.lossy = subject.connected(0).isPresent();
        Draw draw = choices.at(Purpose.WORLD, 1);
        int size = world.trust().size();
        Draw drawn = choices.at(Purpose.WORLD, 3);
        // Configurations that change have other juries than this one group.
        boolean setsBack = lossy && groups == Scenario.Groups.NEEDED && drawn.below(SET_BACK_RUNS) == 0;
        this.setBackPpm = setsBack ? (int) drawn.magnitude(SET_BACK_PPM_MAX / 16, SET_BACK_PPM_MAX) : 0;
        this.amnesia = new Amnesia(world, subject, choices.at(Purpose.WORLD, 4));
        this.memories = setsBack ? new Memories(world) : null;
        this.rates = FaultRates.draw(draw, stepsMax, lossy);
        this.scheduler = Scheduler.draw(draw, size, world.corrupted());
        this.damaged = world.corrupted();
        this.corruption = new Corruption(choices, world);
        this.network = new Network(size, lossy, draw, this::deliver, this::connect);
        for (int i = 0; i < size; i++) {
            Host<I, O> host = new Host<>(i, clock(draw), this);
            hosts.add(host);
            actions.addAll(host.actions(draw));
        }
        actions.addAll(network.actions());
        if (world.components() != null) {
            hosts.forEach(host -> actions.add(host.certifying(draw)));
        }
    }

    /** A run of this seed, with all its decisions. */
    public Simulation(long seed, int stepsMax, Limits limits, Function<World, Subject<I, O>> subjects) {
        this(new Choices(seed), stepsMax, limits, subjects, 0, Scenario.Groups.NEEDED);
    }

    private static World deal(Choices choices, Limits limits, Scenario.Groups groups) {
        Draw draw = choices.at(Purpose.WORLD, 0);
        Topology topology = Topology.draw(groups, draw);
        ReplicaSet drawn = topology.corrupted(draw);
        ReplicaSet corrupted =
                groups == Scenario.Groups.HYBRID ? Amnesia.spare(drawn, choices.at(Purpose.WORLD, 5)) : drawn;
        Digest configuration = new Digest(draw.bits(), draw.bits(), draw.bits(), draw.bits());
        FaultStructure trust = topology.trust();
        Authority authority = new Authority(trust.size(), draw);
        IdealComponents components =
                groups == Scenario.Groups.HYBRID ? new IdealComponents(draw.bits(), trust.size()) : null;
        return new World(topology.words(), trust, corrupted, limits, configuration, authority, components);
    }

    private static Clock clock(Draw draw) {
        // Half a second off, and 200 ppm, is worse than any machine with a time service.
        return new Clock(draw.between(-500_000, 500_000), draw.between(-200, 200));
    }

    /** Runs to the end, or to the first broken promise. */
    public Outcome run() {
        Violation violation = null;
        try {
            for (Host<I, O> host : hosts) {
                start(host);
            }
            rage();
            heal();
        } catch (Violation broken) {
            violation = broken;
        }
        return new Outcome(
                choices.seed(),
                world.kind(),
                world.topology() + ", corrupted " + world.corrupted() + " " + corruption.words() + ", " + scheduler
                        + (leaderDelayMicros > 0 ? ", leaders delayed" : ""),
                step,
                nowMicros,
                crashes,
                storageFaults,
                partitions,
                reconnects,
                tosses,
                trace.digest(),
                violation,
                violation == null ? List.of() : trace.last(this::words));
    }

    /** A frame in words, as far as some live replica understands it. */
    private String words(byte[] frame) {
        for (Host<I, O> host : hosts) {
            Optional<Grammar.Sentence> sentence =
                    Corruption.grammar(host.automaton()).parse(frame);
            if (sentence.isPresent()) {
                String words = sentence.get().address() + " " + sentence.get().message();
                return words.substring(0, Math.min(words.length(), WORDS_LENGTH_MAX));
            }
        }
        return frame.length + " bytes";
    }

    private void rage() {
        while (step < rates.steps()) {
            advance(rates.stepMicrosMean());
            Draw fault = choices.at(Purpose.FAULT, step);
            if (fault.chance(rates.totalPpm()) && choices.stands(Purpose.FAULT, step)) {
                strike(fault);
            }
            Draw other = choices.at(Purpose.FAULT, -1 - step);
            if (other.chance(setBackPpm) && choices.stands(Purpose.FAULT, -1 - step)) {
                meddle(hosts.get(other.below(hosts.size())), other);
            }
            amnesia.act(choices.at(Purpose.FAULT, Long.MIN_VALUE + step), damaged);
            subject.stimulate(choices.at(Purpose.CLIENT, step), up(), this::give);
            // Where nothing is to be done, the next request or fault still comes.
            act();
        }
    }

    private void heal() {
        Draw draw = choices.at(Purpose.WORLD, 2);
        List<ReplicaSet> around = world.trust().maximalFaultSets().stream()
                .filter(set -> set.containsAll(damaged.union(amnesia.lost())))
                .toList();
        // The rest of the fault set falls silent, or part of it goes on: at least a quorum of correct ones is left.
        ReplicaSet lost = draw.of(around).minus(new ReplicaSet(draw.below(2) == 0 ? draw.bits() : 0));
        ReplicaSet core = world.trust().all().minus(lost.union(damaged));
        lost.minus(world.corrupted()).forEach(this::bury);
        network.heal();
        for (Host<I, O> host : hosts) {
            host.diskFull = false;
        }
        Calm.set(hosts, nowMicros);
        healed = true;
        scheduler = new Scheduler.Patient();
        long calmStepMicros = HEALED_MICROS_PER_ROUND / ((long) hosts.size() * hosts.size());
        int stepsPerReplica = leaderDelayMicros > 0 ? DELAYED_STEPS_PER_REPLICA : HEALED_STEPS_PER_REPLICA;
        long deadline = step + (long) stepsPerReplica * subject.healingFactor() * hosts.size();
        boolean moved = true;
        int settledSteps = 0;
        // What settled must stay so: a few more events, as long as there are any.
        while (settledSteps < AFTERMATH_STEPS && (moved || settledSteps == 0)) {
            advance(calmStepMicros);
            subject.insist(choices.at(Purpose.CLIENT, step), core, this::give);
            moved = act();
            settledSteps = subject.settled(core) ? settledSteps + 1 : 0;
            if (settledSteps == 0 && step >= deadline) {
                // How everybody stands is much text, and this is asked at every step.
                throw new Violation("the healed quorum " + core + " does not converge: " + subject.standing(core));
            }
        }
        subject.conclude(core);
        tosses = subject.tosses(core);
    }

    private void bury(int replica) {
        Host<I, O> host = hosts.get(replica);
        host.dead = true;
        if (host.up()) {
            crash(host, choices.at(Purpose.FAULT, step));
        }
    }

    /** One action, chosen by the scheduler; where there is none, time passes until there is one. */
    private boolean act() {
        network.refresh(step, nowMicros);
        collect();
        boolean moved = !enabled.isEmpty() || skipTime();
        if (!enabled.isEmpty()) {
            stepDraw = choices.at(Purpose.SCHEDULE, step);
            Action chosen = scheduler.choose(enabled, stepDraw);
            Action oldest = Scheduler.oldest(enabled);
            if (chosen != oldest && !healed && !choices.stands(Purpose.SCHEDULE, step)) {
                chosen = oldest;
            }
            chosen.run();
        }
        step++;
        return moved;
    }

    private void collect() {
        enabled.clear();
        for (Action action : actions) {
            if (action.refresh(step)) {
                enabled.add(action);
            }
        }
    }

    /** Whether there is a moment to skip to. */
    private boolean skipTime() {
        long next = network.nextMicros();
        for (Host<I, O> host : hosts) {
            next = Math.min(next, host.nextMicros());
        }
        if (next == Long.MAX_VALUE) {
            return false;
        }
        nowMicros = Math.max(nowMicros, next);
        network.refresh(step, nowMicros);
        collect();
        return true;
    }

    private void advance(long meanMicros) {
        nowMicros +=
                1 + Long.remainderUnsigned(choices.at(Purpose.WORLD, step + 16).bits(), 2 * meanMicros);
    }

    private void strike(Draw draw) {
        int pick = draw.below(rates.totalPpm());
        int replica = draw.below(hosts.size());
        Host<I, O> host = hosts.get(replica);
        boolean correct = !world.corrupted().contains(replica);
        if ((pick -= rates.crashPpm()) < 0) {
            strikeDown(draw.below(4) == 0 ? draw.bits() : 1L << replica, draw);
        } else if ((pick -= rates.reconnectPpm()) < 0) {
            reconnects++;
            network.cutOne(draw);
        } else if ((pick -= rates.partitionPpm()) < 0) {
            partitions++;
            network.partition(draw, step);
        } else if ((pick -= rates.clogPpm()) < 0) {
            network.clog(draw, step);
        } else if ((pick -= rates.clockPpm()) < 0) {
            host.clock.jump(draw.between(-Calm.JUMP_MICROS_MAX, Calm.JUMP_MICROS_MAX));
        } else if ((pick -= rates.diskLossPpm()) < 0) {
            loseDisk(host, draw);
        } else if (correct) {
            fillDisk(host, draw);
        }
    }

    /** One replica crashes, or many at once, as when power fails. */
    private void strikeDown(long victims, Draw draw) {
        for (Host<I, O> host : hosts) {
            boolean hit = (victims >>> host.index() & 1) == 1;
            if (hit && !world.corrupted().contains(host.index()) && host.up()) {
                crash(host, draw);
            }
        }
    }

    /** Only while lost disks and corrupted replicas together stay a fault set: more damage nobody promised to bear. */
    private void loseDisk(Host<I, O> host, Draw draw) {
        ReplicaSet after = damaged.with(host.index());
        if (world.trust().isFaultSet(after.union(amnesia.lost()))
                && !world.corrupted().contains(host.index())) {
            damaged = after;
            storageFaults++;
            if (host.up()) {
                crash(host, draw);
            }
            host.disk.lose();
            host.diskLost = host.disk.everUsed();
        }
    }

    /** Somebody copies a disk, or puts a copy in its place. As with lost disks, no more than may be corrupted together. */
    private void meddle(Host<I, O> host, Draw draw) {
        ReplicaSet after = damaged.with(host.index());
        boolean allowed = world.trust().isFaultSet(after.union(amnesia.lost()))
                && !world.corrupted().contains(host.index());
        if (draw.below(3) != 0 || !allowed || host.diskLost) {
            host.disk.copy();
            return;
        }
        if (host.up()) {
            crash(host, draw);
        }
        host.running = false;
        if (host.disk.setBack(draw)) {
            damaged = after;
            storageFaults++;
            host.diskSetBack = true;
        }
    }

    /** The write fails, so the replica stops; it starts when there is room, which the next such fault makes. */
    private void fillDisk(Host<I, O> host, Draw draw) {
        storageFaults++;
        host.diskFull = !host.diskFull;
        if (host.diskFull && host.up()) {
            crash(host, draw);
        }
    }

    private void crash(Host<I, O> host, Draw draw) {
        note("crash", host.index());
        crashes++;
        if (host.crash(draw)) {
            storageFaults++;
        }
        if (memories != null) {
            memories.crash(host.index());
        }
        network.up(host.index(), false);
    }

    void start(Host<I, O> host) {
        int index = host.index();
        note("start", index);
        if (memories != null && !knowsItsMemory(memories, host)) {
            return;
        }
        Boot boot = new Boot(
                index,
                world,
                world.authority().certifier(index),
                host.clock.at(nowMicros),
                host.incarnation,
                host.diskLost);
        guard(index, () -> {
            Automaton<I, O> automaton = world.corrupted().contains(index)
                    ? corruption.corrupt(index, () -> subject.boot(boot), subject)
                    : subject.boot(boot);
            host.start(automaton, host.disk.records());
        });
        network.up(index, host.up());
    }

    /**
     * Whether it goes on: it says nothing before it knows from its peers that its disk is the newest, and begins anew where
     * they heard of a newer one.
     */
    private boolean knowsItsMemory(Memories known, Host<I, O> host) {
        int index = host.index();
        if (world.corrupted().contains(index) || host.diskLost || !host.disk.everUsed()) {
            return true;
        }
        host.running = true;
        ReplicaSet running = ReplicaSet.EMPTY;
        for (Host<I, O> other : hosts) {
            running = other.running ? running.with(other.index()) : running;
        }
        long mine = host.disk.position();
        switch (known.recollect(index, mine, running, stepDraw.split())) {
            case OPEN -> {
                host.asksAtStep = step + ASK_STEPS;
                return false;
            }
            case NEWEST -> {
                if (host.diskSetBack) {
                    Violation.unless(
                            known.isNewsToSomebody(index, mine, running),
                            "r" + index + " goes on with an old disk, though all correct ones heard of a newer one");
                    host.dead = true; // nobody could tell it: it counts as corrupted, and is gone
                    host.running = false;
                    return false;
                }
            }
            case OLD -> {
                Violation.unless(host.diskSetBack, "r" + index + " is made to forget its newest disk");
                host.disk.lose();
                host.diskLost = true;
                host.diskSetBack = false;
            }
        }
        return true;
    }

    private void give(int replica, I input) {
        Host<I, O> host = hosts.get(replica);
        note("input", replica);
        event(host, live -> live.input(input, host.clock.at(nowMicros)));
    }

    private void deliver(Link link) {
        if (memories != null) {
            memories.hear(link.to(), link.from(), link.mark(), nowMicros);
        }
        byte[] frame = link.take();
        Host<I, O> host = hosts.get(link.to());
        trace.add(step, nowMicros, "frame", link.from(), link.to(), frame);
        event(host, live -> live.received(link.from(), frame, host.clock.at(nowMicros)));
    }

    private void connect(Session session) {
        session.open(true);
        int a = session.there.from();
        int b = session.there.to();
        trace.add(step, nowMicros, "session", a, b, NOTHING);
        if (memories != null) {
            memories.hear(a, b, hosts.get(b).disk.position(), nowMicros);
            memories.hear(b, a, hosts.get(a).disk.position(), nowMicros);
        }
        subject.connected(b).ifPresent(input -> give(a, input));
        subject.connected(a).ifPresent(input -> give(b, input));
    }

    void event(Host<I, O> host, Consumer<Automaton<I, O>> event) {
        boolean linger = !healed && stepDraw.chance(rates.lingerPpm());
        guard(host.index(), () -> host.feed(event, linger));
    }

    /** A correct replica never fails; a corrupted one that does falls silent. */
    private void guard(int replica, Runnable action) {
        try {
            action.run();
        } catch (Violation violation) {
            throw violation;
        } catch (RuntimeException e) {
            if (!world.corrupted().contains(replica)) {
                throw new Violation("r" + replica + " stops: " + e, e);
            }
            Host<I, O> host = hosts.get(replica);
            host.dead = true;
            host.crash(stepDraw);
            network.up(replica, false);
        }
    }

    /** Effects of a replica that are due: what they vouch for is durable. */
    void release(int replica, Ready<O> ready) {
        boolean held = leaderDelayMicros > 0 && subject.leads(replica);
        long mark = hosts.get(replica).disk.position();
        for (Ready.Outgoing outgoing : ready.sends()) {
            long dueMicros = held ? nowMicros + leaderDelayMicros : 0;
            network.send(replica, outgoing.to(), outgoing.frame(), step, dueMicros, mark);
        }
        hosts.get(replica).ask(ready.certifications());
        if (!world.corrupted().contains(replica)) {
            ready.outputs().forEach(output -> subject.output(replica, output));
        }
    }

    /** What the trusted component beside the replica answers. */
    Optional<Attestation> certify(int replica, TrustedCall call) {
        IdealComponents components = world.components();
        if (components == null) {
            throw new IllegalStateException("a protocol wants a trusted component, and there is none");
        }
        return components.call(replica, call, nowMicros);
    }

    /** An accusation must be true, unless the accuser lost its memory for good. */
    void blamed(int replica, Ready.Blame blame) {
        Violation.unless(
                damaged.contains(replica) || damaged.contains(blame.replica()),
                "r" + replica + " accuses the correct r" + blame.replica() + ": " + blame.rule());
    }

    private ReplicaSet up() {
        ReplicaSet up = ReplicaSet.EMPTY;
        for (Host<I, O> host : hosts) {
            up = host.up() ? up.with(host.index()) : up;
        }
        return up;
    }

    void note(String what, int replica) {
        trace.add(step, nowMicros, what, replica, replica, NOTHING);
    }

    long nowMicros() {
        return nowMicros;
    }

    long step() {
        return step;
    }

    boolean isHealed() {
        return healed;
    }

    Draw stepDraw() {
        return stepDraw;
    }

    /** The decisions that shaped the run; dropping some gives a simpler one. */
    List<Choices.Choice> taken() {
        return choices.taken();
    }

    World world() {
        return world;
    }

    /** What ends when faults end. */
    private static final class Calm {
        /** Within what a time service corrects, and below the tolerance that replicas grant a leader's clock. */
        static final long JUMP_MICROS_MAX = 2_000_000;

        private Calm() {}

        /** Brings all clocks to the time of the fastest: no clock goes back, which would hold up its timers. */
        static <I, O> void set(List<Host<I, O>> hosts, long nowMicros) {
            long latest = Long.MIN_VALUE;
            for (Host<I, O> host : hosts) {
                latest = Math.max(latest, host.clock.at(nowMicros));
            }
            for (Host<I, O> host : hosts) {
                host.clock.jump(latest - host.clock.at(nowMicros));
            }
        }
    }
}
