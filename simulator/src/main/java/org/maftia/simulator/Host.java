package org.maftia.simulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Ready;
import org.maftia.core.trust.ReplicaSet;

/**
 * One replica with its clock and its disk: does for the automaton what the server's loop does, but leaves the moment of
 * every effect to the scheduler.
 */
final class Host<I, O> {
    private final int index;
    private final Simulation<I, O> simulation;
    private final ArrayDeque<Ready<O>> unsynced = new ArrayDeque<>();
    private final List<Ready.Computation> computing = new ArrayList<>();
    private @Nullable Automaton<I, O> automaton;
    private final ArrayDeque<Ready.Certification> certifying = new ArrayDeque<>();
    private boolean undrained;

    final Clock clock;
    final Disk disk = new Disk();
    int incarnation;
    boolean diskLost;
    boolean diskFull;

    /** An older copy was put in the place of its disk, and it does not know. */
    boolean diskSetBack;

    /** The process runs, so its links do, though it may not know yet whether its disk is the newest. */
    boolean running;

    /** It asks again whether it is from this step on. */
    long asksAtStep;

    /** Not to be started again: outside the healed core. */
    boolean dead;

    Host(int index, Clock clock, Simulation<I, O> simulation) {
        this.index = index;
        this.clock = clock;
        this.simulation = simulation;
    }

    int index() {
        return index;
    }

    boolean up() {
        return automaton != null;
    }

    @Nullable
    Automaton<I, O> automaton() {
        return automaton;
    }

    void start(Automaton<I, O> made, List<byte[]> journal) {
        made.start(journal);
        automaton = made;
        running = true;
        incarnation++;
        undrained = true;
        drain();
    }

    /** Memory is gone; what was handed to the disk may be, too. */
    boolean crash(Draw draw) {
        automaton = null;
        running = false;
        undrained = false;
        unsynced.clear();
        computing.clear();
        askInVain(draw);
        return disk.crash(draw);
    }

    /** Some calls reached the component before the crash; their answers are lost. */
    private void askInVain(Draw draw) {
        for (int rest = certifying.isEmpty() ? 0 : draw.below(certifying.size() + 1); rest > 0; rest--) {
            simulation.certify(index, certifying.remove().call());
        }
        certifying.clear();
    }

    /** What the calls rest on is durable. */
    void ask(List<Ready.Certification> calls) {
        certifying.addAll(calls);
    }

    /**
     * Feeds one event.
     *
     * @param linger whether its effects may wait, so that more events come first
     */
    void feed(Consumer<Automaton<I, O>> event, boolean linger) {
        Automaton<I, O> live = automaton;
        if (live == null) {
            return;
        }
        event.accept(live);
        undrained = true;
        if (!linger) {
            drain();
        }
    }

    private void drain() {
        Automaton<I, O> live = automaton;
        if (live == null || !undrained) {
            return;
        }
        undrained = false;
        Ready<O> ready = live.drain();
        computing.addAll(ready.computations());
        ready.blames().forEach(blame -> simulation.blamed(index, blame));
        if (ready.storage().isEmpty() && unsynced.isEmpty()) {
            simulation.release(index, ready);
        } else {
            ready.storage().forEach(disk::write);
            unsynced.add(ready);
        }
    }

    private long now() {
        return clock.at(simulation.nowMicros());
    }

    /** When its timer is due, in simulated time. */
    long nextMicros() {
        Automaton<I, O> live = automaton;
        if (live == null) {
            return Long.MAX_VALUE;
        }
        long wake = live.nextWakeMicros();
        return wake == Long.MAX_VALUE ? Long.MAX_VALUE : clock.when(wake);
    }

    List<Action> actions(Draw draw) {
        return List.of(
                new Carrying(index, draw.below(1 << 30)),
                new Timing(index, draw.below(1 << 30)),
                new Computing(index, draw.below(1 << 30)),
                new Starting(index, draw.below(1 << 30)));
    }

    /** Its trusted component, which a run without any does not draw. */
    Action certifying(Draw draw) {
        return new Certifying(index, draw.below(1 << 30));
    }

    /** The loop goes round: takes effects, or learns that the disk has finished and lets out what waited for it. */
    private final class Carrying extends Action {
        Carrying(int replica, int priority) {
            super(ReplicaSet.of(replica), priority);
        }

        @Override
        boolean enabled() {
            return up() && (undrained || !unsynced.isEmpty()) && !diskFull;
        }

        @Override
        void perform() {
            if (undrained) {
                drain();
            } else {
                // One write to the disk covers some of what gathered, or all of it.
                simulation.note("synced", index);
                int batch = simulation.isHealed()
                        ? unsynced.size()
                        : simulation.stepDraw().below(unsynced.size()) + 1;
                for (int i = 0; i < batch; i++) {
                    Ready<O> ready = unsynced.remove();
                    disk.sync(ready.storage().size());
                    simulation.release(index, ready);
                }
            }
        }
    }

    /** A timer fires. */
    private final class Timing extends Action {
        Timing(int replica, int priority) {
            super(ReplicaSet.of(replica), priority);
        }

        @Override
        boolean enabled() {
            Automaton<I, O> live = automaton;
            return live != null && live.nextWakeMicros() <= now();
        }

        @Override
        void perform() {
            simulation.note("timer", index);
            simulation.event(Host.this, live -> live.tick(now()));
        }
    }

    /** A computation ends; which of several is drawn. */
    private final class Computing extends Action {
        Computing(int replica, int priority) {
            super(ReplicaSet.of(replica), priority);
        }

        @Override
        boolean enabled() {
            return up() && !computing.isEmpty();
        }

        @Override
        void perform() {
            Ready.Computation task = computing.remove(simulation.stepDraw().below(computing.size()));
            Object result = task.task().get();
            simulation.note("computed", index);
            simulation.event(Host.this, live -> live.computed(task.id(), result, now()));
        }
    }

    /** The trusted component answers; one question after the other. */
    private final class Certifying extends Action {
        Certifying(int replica, int priority) {
            super(ReplicaSet.of(replica), priority);
        }

        @Override
        boolean enabled() {
            return up() && !certifying.isEmpty();
        }

        @Override
        void perform() {
            Ready.Certification asked = certifying.remove();
            Optional<Attestation> answer = simulation.certify(index, asked.call());
            simulation.note("certified", index);
            simulation.event(Host.this, live -> live.computed(asked.id(), answer, now()));
        }
    }

    /** A crashed replica comes back. */
    private final class Starting extends Action {
        Starting(int replica, int priority) {
            super(ReplicaSet.of(replica), priority);
        }

        @Override
        boolean enabled() {
            return !up() && !dead && !diskFull && simulation.step() >= asksAtStep;
        }

        @Override
        void perform() {
            simulation.start(Host.this);
        }
    }
}
