package org.maftia.core.protocol;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.maftia.core.trust.FaultStructure;

/**
 * All that a protocol instance can do to the world. Nothing happens at once: effects wait for the end of the step,
 * records become durable before messages leave, and no handler is entered while another runs.
 *
 * @param <M> the messages of the instance
 * @param <O> its outputs to the instance that nested it
 */
public interface Port<M, O> {
    /** The index of this replica. */
    int self();

    Path path();

    FaultStructure trust();

    Limits limits();

    /** The time at which the current event came in, in microseconds since 1970: an input, and as wrong as its clock. */
    long nowMicros();

    /** Sends to the same instance at one replica; to oneself through the local queue. */
    void send(int to, M message);

    /** Sends to the same instance at every replica, this one included. */
    void sendAll(M message);

    /** Writes the record to the journal. It is durable before any message of this step leaves. */
    void persist(M record);

    /** Asks that the journal be replaced by what {@link Protocol#journal} of all live instances gives. */
    void compact();

    /** Hands a value to the instance that nested this one, or to the shell. */
    void output(O value);

    /** States that a peer broke a rule of the protocol; {@code rule} is a constant sentence. */
    void blame(int replica, String rule);

    /** Runs the action once, {@code afterMicros} from now, unless cancelled or the instance is dropped. */
    Timer wake(long afterMicros, Runnable action);

    /** Computes something heavy elsewhere, from immutable data only; the result comes back as an event. */
    <T> void compute(Supplier<T> task, Consumer<T> then);

    /**
     * Asks the trusted component beside this replica, once all records of this step are durable. Its answer comes back as an
     * event, in the order of the questions; empty where it refuses. A component that is gone never answers.
     */
    void certify(TrustedCall call, Consumer<Optional<Attestation>> then);

    /**
     * Makes a child instance. Messages that were held for it follow.
     *
     * @param index its number, or {@link Path#NO_INDEX}
     * @param sink takes its outputs, through the local queue
     */
    <N, P, C extends Protocol<N>> C nest(String tag, long index, Function<Port<N, P>, C> factory, Consumer<P> sink);

    /** Forgets a child with all below it. Later messages for it come to {@link Protocol#unknownChild}. */
    void drop(String tag, long index);

    /** A pending {@link #wake}. */
    interface Timer {
        void cancel();
    }
}
