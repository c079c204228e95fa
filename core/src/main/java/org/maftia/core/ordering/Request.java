package org.maftia.core.ordering;

import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One operation that a client asks the group to order.
 *
 * @param id who asks, and which of its requests
 * @param operation for the service; opaque to ordering
 */
public record Request(RequestId id, byte[] operation) {
    /** Identifies the request with its content. */
    public Digest digest() {
        return Transcript.of("request")
                .field(id.client())
                .field(id.session())
                .field(id.sequence())
                .field(operation)
                .digest();
    }

    /** The codec under a bound of the operation's length. */
    public static Codec<Request> codec(int operationLengthMax) {
        return new Codec<>() {
            @Override
            public void write(Writer writer, Request value) {
                RequestId.CODEC.write(writer, value.id);
                writer.opaque32(value.operation);
            }

            @Override
            public Request read(Reader reader) {
                return new Request(RequestId.CODEC.read(reader), reader.opaque32(operationLengthMax));
            }
        };
    }
}
