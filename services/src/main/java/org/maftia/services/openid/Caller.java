package org.maftia.services.openid;

import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The client for which a gateway gives a command, and what it showed beside the secrets that prove the command. All replicas
 * judge it.
 *
 * @param client its id
 * @param assertion a signed message by which it says who it is (RFC 7523); empty where it has another way
 * @param certificate SHA-256 of the certificate with which it reached the gateway, on the word of that one (RFC 8705); zero for
 *     none
 * @param proof that it holds the key to which its tokens are bound (RFC 9449); empty where it shows none
 */
public record Caller(String client, String assertion, Digest certificate, String proof) {
    /** Of a signed message: keys of RSA make them long. */
    public static final int MESSAGE_LENGTH_MAX = 4 << 10;

    /** A client that shows nothing of the kind. */
    public static Caller of(String client) {
        return new Caller(client, "", Digest.ZERO, "");
    }

    static void write(Writer writer, Caller it) {
        writer.string(it.client).string(it.assertion).digest(it.certificate).string(it.proof);
    }

    static Caller read(Reader reader) {
        return new Caller(
                reader.string(ProviderCommand.NAME_LENGTH_MAX),
                reader.string(MESSAGE_LENGTH_MAX),
                reader.digest(),
                reader.string(MESSAGE_LENGTH_MAX));
    }
}
