package org.maftia.server.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.server.configuration.AuthoritySettings;
import org.maftia.services.authority.Method;
import org.maftia.services.authority.ProbeFinding;
import org.maftia.services.authority.ProbeQuestion;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.pki.Identifier;

class NameObserverTest {
    private static final String HOST = "www.example.org";
    private static final String KEY_AUTHORIZATION = "token.thumbprint";
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private final FixedNames names = new FixedNames();
    private HttpServer server;

    NameObserverTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(HERE, 0), 0);
    }

    @BeforeEach
    void begin() {
        server.start();
        names.addresses.put(HOST, List.of(HERE));
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    private void serve(int status, String body, String location) {
        server.createContext("/", exchange -> {
            if (!location.isEmpty()) {
                exchange.getResponseHeaders().add("Location", location);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
    }

    private ProbeFinding look(Method method, String resolver, int tlsPort) {
        NameObserver observer = new NameObserver(
                names,
                new AuthoritySettings.Validation(server.getAddress().getPort(), tlsPort, resolver, ""),
                List.of("ca.test"),
                List.of("https://ca.test"));
        ProbeQuestion question = new ProbeQuestion(
                method, Identifier.of(Identifier.Kind.DNS, HOST), false, "token", KEY_AUTHORIZATION, "/acme/acct/1");
        return ProbeFinding.CODEC.decode(observer.observe(ProbeQuestion.CODEC.encode(question)));
    }

    private ProbeFinding look(Method method) {
        return look(method, AuthoritySettings.Validation.SYSTEM, 443);
    }

    @Test
    void theRightTextIsFound() {
        serve(200, KEY_AUTHORIZATION + "\n", "");
        ProbeFinding finding = look(Method.HTTP_01);
        assertThat(finding.failure()).isEmpty();
        assertThat(finding.address()).isEqualTo("127.0.0.1");
    }

    @Test
    @Attack("an account shows the wrong key authorization")
    void anotherTextOrNoneIsRefused() {
        serve(200, "token.other", "");
        assertThat(look(Method.HTTP_01).failure()).contains(Problem.Kind.UNAUTHORIZED);
        server.removeContext("/");
        assertThat(look(Method.HTTP_01).failure()).contains(Problem.Kind.UNAUTHORIZED);
        server.stop(0);
        assertThat(look(Method.HTTP_01).failure()).contains(Problem.Kind.CONNECTION);
    }

    @Test
    @Attack("a server answers without end")
    void aLongAnswerIsCut() {
        serve(200, "x".repeat(1 << 20), "");
        assertThat(look(Method.HTTP_01).failure()).contains(Problem.Kind.UNAUTHORIZED);
    }

    @Test
    @Attack("a redirect leads a replica into its own network")
    void aRedirectElsewhereIsNotFollowed() {
        for (String location : List.of(
                "http://" + HOST + ":22/",
                "ftp://" + HOST + "/",
                "http://user@" + HOST + "/",
                "file:///etc/passwd",
                "",
                "http://")) {
            serve(302, "", location);
            assertThat(look(Method.HTTP_01).failure()).as(location).contains(Problem.Kind.CONNECTION);
            server.removeContext("/");
        }
    }

    @Test
    @Attack("a name points into the network of a replica")
    void noAddressInsideIsAsked() throws Exception {
        serve(200, KEY_AUTHORIZATION, "");
        for (String inside : List.of(
                "127.0.0.1",
                "10.1.2.3",
                "192.168.0.1",
                "172.16.0.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "::1",
                "fe80::1",
                "fd00::1",
                "2002:a00:1::1",
                "2001:db8::1")) {
            names.addresses.put(HOST, List.of(InetAddress.ofLiteral(inside)));
            ProbeFinding finding = look(Method.HTTP_01, AuthoritySettings.Validation.VALIDATING, 443);
            assertThat(finding.failure()).as(inside).isEqualTo(Optional.of(Problem.Kind.CONNECTION));
            assertThat(finding.detail()).contains("no address that can be reached");
        }
        assertThat(AddressPolicy.isPublic(InetAddress.ofLiteral("93.184.216.34")))
                .isTrue();
        assertThat(AddressPolicy.isPublic(InetAddress.ofLiteral("2a00:1450::1")))
                .isTrue();
    }

    @Test
    void aTextInTheZoneIsFound() throws Exception {
        assertThat(look(Method.DNS_01).failure()).contains(Problem.Kind.UNAUTHORIZED);
        byte[] hash = sha256();
        names.texts.put(
                "_acme-challenge." + HOST,
                List.of(
                        "other".getBytes(StandardCharsets.US_ASCII),
                        Base64.getUrlEncoder().withoutPadding().encode(hash)));
        assertThat(look(Method.DNS_01).failure()).isEmpty();
    }

    @Test
    @Attack("a name is certified against its owner's CAA records")
    void recordsOfTheOwnerForbid() {
        serve(200, KEY_AUTHORIZATION, "");
        names.caa.put("example.org", List.of(new Names.Caa(false, "issue", "other.test")));
        assertThat(look(Method.HTTP_01).failure()).contains(Problem.Kind.CAA);
    }

    private static byte[] sha256() throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(KEY_AUTHORIZATION.getBytes(StandardCharsets.US_ASCII));
    }

    private static SSLServerSocket tlsServer(byte[] shown, String name, boolean critical) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair pair = generator.generateKeyPair();
        X500Name subject = new X500Name("CN=challenge");
        X509Certificate certificate = new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(
                                subject,
                                BigInteger.ONE,
                                new Date(0),
                                new Date(4_000_000_000_000L),
                                subject,
                                pair.getPublic())
                        .addExtension(
                                Extension.subjectAlternativeName,
                                false,
                                new GeneralNames(new GeneralName(GeneralName.dNSName, name)))
                        .addExtension(
                                new ASN1ObjectIdentifier("1.3.6.1.5.5.7.1.31"), critical, new DEROctetString(shown))
                        .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("key", pair.getPrivate(), new char[0], new X509Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        SSLServerSocket socket =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 5, HERE);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"acme-tls/1"});
        socket.setSSLParameters(parameters);
        Thread.ofVirtual().start(() -> {
            try (SSLSocket connection = (SSLSocket) socket.accept()) {
                connection.startHandshake();
                connection.getInputStream().transferTo(new ByteArrayOutputStream());
            } catch (IOException e) {
                // The replica hangs up as soon as it has seen the certificate.
                assertThat(e).isNotNull();
            }
        });
        return socket;
    }

    @Test
    void theCertificateOfTheChallengeIsFound() throws Exception {
        byte[] other = sha256();
        other[0] ^= 1;
        try (SSLServerSocket right = tlsServer(sha256(), HOST, true);
                SSLServerSocket wrong = tlsServer(other, HOST, true);
                SSLServerSocket named = tlsServer(sha256(), "evil.example.org", true);
                SSLServerSocket weak = tlsServer(sha256(), HOST, false)) {
            String system = AuthoritySettings.Validation.SYSTEM;
            assertThat(look(Method.TLS_ALPN_01, system, right.getLocalPort()).failure())
                    .isEmpty();
            for (SSLServerSocket refused : List.of(wrong, named, weak)) {
                assertThat(look(Method.TLS_ALPN_01, system, refused.getLocalPort())
                                .failure())
                        .contains(Problem.Kind.UNAUTHORIZED);
            }
        }
    }
}
