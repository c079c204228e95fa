package org.maftia.core.ordering.hybrid;

import java.util.List;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Request;
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
record Batch(long slot, long timeMicros, List<Request> requests, Digest digest) {
    /** The fewest bytes of a request: name, length, no seal. */
    private static final int REQUEST_LENGTH_MIN = 18 + 4 + 1;

    static Batch of(Digest configuration, Limits limits, long slot, long timeMicros, List<Request> requests) {
        Writer bytes = new Writer(256);
        Codec<Request> codec = Request.sealedCodec(limits.operationLengthMax());
        bytes.list(requests, codec::write);
        Digest digest = Transcript.of("hybrid/batch")
                .field(configuration)
                .field(slot)
                .field(timeMicros)
                .field(bytes.toBytes())
                .digest();
        return new Batch(slot, timeMicros, List.copyOf(requests), digest);
    }

    /** Bytes of the operations. */
    long operationBytes() {
        return requests.stream()
                .mapToLong(request -> request.operation().length)
                .sum();
    }

    static Codec<Batch> codec(Digest configuration, Limits limits) {
        Codec<Request> codec = Request.sealedCodec(limits.operationLengthMax());
        return new Codec<>() {
            @Override
            public void write(Writer writer, Batch value) {
                writer.u64(value.slot).u64(value.timeMicros).list(value.requests, codec::write);
            }

            @Override
            public Batch read(Reader reader) {
                long slot = reader.count();
                long timeMicros = reader.count();
                List<Request> requests = reader.list(limits.batchCountMax(), REQUEST_LENGTH_MIN, codec::read);
                return of(configuration, limits, slot, timeMicros, requests);
            }
        };
    }

    @Override
    public String toString() {
        return "s" + slot + " "
                + requests.stream()
                        .map(request ->
                                request.id().client() + "." + request.id().sequence())
                        .toList();
    }
}
