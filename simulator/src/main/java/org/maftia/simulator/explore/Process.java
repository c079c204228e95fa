package org.maftia.simulator.explore;

import java.util.List;
import org.maftia.core.wire.Digest;

/**
 * One deterministic automaton of a model, usually a replica that runs code of production.
 *
 * @param <E> what may happen to it
 * @param <M> what it says
 */
public interface Process<E, M> {
    /** The event happens; what the process says because of it, for all to see. */
    List<M> happen(E event);

    /** All that its behaviour depends on: equal for equal futures only. */
    Digest state();
}
