package org.maftia.core.protocol;

import java.util.List;

/**
 * A replica as its surroundings see it: events go in, effects come out. {@link Node} is the correct one; adversaries
 * wrap it. The owner feeds any number of events, then takes {@link #drain} and carries it out. One thread at a time.
 *
 * @param <I> inputs besides messages
 * @param <O> outputs besides messages
 */
public interface Automaton<I, O> {
    /** Rebuilds the state from the journal, oldest record first, and resumes. Called once, before any event. */
    void start(List<byte[]> journal);

    /** A frame from a peer, whose identity the link has established. The array must not change afterwards. */
    void received(int from, byte[] frame, long nowMicros);

    void input(I input, long nowMicros);

    /** Lets time pass: fires what is due. */
    void tick(long nowMicros);

    /** The result of a {@link Ready.Computation} or {@link Ready.Certification}. */
    void computed(long id, Object result, long nowMicros);

    /** When {@link #tick} has something to do next, or {@link Long#MAX_VALUE}. */
    long nextWakeMicros();

    /** Takes all effects since the last call. */
    Ready<O> drain();
}
