package org.maftia.simulator;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.trust.ReplicaSet;

/**
 * A system under test in one run: how its replicas are made, what is asked of them, and what they promised. It judges
 * correct replicas only; the simulation tells it nothing of what corrupted ones put out. A broken promise is a
 * {@link Violation}.
 *
 * @param <I> inputs of a replica
 * @param <O> outputs of a replica
 */
public interface Subject<I, O> {
    /** A correct replica, not yet started. */
    Automaton<I, O> boot(Boot boot);

    /**
     * The input that says that the link to a peer is up again. Empty: the system expects links that lose nothing and
     * replicas that stay up, and the simulation gives it those.
     */
    Optional<I> connected(int peer);

    /**
     * Asked at every step of the first phase: perhaps gives some replicas an input.
     *
     * @param up the replicas that take inputs
     * @param give takes a replica and its input; it has been carried out when this returns
     */
    void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, I> give);

    /**
     * Asked at every step after healing, when no new load comes: perhaps repeats what clients would repeat.
     *
     * @param core the correct replicas that stay up and connected
     */
    default void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, I> give) {}

    /** How many times the events that suffice for others its core may take to converge after healing. */
    default int healingFactor() {
        return 1;
    }

    /** What one face of a two-faced replica hears in the place of an input, if anything. */
    default Optional<I> otherwise(I input, Draw draw) {
        return Optional.of(input);
    }

    /** Whether a correct replica leads the group at the moment: an adversary may hold up what it says. */
    default boolean leads(int replica) {
        return false;
    }

    /** An output of a correct replica, which others may have seen. */
    void output(int replica, O output);

    /** Whether all is done that must be done in the end. */
    boolean settled(ReplicaSet core);

    /** The last checks, after the system settled. */
    void conclude(ReplicaSet core);

    /** How many tosses of the coin the slowest of the core needed; empty for a system that tosses none, or counts none. */
    default OptionalInt tosses(ReplicaSet core) {
        return OptionalInt.empty();
    }

    /** Whether the group knows in which epoch the trusted component of that replica works. */
    default boolean knowsEpoch(int replica, long epoch) {
        return true;
    }

    /** What is being waited for, for the message of a run that does not end. */
    default String standing(ReplicaSet core) {
        return "";
    }
}
