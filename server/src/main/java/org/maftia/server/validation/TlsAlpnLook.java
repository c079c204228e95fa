package org.maftia.server.validation;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.ASN1OctetString;
import org.maftia.core.crypto.Transcript;
import org.maftia.services.authority.ProbeFinding;
import org.maftia.services.authority.ProbeQuestion;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.pki.Identifier;

/** Looks at the certificate that a server shows to who asks it by a protocol of its own (RFC 8737). */
final class TlsAlpnLook {
    private static final String PROTOCOL = "acme-tls/1";
    private static final String EXTENSION = "1.3.6.1.5.5.7.1.31";
    private static final int DNS_NAME = 2;
    private static final int IP_ADDRESS = 7;

    private final Names names;
    private final AddressPolicy policy;
    private final int port;

    TlsAlpnLook(Names names, AddressPolicy policy, int port) {
        this.names = names;
        this.policy = policy;
        this.port = port;
    }

    ProbeFinding look(ProbeQuestion question) throws LookException {
        Identifier identifier = question.identifier();
        boolean ip = identifier.kind() == Identifier.Kind.IP;
        Optional<InetAddress> literal = ip ? Addresses.literal(identifier.value()) : Optional.empty();
        List<InetAddress> addresses =
                literal.isPresent() ? List.of(literal.get()) : names.addresses(identifier.value());
        LookException last =
                new LookException(Problem.Kind.CONNECTION, "no address of " + identifier.value() + " answers");
        for (InetAddress address : policy.allowed(identifier.value(), addresses)) {
            String where = address.getHostAddress();
            try (SSLSocket socket = Wire.tls(address, port, ip ? reverse(address) : identifier.value(), PROTOCOL)) {
                if (!PROTOCOL.equals(socket.getApplicationProtocol())) {
                    throw new LookException(Problem.Kind.UNAUTHORIZED, where, "the server does not speak " + PROTOCOL);
                }
                Certificate shown = socket.getSession().getPeerCertificates()[0];
                if (!(shown instanceof X509Certificate certificate) || !isFor(certificate, identifier, address)) {
                    throw new LookException(
                            Problem.Kind.UNAUTHORIZED, where, "the certificate is not for the name alone");
                }
                if (!answers(certificate, question.keyAuthorization())) {
                    throw new LookException(
                            Problem.Kind.UNAUTHORIZED, where, "the certificate does not answer the challenge");
                }
                return ProbeFinding.good(where, Transcript.sha256(certificate.getEncoded()));
            } catch (IOException | CertificateException | IllegalArgumentException e) {
                last = new LookException(
                        e instanceof SSLException ? Problem.Kind.TLS : Problem.Kind.CONNECTION,
                        where,
                        "asking " + identifier.value() + " by TLS failed: " + e.getMessage());
            }
        }
        throw last;
    }

    /** How an address is asked for by name (RFC 8738, section 6). */
    static String reverse(InetAddress address) {
        byte[] bytes = address.getAddress();
        StringBuilder name = new StringBuilder();
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes.length == 4) {
                name.append(bytes[i] & 0xff).append('.');
            } else {
                name.append(Integer.toHexString(bytes[i] & 0xf)).append('.');
                name.append(Integer.toHexString(bytes[i] >> 4 & 0xf)).append('.');
            }
        }
        return name.append(bytes.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString();
    }

    private static boolean isFor(X509Certificate certificate, Identifier identifier, InetAddress address)
            throws CertificateException {
        Collection<List<?>> stated = certificate.getSubjectAlternativeNames();
        if (stated == null || stated.size() != 1) {
            return false;
        }
        List<?> name = stated.iterator().next();
        boolean ip = identifier.kind() == Identifier.Kind.IP;
        if (!Integer.valueOf(ip ? IP_ADDRESS : DNS_NAME).equals(name.get(0)) || !(name.get(1) instanceof String text)) {
            return false;
        }
        return ip
                ? Addresses.literal(text).filter(address::equals).isPresent()
                : text.equalsIgnoreCase(identifier.value());
    }

    private static boolean answers(X509Certificate certificate, String keyAuthorization) throws IOException {
        byte[] extension = certificate.getExtensionValue(EXTENSION);
        if (extension == null || !certificate.getCriticalExtensionOIDs().contains(EXTENSION)) {
            return false;
        }
        byte[] wanted = Transcript.sha256(keyAuthorization.getBytes(StandardCharsets.US_ASCII))
                .toBytes();
        try {
            // An octet string in the octet string of the extension.
            byte[] inner = ASN1OctetString.getInstance(extension).getOctets();
            return Arrays.equals(ASN1OctetString.getInstance(inner).getOctets(), wanted);
        } catch (IllegalArgumentException | ClassCastException e) {
            return false; // a stranger's bytes that are no such thing
        }
    }
}
