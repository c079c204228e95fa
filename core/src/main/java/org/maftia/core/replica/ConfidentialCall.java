package org.maftia.core.replica;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A call whose operation nobody reads before the log holds it: encrypted to the group, under a label that ties it to one
 * request of one client. It travels as the operation of a {@link ServiceCall} to {@link #SERVICE}.
 *
 * @param service the name under which the group runs the service; not secret
 * @param ciphertext of the service's own encoding, under {@link #label}
 */
public record ConfidentialCall(String service, byte[] ciphertext) {
    /** Why a replica gives a request back that no configuration ordered before the keys changed. */
    public static final String OTHER_KEYS = "the group has other keys now: encrypt the request again";

    /** The name of the service that every group runs, and that opens such calls. */
    public static final String SERVICE = "confidential";

    private static final byte[] PREFIX = new Writer().string(SERVICE).toBytes();
    private static final String UNREADABLE = "what the request encrypts does not decrypt";

    /**
     * What the ciphertext is bound to. A copy under another client's name, in another session or place of a session, for
     * another service or in another group is not valid, so nobody gets another's secret ordered as his own.
     *
     * @param configuration of the group
     */
    public static byte[] label(Digest configuration, String service, RequestId id) {
        return Transcript.of("confidential call")
                .field(configuration)
                .field(service)
                .field(id.client())
                .field(id.session())
                .field(id.sequence())
                .digest()
                .toBytes();
    }

    /** The result of a call that is valid but has garbage inside: nothing was done. Only its sender can have meant it. */
    public static byte[] unreadable() {
        return UNREADABLE.getBytes(StandardCharsets.US_ASCII);
    }

    /** Whether an operation is such a call, by its first bytes: asked for every request. */
    static boolean isOperation(byte[] operation) {
        return operation.length >= PREFIX.length
                && Arrays.equals(operation, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    /** The codec under a bound of the operation's length. */
    public static Codec<ConfidentialCall> codec(int operationLengthMax) {
        return new Codec<>() {
            @Override
            public void write(Writer writer, ConfidentialCall value) {
                writer.string(value.service).opaque32(value.ciphertext);
            }

            @Override
            public ConfidentialCall read(Reader reader) {
                return new ConfidentialCall(
                        reader.string(ServiceCall.NAME_LENGTH_MAX), reader.opaque32(operationLengthMax));
            }
        };
    }
}
