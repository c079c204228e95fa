package org.maftia.core.ordering;

import org.jspecify.annotations.Nullable;

/**
 * One request of a proposal: with its body, or as a reference to a body that the receivers got from the client.
 *
 * @param body the request that {@code reference} names, or null
 */
public record Entry(Reference reference, @Nullable Request body) {
    /** What an entry costs besides its operation: its share of a batch is bounded even when it is empty. */
    private static final int OVERHEAD_BYTES = Reference.LENGTH + 8;

    public static Entry of(Request body) {
        return new Entry(Reference.to(body), body);
    }

    /** Without a signature of the client. */
    Entry bare() {
        return body == null || body.seal() == null ? this : new Entry(reference, body.bare());
    }

    /** What a request with an operation of this length takes of the length of a batch. */
    static int cost(int operationLength) {
        return OVERHEAD_BYTES + operationLength;
    }

    @Override
    public String toString() {
        return body == null ? "ref " + reference : reference.toString();
    }
}
