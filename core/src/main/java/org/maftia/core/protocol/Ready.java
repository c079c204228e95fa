package org.maftia.core.protocol;

import java.util.List;
import java.util.function.Supplier;

/**
 * What a node wants done after some events: first make {@code storage} durable, in order; then, and not before, hand
 * out {@code sends} and {@code outputs} and ask the trusted component what {@code certifications} want, one after the other;
 * start {@code computations} whenever.
 *
 * @param <O> the outputs of the root protocol
 */
public record Ready<O>(
        List<Storage> storage,
        List<Outgoing> sends,
        List<O> outputs,
        List<Computation> computations,
        List<Certification> certifications,
        List<Blame> blames) {
    /** Without anything for a trusted component. */
    public Ready(
            List<Storage> storage,
            List<Outgoing> sends,
            List<O> outputs,
            List<Computation> computations,
            List<Blame> blames) {
        this(storage, sends, outputs, computations, List.of(), blames);
    }

    /** The same with other frames in the place of its own. */
    public Ready<O> with(List<Outgoing> others) {
        return new Ready<>(storage, others, outputs, computations, certifications, blames);
    }

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

    /** A question to the trusted component; the answer, an {@code Optional<Attestation>}, goes back by {@link Node#computed}. */
    public record Certification(long id, Path path, TrustedCall call) {}

    /** A peer broke a rule. */
    public record Blame(int replica, String rule, Path path) {}

    public boolean isEmpty() {
        return storage.isEmpty()
                && sends.isEmpty()
                && outputs.isEmpty()
                && computations.isEmpty()
                && certifications.isEmpty()
                && blames.isEmpty();
    }
}
