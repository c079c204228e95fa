package org.maftia.core.protocol;

import java.util.function.Consumer;
import org.maftia.core.wire.Codec;

/**
 * One protocol instance: a pure state machine that acts only through the {@link Port} that it was made with. The node
 * runs every handler to completion, one at a time.
 *
 * @param <M> its messages, which are its journal records too
 */
public interface Protocol<M> {
    Codec<M> codec();

    /**
     * A message that replica {@code from} sent, which may be this replica. The message is well formed; whether it makes
     * sense is for the protocol to judge, and to {@link Port#blame}.
     */
    void receive(int from, M message);

    /** An own record from the journal, before any event. Sets state only; nothing that it sends leaves. */
    default void restore(M record) {
        Invariant.check(false, "this protocol keeps no journal");
    }

    /** All records were restored: sends what peers may be waiting for, starts timers. */
    default void restored() {}

    /** Gives the records from which {@link #restore} rebuilds what must survive now, oldest first. */
    default void journal(Consumer<M> sink) {}

    /**
     * A message for the child {@code tag}{@code index}, which does not exist. CREATE: the handler has just made it with
     * {@link Port#nest}; HOLD: it may come into being, keep the message within the bounds; DROP: it never will again.
     */
    default Arrival unknownChild(String tag, long index, int from) {
        return Arrival.DROP;
    }

    /** What to do with a message for an instance that does not exist. */
    enum Arrival {
        CREATE,
        HOLD,
        DROP
    }

    /**
     * The protocol at the root of a node, which the shell feeds.
     *
     * @param <I> what the shell feeds it with besides messages
     */
    interface Root<I, M> extends Protocol<M> {
        void input(I input);
    }
}
