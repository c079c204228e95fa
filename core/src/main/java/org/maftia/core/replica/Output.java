package org.maftia.core.replica;

import org.maftia.core.ordering.RequestId;

/** What a replica hands to the shell, besides messages to its peers. */
public sealed interface Output {
    /**
     * The result of a request, executed here. Every correct replica gives the same one.
     *
     * @param slot where it was executed, or completed
     */
    record Reply(RequestId id, long slot, byte[] result) implements Output {}

    /** The request was not taken: outside its session's window, or too many of the client are waiting. */
    record Refused(RequestId id, String reason) implements Output {}

    /** Something that an operator should read, such as {@code "epoch 3 begins, leader r2"}. */
    record Notice(String text) implements Output {}
}
