package org.maftia.core.broadcast;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;

/**
 * The sender's part in a broadcast: it says one thing, also after a crash, and nobody says anything in its place.
 *
 * @param <M> messages of the broadcast
 * @param <S> the one that carries the payload
 */
final class Origin<M, S extends M> {
    private final Port<M, byte[]> port;
    private final int sender;

    /** What this replica sent, if it is the sender. */
    @Nullable
    S sent;

    Origin(Port<M, byte[]> port, int sender) {
        this.port = port;
        this.sender = sender;
    }

    void broadcast(S message) {
        Invariant.check(port.self() == sender, "only the sender broadcasts");
        if (sent == null) {
            sent = message;
            port.persist(message);
            port.sendAll(message);
        }
    }

    /** Whether a message that only the sender may send came from it; if not, that is blamed. */
    boolean isSender(int from) {
        if (from != sender) {
            port.blame(from, "sends in the place of another");
        }
        return from == sender;
    }

    void journal(Consumer<M> sink) {
        if (sent != null) {
            sink.accept(sent);
        }
    }
}
