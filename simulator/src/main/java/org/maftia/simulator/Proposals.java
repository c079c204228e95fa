package org.maftia.simulator;

import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.Parent.Input;

/**
 * Gives each replica a proposal, once in each of its lives: now and then while faults rage, to all of the core after that.
 *
 * @param <V> what is proposed
 */
final class Proposals<V> {
    private static final int PROPOSE_PPM = 60_000;

    private final BiFunction<Integer, Draw, V> values;
    private ReplicaSet given = ReplicaSet.EMPTY;

    /** @param values draws the proposal of a replica */
    Proposals(BiFunction<Integer, Draw, V> values) {
        this.values = values;
    }

    /** A proposal that was not durable is made again, perhaps another one. */
    void booted(int replica) {
        given = given.without(replica);
    }

    void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input<V>> give) {
        if (draw.chance(PROPOSE_PPM) && !up.isEmpty()) {
            push(draw, draw.of(up.toList()), give);
        }
    }

    void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input<V>> give) {
        if (!given.containsAll(core)) {
            push(draw, draw.of(core.toList()), give);
        }
    }

    private void push(Draw draw, int replica, BiConsumer<Integer, Input<V>> give) {
        if (!given.contains(replica)) {
            given = given.with(replica);
            give.accept(replica, new Input.Give<>(values.apply(replica, draw)));
        }
    }
}
