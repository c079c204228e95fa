package org.maftia.core.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Ready;

/**
 * A group in memory, for tests of one protocol: messages wait in a pool from which a seeded scheduler picks, clocks run
 * only as far as the group asks, journals survive crashes. Same seed, same run. No links: what is sent arrives in any
 * order, and what is sent to a replica that is down is lost.
 *
 * @param <I> inputs of the root protocol
 * @param <O> outputs of the root protocol
 */
public final class TestGroup<I, O> {
    /** Makes the automaton of a replica, at the beginning and after each crash. */
    @FunctionalInterface
    public interface Maker<I, O> {
        Automaton<I, O> make(int self, long nowMicros);
    }

    /** A frame under way; {@code number} grows in the order of sending. */
    public record Flight(long number, int from, int to, byte[] frame) {}

    /** Draws the next frame to arrive. */
    @FunctionalInterface
    public interface Scheduler {
        /** The place of the frame in the list, which is in the order of sending and not empty. */
        int pick(List<Flight> flights, SplittableRandom random);

        Scheduler UNIFORM = (flights, random) -> random.nextInt(flights.size());
        Scheduler OLDEST_FIRST = (flights, random) -> 0;
        Scheduler NEWEST_FIRST = (flights, random) -> flights.size() - 1;

        /** Nothing reaches or leaves the replica while anything else is under way. */
        static Scheduler starve(int replica) {
            return (flights, random) -> {
                List<Integer> others = new ArrayList<>();
                for (int i = 0; i < flights.size(); i++) {
                    if (flights.get(i).from() != replica && flights.get(i).to() != replica) {
                        others.add(i);
                    }
                }
                return others.isEmpty() ? random.nextInt(flights.size()) : others.get(random.nextInt(others.size()));
            };
        }

        /** As links do: what one says to another arrives in the order in which it was said. */
        default Scheduler inOrder() {
            return (flights, random) -> {
                Flight picked = flights.get(pick(flights, random));
                for (int i = 0; i < flights.size(); i++) {
                    Flight flight = flights.get(i);
                    if (flight.from() == picked.from() && flight.to() == picked.to()) {
                        return i;
                    }
                }
                throw new AssertionError("the picked frame is under way itself");
            };
        }

        /** One of the above, drawn from the seed. */
        static Scheduler drawn(long seed, int size) {
            return switch ((int) (seed % 4)) {
                case 0 -> UNIFORM;
                case 1 -> NEWEST_FIRST;
                case 2 -> starve((int) (seed / 4 % size));
                default -> OLDEST_FIRST;
            };
        }
    }

    private static final long START_MICROS = 1_700_000_000_000_000L;

    /** The most that passes between two arrivals. */
    private static final int STEP_MICROS_MAX = 1000;

    private final Maker<I, O> maker;
    private final @Nullable IdealComponents components;
    private final Scheduler scheduler;
    private final SplittableRandom random;
    private final List<Host<I, O>> hosts = new ArrayList<>();
    private final List<Flight> flights = new ArrayList<>();
    private @Nullable Predicate<Flight> delayed;
    private int earlyAlarmsPerMille;
    private int lossPerMille;
    private long nowMicros = START_MICROS;
    private long serial;

    /** One replica with what survives its crashes. */
    private static final class Host<I, O> {
        @Nullable
        Automaton<I, O> automaton;

        List<byte[]> journal = new ArrayList<>();
        final List<O> outputs = new ArrayList<>();
        final List<Ready.Blame> blames = new ArrayList<>();
        Predicate<Ready.Outgoing> filter = outgoing -> true;
        int records;
        int recordsMax = Integer.MAX_VALUE;
    }

    public TestGroup(int size, Scheduler scheduler, long seed, Maker<I, O> maker) {
        this(size, scheduler, seed, null, maker);
    }

