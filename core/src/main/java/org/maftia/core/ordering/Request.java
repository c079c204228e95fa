package org.maftia.core.ordering;

import org.jspecify.annotations.Nullable;
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
 * @param seal the client's signature, or null; no part of what the request is
 */
public record Request(
        RequestId id, byte[] operation, @Nullable Seal seal) {
    /** A request without a signature. */
    public Request(RequestId id, byte[] operation) {
        this(id, operation, null);
    }

    /** The same request under this signature, or under none. */
    Request with(@Nullable Seal other) {
        return other == seal ? this : new Request(id, operation, other);
    }

    /** The same request without a signature. */
    public Request bare() {
        return with(null);
    }

    /** Identifies the request with its content. */
    public Digest digest() {
        return Transcript.of("request")
                .field(id.client())
                .field(id.session())
                .field(id.sequence())
                .field(operation)
                .digest();
    }

    /** The codec of requests that may be signed, under a bound of the operation's length. */
    public static Codec<Request> sealedCodec(int operationLengthMax) {
        Codec<Request> bare = codec(operationLengthMax);
        return new Codec<>() {
            @Override
            public void write(Writer writer, Request value) {
                bare.write(writer, value);
                writer.bool(value.seal != null);
                if (value.seal != null) {
                    Seal.CODEC.write(writer, value.seal);
                }
            }

            @Override
            public Request read(Reader reader) {
                Request request = bare.read(reader);
                return reader.bool() ? request.with(Seal.CODEC.read(reader)) : request;
            }
        };
    }

    /** The codec of the request alone, under a bound of the operation's length. */
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
