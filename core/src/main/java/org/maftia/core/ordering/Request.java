package org.maftia.core.ordering;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One operation that a client asks the group to order: who asks, and which of its requests it is; the operation for the service, opaque
 * to ordering; and perhaps the client's signature, which is no part of what the request is.
 */
public final class Request {
    private final RequestId id;
    private final byte[] operation;
    private final @Nullable Seal seal;

    /** Computed when it is first asked for; two threads that ask at once find the same. */
    private @Nullable Digest digest;

    public Request(RequestId id, byte[] operation, @Nullable Seal seal) {
        this.id = id;
        this.operation = operation;
        this.seal = seal;
    }

    /** A request without a signature. */
    public Request(RequestId id, byte[] operation) {
        this(id, operation, null);
    }

    public RequestId id() {
        return id;
    }

    /** Not a copy: nobody changes it. */
    public byte[] operation() {
        return operation;
    }

    public @Nullable Seal seal() {
        return seal;
    }

    /** The same request under this signature, or under none. */
    Request with(@Nullable Seal other) {
        if (other == seal) {
            return this;
        }
        Request request = new Request(id, operation, other);
        request.digest = digest;
        return request;
    }

    /** The same request without a signature. */
    public Request bare() {
        return with(null);
    }

    /** Identifies the request with its content. */
    public Digest digest() {
        Digest known = digest;
        if (known == null) {
            known = Transcript.of("request")
                    .field(id.client())
                    .field(id.session())
                    .field(id.sequence())
                    .field(operation)
                    .digest();
            digest = known;
        }
        return known;
    }

    /** The same content under the same seal, or under none. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Request request
                && id.equals(request.id)
                && Arrays.equals(operation, request.operation)
                && Objects.equals(seal, request.seal);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id + " of " + operation.length + " bytes";
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