    /** @param components what the replicas have beside them; null: nothing */
    public TestGroup(
            int size, Scheduler scheduler, long seed, @Nullable IdealComponents components, Maker<I, O> maker) {
        this.components = components;
        this.maker = maker;
        this.scheduler = scheduler;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < size; i++) {
            hosts.add(new Host<>());
        }
        for (int i = 0; i < size; i++) {
            restart(i);
        }
    }

    /** Before an arrival, lets the next alarm of the group fire with this probability: timers that are too short. */
    public void earlyAlarms(int perMille) {
        earlyAlarmsPerMille = perMille;
    }

    /** Loses this share of the frames from now on. */
    public void loss(int perMille) {
        lossPerMille = perMille;
    }

    /** From now on only what passes leaves the replica: a corruption. */
    public void filter(int replica, Predicate<Ready.Outgoing> passes) {
        hosts.get(replica).filter = passes;
    }

    /** Frames for which this holds now do not arrive, however much time passes. */
    public void delay(Predicate<Flight> held) {
        delayed = held;
    }

    public void input(int replica, I input) {
        Automaton<I, O> automaton = hosts.get(replica).automaton;
        if (automaton != null) {
            automaton.input(input, nowMicros);
            carryOut(replica);
        }
    }

    /** Puts a frame under way that its sender never made. */
    public void inject(int from, int to, byte[] frame) {
        flights.add(new Flight(serial++, from, to, frame));
    }

    public void crash(int replica) {
        hosts.get(replica).automaton = null;
    }

    /** The replica crashes as it writes its journal record after {@code records} of them; that step sends nothing. */
    public void crashAfterRecords(int replica, int records) {
        hosts.get(replica).recordsMax = records;
    }

    /** Rebuilds the replica from its journal. */
    public void restart(int replica) {
        Host<I, O> host = hosts.get(replica);
        host.recordsMax = Integer.MAX_VALUE;
        Automaton<I, O> automaton = maker.make(replica, nowMicros);
        host.automaton = automaton;
        automaton.start(List.copyOf(host.journal));
        carryOut(replica);
    }

    public boolean isUp(int replica) {
        return hosts.get(replica).automaton != null;
    }

    public List<byte[]> journal(int replica) {
        return hosts.get(replica).journal;
    }

    /** How many records the replica has written in its lives. */
    public int records(int replica) {
        return hosts.get(replica).records;
    }

    /** All that the replica handed out in its lives. */
    public List<O> outputs(int replica) {
        return hosts.get(replica).outputs;
    }

    public List<Ready.Blame> blames(int replica) {
        return hosts.get(replica).blames;
    }

    public List<Flight> flights() {
        return flights;
    }

    public long nowMicros() {
        return nowMicros;
    }

    /** One arrival, or, when nothing is under way, the next alarm. False when nothing will ever happen again. */
    public boolean step() {
        nowMicros += random.nextInt(STEP_MICROS_MAX);
        boolean early = earlyAlarmsPerMille > 0 && random.nextInt(1000) < earlyAlarmsPerMille;
        List<Flight> moving = delayed == null
                ? flights
                : flights.stream().filter(delayed.negate()).toList();
        if (moving.isEmpty() || early) {
            return alarm() || !moving.isEmpty();
        }
        int picked = scheduler.pick(moving, random);
        deliver(moving == flights ? picked : flights.indexOf(moving.get(picked)));
        for (int i = 0; i < hosts.size(); i++) {
            tick(i);
        }
        return true;
    }

    /** Steps until the goal holds; false when it does not within the steps. */
    public boolean run(int stepsMax, BooleanSupplier goal) {
        for (int i = 0; i < stepsMax; i++) {
            if (goal.getAsBoolean()) {
                return true;
            }
            if (!step()) {
                break;
            }
        }
        return goal.getAsBoolean();
    }

    /** Lets the frame at this place of {@link #flights} arrive. */
    public void deliver(int place) {
        Flight flight = flights.remove(place);
        Automaton<I, O> automaton = hosts.get(flight.to()).automaton;
        if (automaton != null && (lossPerMille == 0 || random.nextInt(1000) >= lossPerMille)) {
            automaton.received(flight.from(), flight.frame(), nowMicros);
            carryOut(flight.to());
        }
    }

    /** Lets time pass until the first alarm of the group is due. */
    private boolean alarm() {
        long due = Long.MAX_VALUE;
        for (Host<I, O> host : hosts) {
            due = host.automaton == null ? due : Math.min(due, host.automaton.nextWakeMicros());
        }
        if (due == Long.MAX_VALUE) {
            return false;
        }
        nowMicros = Math.max(nowMicros, due);
        for (int i = 0; i < hosts.size(); i++) {
            tick(i);
        }
        return true;
    }

    private void tick(int replica) {
        Automaton<I, O> automaton = hosts.get(replica).automaton;
        if (automaton != null && automaton.nextWakeMicros() <= nowMicros) {
            automaton.tick(nowMicros);
            carryOut(replica);
        }
    }

    private void carryOut(int replica) {
        Host<I, O> host = hosts.get(replica);
        for (Automaton<I, O> automaton = host.automaton; automaton != null; automaton = host.automaton) {
            Ready<O> ready = automaton.drain();
            if (ready.isEmpty()) {
                return;
            }
            if (!store(host, ready)) {
                host.automaton = null;
                return;
            }
            for (Ready.Outgoing outgoing : ready.sends()) {
                if (host.filter.test(outgoing)) {
                    flights.add(new Flight(serial++, replica, outgoing.to(), outgoing.frame()));
                }
            }
            host.outputs.addAll(ready.outputs());
            host.blames.addAll(ready.blames());
            for (Ready.Computation computation : ready.computations()) {
                automaton.computed(computation.id(), computation.task().get(), nowMicros);
            }
            for (Ready.Certification asked : ready.certifications()) {
                IdealComponents all = Invariant.present(components, "the group has trusted components");
                automaton.computed(asked.id(), all.call(replica, asked.call(), nowMicros), nowMicros);
            }
        }
    }

    private static boolean store(Host<?, ?> host, Ready<?> ready) {
        for (Ready.Storage change : ready.storage()) {
            if (host.records >= host.recordsMax) {
                return false;
            }
            host.records++;
            switch (change) {
                case Ready.Storage.Append append -> host.journal.add(append.record());
                case Ready.Storage.Replace replace -> host.journal = new ArrayList<>(replace.records());
            }
        }
        return true;
    }
}
