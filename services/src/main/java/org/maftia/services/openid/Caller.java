package org.maftia.services.openid;

import java.util.List;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.x509.CertificateChain;

/**
 * The client for which a gateway gives a command, and what it showed beside the secrets that prove the command. All replicas
 * judge it.
 *
 * @param client its id
 * @param assertion a signed message by which it says who it is (RFC 7523); empty where it has another way
 * @param certificate SHA-256 of the certificate with which it reached the gateway, on the word of that one (RFC 8705); zero for
 *     none
 * @param chain the certificates with which it reached the gateway, its own first, each in DER; empty where they need no issuer.
 *     All replicas judge them; that the client had the key is the word of the gateway
 * @param proof that it holds the key to which its tokens are bound (RFC 9449); empty where it shows none
 */
public record Caller(String client, String assertion, Digest certificate, List<byte[]> chain, String proof) {
    /** Of a signed message: keys of RSA make them long. */
    public static final int MESSAGE_LENGTH_MAX = 4 << 10;

    public Caller {
        chain = List.copyOf(chain);
    }

    /** A client that shows no issuers of its certificate. */
    public Caller(String client, String assertion, Digest certificate, String proof) {
        this(client, assertion, certificate, List.of(), proof);
    }

    /** A client that shows nothing of the kind. */
    public static Caller of(String client) {
        return new Caller(client, "", Digest.ZERO, "");
    }

    static void write(Writer writer, Caller it) {
        writer.string(it.client).string(it.assertion).digest(it.certificate);
        writer.list(it.chain, Writer::opaque16).string(it.proof);
    }

    static Caller read(Reader reader) {
        return new Caller(
                reader.string(ProviderCommand.NAME_LENGTH_MAX),
                reader.string(MESSAGE_LENGTH_MAX),
                reader.digest(),
                reader.list(
                        CertificateChain.CERTIFICATES_MAX,
                        Short.BYTES,
                        in -> in.opaque16(CertificateChain.CERTIFICATE_LENGTH_MAX)),
                reader.string(MESSAGE_LENGTH_MAX));
    }
}
