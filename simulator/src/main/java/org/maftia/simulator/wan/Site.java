package org.maftia.simulator.wan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Replica;
import org.maftia.core.replica.ReplicaSnapshot;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.Status;
import org.maftia.core.wire.Codec;
import org.maftia.simulator.ServiceTrial;

/** One replica with its clock, its timer and its disk, which syncs what gathered while it was busy. */
final class Site {
    /** What a time service leaves. */
    static final long CLOCK_MICROS_MAX = 5_000;

    /** One sync of a solid-state disk that keeps its promise. */
    private static final long SYNC_MICROS = 1_000;

    private static final long START_MICROS = 1_790_000_000_000_000L;

    private final int index;
    private final WideArea world;
    private final long clockMicros;
    private final Node<Input, Output> node;
    private final ArrayDeque<Ready<Output>> unsynced = new ArrayDeque<>();
    private @Nullable Replica replica;
    private boolean syncing;
    private boolean alive = true;
    private long wakeMicros = Long.MAX_VALUE;
    private long decided;

    /** @param clockMicros how far its clock is ahead */
    Site(int index, WideArea world, ServiceTrial trial, long clockMicros) {
        this.index = index;
        this.world = world;
        this.clockMicros = START_MICROS + clockMicros;
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(trial.name(), trial.create());
        Genesis genesis = new Genesis(
                world.configuration(),
                world.authority().certifier(index),
                world.authority().coin(index, world.profile().trust()),
                world.authority().holder(index, world.profile().trust()),
                services,
                new TreeMap<>(),
                new TreeMap<>());
        this.node = new Node<>(
                index, world.profile().trust(), world.limits(), now(), (Port<ReplicaSnapshot, Output> port) -> {
                    Replica made = new Replica(port, genesis, false);
                    replica = made;
                    return made;
                });
    }

    int index() {
        return index;
    }

    boolean isAlive() {
        return alive;
    }

    void kill() {
        alive = false;
    }

    Status status() {
        return Objects.requireNonNull(replica, "made with the node").status();
    }

    SortedMap<String, Codec<?>> grammar() {
        return node.grammar();
    }

    private long now() {
        return clockMicros + world.nowMicros();
    }

    void start() {
        node.start(List.of());
        drain();
    }

    void input(Input input) {
        event(live -> live.input(input, now()));
    }

    void received(int from, byte[] frame) {
        event(live -> live.received(from, frame, now()));
    }

    private void event(Consumer<Node<Input, Output>> event) {
        if (alive) {
            event.accept(node);
            drain();
        }
    }

    private void drain() {
        Ready<Output> ready = node.drain();
        for (Ready.Computation task : ready.computations()) {
            world.at(
                    world.nowMicros(),
                    () -> event(live -> live.computed(task.id(), task.task().get(), now())));
        }
        if (!ready.storage().isEmpty() || !unsynced.isEmpty()) {
            unsynced.add(ready);
            sync();
        } else {
            world.release(this, ready);
        }
        long reached = status().decided();
        for (long slot = decided + 1; slot <= reached; slot++) {
            world.decided(index, slot);
        }
        decided = Math.max(decided, reached);
        schedule();
    }

    /** One sync covers all that was written before it began. */
    private void sync() {
        if (syncing || unsynced.isEmpty()) {
            return;
        }
        syncing = true;
        int covered = unsynced.size();
        world.at(world.nowMicros() + SYNC_MICROS, () -> {
            syncing = false;
            List<Ready<Output>> durable = new ArrayList<>();
            for (int i = 0; i < covered; i++) {
                durable.add(unsynced.remove());
            }
            if (alive) {
                durable.forEach(ready -> world.release(this, ready));
                sync();
            }
        });
    }

    private void schedule() {
        long next = node.nextWakeMicros();
        if (next == Long.MAX_VALUE || next - clockMicros >= wakeMicros) {
            return;
        }
        long due = Math.max(next - clockMicros, world.nowMicros());
        wakeMicros = due;
        world.at(due, () -> {
            // An earlier one may have been set since.
            if (due == wakeMicros) {
                wakeMicros = Long.MAX_VALUE;
                event(live -> live.tick(now()));
            }
        });
    }
}
