package org.maftia.core.replica;

import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;

/** What the shell feeds a replica with, besides messages of its peers. */
public sealed interface Input {
    /** A request of a client in its own authenticated session here, or of this replica's own gateway. */
    record Submit(Request request) implements Input {}

    /**
     * A client asks for an answer from the present state, which is put out at once: a {@link Output.Reading}, or an
     * {@link Output.Unread} where the log must answer.
     *
     * @param id the client, and two numbers of the shell's by which it knows the question again
     * @param operation an encoded {@link ServiceCall}
     */
    record Read(RequestId id, byte[] operation) implements Input {}

    /** A reader finds the certified state too old: a checkpoint is wanted. */
    record Certify() implements Input {}

    /** The link to a peer is up (again): whatever was under way may be lost. */
    record Connected(int peer) implements Input {}
}
