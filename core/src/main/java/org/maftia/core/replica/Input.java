package org.maftia.core.replica;

import org.maftia.core.ordering.Request;

/** What the shell feeds a replica with, besides messages of its peers. */
public sealed interface Input {
    /** A request of a client in its own authenticated session here, or of this replica's own gateway. */
    record Submit(Request request) implements Input {}

    /** The link to a peer is up (again): whatever was under way may be lost. */
    record Connected(int peer) implements Input {}
}
