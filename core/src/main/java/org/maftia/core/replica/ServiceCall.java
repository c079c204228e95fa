package org.maftia.core.replica;

import org.maftia.core.wire.Codec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * How an operation names its service: the encoding of every {@link org.maftia.core.ordering.Request#operation}.
 *
 * @param service the name under which the group runs it
 * @param operation the service's own encoding
 */
public record ServiceCall(String service, byte[] operation) {
    /** A name of a service, in bytes. */
    public static final int NAME_LENGTH_MAX = 32;

    /**
     * The service that an encoded call is for; the operation is not copied, as this is asked of every request that comes.
     *
     * @throws MalformedException exactly when the codec under this bound would refuse the call
     */
    static String serviceOf(byte[] call, int operationLengthMax) {
        Reader reader = new Reader(call);
        String service = reader.string(NAME_LENGTH_MAX);
        reader.passOpaque32(operationLengthMax);
        reader.end();
        return service;
    }

    /** The codec under a bound of the operation's length. */
    public static Codec<ServiceCall> codec(int operationLengthMax) {
        return new Codec<>() {
            @Override
            public void write(Writer writer, ServiceCall value) {
                writer.string(value.service).opaque32(value.operation);
            }

            @Override
            public ServiceCall read(Reader reader) {
                return new ServiceCall(reader.string(NAME_LENGTH_MAX), reader.opaque32(operationLengthMax));
            }
        };
    }
}
