package org.maftia.core.ordering.hybrid;

import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.SealedRequests;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What a slot is to hold.
 *
 * @param digest binds everything, the clients' signatures included: whether a batch is valid is the same question at every
 *     replica that holds it
 */
record Batch(long slot, long timeMicros, SealedRequests sealed, Digest digest) {
    /** What a request takes beside its operation: names, hashes, objects. */
    private static final int REQUEST_COST = 256;

    static Batch of(Digest configuration, long slot, long timeMicros, List<Request> requests) {
        return of(configuration, slot, timeMicros, SealedRequests.of(requests));
    }

    static Batch of(Digest configuration, long slot, long timeMicros, SealedRequests sealed) {
        Transcript transcript =
                Transcript.of("hybrid/batch").field(configuration).field(slot).field(timeMicros);
        sealed.bind(transcript);
        return new Batch(slot, timeMicros, sealed, transcript.digest());
    }

    List<Request> requests() {
        return sealed.requests();
    }

    /** Bytes of the operations. */
    long operationBytes() {
        long bytes = 0;
        for (Request request : requests()) {
            bytes += request.operation().length;
        }
        return bytes;
    }

    /** Bytes that it takes here. */
    long cost() {
        return operationBytes() + (long) REQUEST_COST * requests().size();
    }

    static Codec<Batch> codec(Digest configuration, Limits limits, KnownBatches known) {
        Codec<SealedRequests> codec = SealedRequests.codec(limits, known);
        return new Codec<>() {
            @Override
            public void write(Writer writer, Batch value) {
                codec.write(writer.u64(value.slot).u64(value.timeMicros), value.sealed);
            }

            @Override
            public Batch read(Reader reader) {
                long slot = reader.count();
                long timeMicros = reader.count();
                return of(configuration, slot, timeMicros, codec.read(reader));
            }
        };
    }

    @Override
    public String toString() {
        return "s" + slot + " "
                + requests().stream()
                        .map(request ->
                                request.id().client() + "." + request.id().sequence())
                        .toList();
    }
}
