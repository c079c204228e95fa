package org.maftia.core.protocol;

import java.util.List;
import java.util.function.Supplier;

/**
 * What a node wants done after some events: first make {@code storage} durable, in order; then, and not before, hand
 * out {@code sends} and {@code outputs}; start {@code computations} whenever.
 *
 * @param <O> the outputs of the root protocol
 */
public record Ready<O>(
        List<Storage> storage,
        List<Outgoing> sends,
        List<O> outputs,
        List<Computation> computations,
        List<Blame> blames) {
    /** A change of the journal. */
    public sealed interface Storage {
        /** Adds one record at the end. */
        record Append(byte[] record) implements Storage {}

        /** Replaces the whole journal, atomically. */
        record Replace(List<byte[]> records) implements Storage {}
    }

    /** A frame for one peer. Frames to one peer stay in order. The array may be shared between peers. */
    public record Outgoing(int to, byte[] frame) {}

    /** Work whose result goes back by {@link Node#computed}. */
    public record Computation(long id, Path path, Supplier<?> task) {}

    /** A peer broke a rule. */
    public record Blame(int replica, String rule, Path path) {}

    public boolean isEmpty() {
        return storage.isEmpty() && sends.isEmpty() && outputs.isEmpty() && computations.isEmpty() && blames.isEmpty();
    }
}
