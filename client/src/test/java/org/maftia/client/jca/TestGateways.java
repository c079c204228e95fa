package org.maftia.client.jca;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Cipher;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.maftia.services.jose.StrictJson;

/** Gateways on loopback under one root, each good or bad in its way, before a key that one process holds. */
final class TestGateways implements AutoCloseable {
    private static final String DIGEST_INFO = "3031300d060960864801650304020105000420";
    private static final char[] PASSWORD = "password".toCharArray();

    /** What a gateway does. */
    enum Conduct {
        HONEST,
        /** Gives another signature than the key's. */
        FALSE_SIGNATURE,
        /** Shows a key of its own. */
        FALSE_KEY,
        /** Shows another key of the group under this name. */
        OTHER_KEY,
        /** Has another number since it was asked for its keys, as after a change of the group. */
        RENUMBERED,
        /** Refuses whoever asks. */
        DENYING
    }

    static final KeyPair KEY = pair();
    private static final KeyPair ROOT = pair();
    private static final KeyPair GATEWAY = pair();
    private final X509Certificate rootCertificate = certified("CN=root", ROOT, ROOT, true);
    private final List<HttpsServer> servers = new ArrayList<>();

    /** What was sent to them, from the first request for a signature on. */
    final List<String> requests = new ArrayList<>();

    /** How often one of them was asked for its keys. */
    private int listed;

    TestGateways(Conduct... conducts) throws GeneralSecurityException, IOException {
        for (Conduct conduct : conducts) {
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setHttpsConfigurator(new HttpsConfigurator(tls()));
            int number = servers.size();
            server.createContext("/signing/keys", exchange -> answer(exchange, number, conduct));
            server.start();
            servers.add(server);
        }
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate certified(String name, KeyPair subject, KeyPair issuer, boolean authority) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=root"),
                    BigInteger.valueOf(name.length()),
                    new Date(0),
                    new Date(4_000_000_000_000L),
                    new X500Name(name),
                    subject.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(issuer.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private SSLContext tls() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", GATEWAY.getPrivate(), PASSWORD, new X509Certificate[] {
            certified("CN=gateway", GATEWAY, ROOT, false), rootCertificate
        });
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    /** The provider's configuration. */
    Path properties(Path directory) throws GeneralSecurityException, IOException {
        Path ca = Files.writeString(
                directory.resolve("ca.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(rootCertificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        return Files.writeString(
                directory.resolve("maftia.properties"),
                "ca=" + ca + "\ngateways="
                        + servers.stream()
                                .map(server -> "https://localhost:"
                                        + server.getAddress().getPort())
                                .collect(Collectors.joining(",")));
    }

    private void answer(HttpExchange exchange, int number, Conduct conduct) throws IOException {
        try (exchange) {
            boolean signs = exchange.getRequestMethod().equals("POST");
            byte[] body = exchange.getRequestBody().readAllBytes();
            if (signs) {
                requests.add(new String(body, StandardCharsets.UTF_8));
            }
            listed += signs ? 0 : 1;
            int shown = conduct == Conduct.RENUMBERED && listed == 1 ? number + 1 : number;
            boolean denied = conduct == Conduct.DENYING
                    || conduct == Conduct.RENUMBERED
                            && signs
                            && StrictJson.object(body, "the request").number("gateway") != number;
            int status = signs && denied ? 403 : 200;
            byte[] answer = StrictJson.bytes(
                    status == 403
                            ? StrictJson.create().put("detail", "permission denied")
                            : signs
                                    ? StrictJson.create().put("signature", StrictJson.base64(signature(body, conduct)))
                                    : StrictJson.create()
                                            .put("gateway", shown)
                                            .set(
                                                    "keys",
                                                    StrictJson.create()
                                                            .set(
                                                                    "release",
                                                                    StrictJson.create()
                                                                            .put("padding", "pkcs1v15")
                                                                            .put(
                                                                                    "certificate",
                                                                                    certificate(conduct)))));
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private String certificate(Conduct conduct) {
        try {
            KeyPair key = conduct == Conduct.FALSE_KEY || conduct == Conduct.OTHER_KEY ? GATEWAY : KEY;
            String name = conduct == Conduct.OTHER_KEY ? "CN=door" : "CN=release";
            return StrictJson.base64(certified(name, key, conduct == Conduct.FALSE_KEY ? GATEWAY : ROOT, false)
                    .getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RFC 8017, section 8.2: what the group would make of the digest. */
    private byte[] signature(byte[] body, Conduct conduct) {
        byte[] digest = StrictJson.object(body, "the request").exactly("digest", 32);
        byte[] prefix = HexFormat.of().parseHex(DIGEST_INFO);
        byte[] info = Arrays.copyOf(prefix, prefix.length + digest.length);
        System.arraycopy(digest, 0, info, prefix.length, digest.length);
        info[info.length - 1] ^= (byte) (conduct == Conduct.FALSE_SIGNATURE ? 1 : 0);
        try {
            Cipher cipher = Cipher.getInstance("RSA/ECB/PKCS1Padding");
            cipher.init(Cipher.ENCRYPT_MODE, KEY.getPrivate());
            return cipher.doFinal(info);
        } catch (GeneralSecurityException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }

    @Override
    public void close() {
        servers.forEach(server -> server.stop(0));
    }
}
