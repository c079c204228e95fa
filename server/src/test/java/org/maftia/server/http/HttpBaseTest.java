package org.maftia.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
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
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.gateway.Answer;
import org.maftia.server.gateway.BodyHandler;
import org.maftia.server.gateway.Gateway;
import org.maftia.server.gateway.Submission;

class HttpBaseTest {
    private static final int LENGTH_MAX = 1_000;

    /** Longer than a gateway waits for the rest of a request. */
    private static final int ENDS_MILLIS = 25_000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    private int http;
    private int https;

    @SuppressWarnings("NullAway.Init") // set before each test
    private HttpBase base;

    @SuppressWarnings("NullAway.Init") // set before each test
    private SecureHttp client;

    private boolean hangs;

    @BeforeEach
    void open() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        X509Certificate certificate = certificate(pair);
        Path root = directory.resolve("ca.pem");
        Files.writeString(
                root,
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        http = freePort();
        https = freePort();
        base = HttpBase.start(
                new HttpBase.Ports(InetAddress.getLoopbackAddress(), http, https, 100),
                new HttpBase.Identity(pair.getPrivate(), List.of(certificate)),
                this::status,
                List.of(new Echo()));
        client = SecureHttp.trusting(root);
    }

    @AfterEach
    void close() {
        base.close();
    }

    private ReplicaStatus status() throws TimeoutException {
        if (hangs) {
            throw new TimeoutException();
        }
        TreeMap<String, String> attributes = new TreeMap<>();
        attributes.put("site", "zurich");
        TreeMap<String, Long> counters = new TreeMap<>();
        counters.put("journalSyncs", 17L);
        return new ReplicaStatus(
                "maftia-4",
                "r1",
                2,
                "r2",
                30,
                29,
                1,
                false,
                false,
                true,
                List.of(
                        new ReplicaStatus.Peer("r1", attributes, true),
                        new ReplicaStatus.Peer("r2", attributes, false)),
                List.of(new ReplicaStatus.Blame("r2", "voted twice", 3)),
                counters);
    }

    private static X509Certificate certificate(KeyPair pair) throws Exception {
        X500Name name = new X500Name("CN=localhost");
        Instant now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                name,
                pair.getPublic());
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    }

    private X509Certificate root() throws Exception {
        try (InputStream in = Files.newInputStream(directory.resolve("ca.pem"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static int freePort() throws IOException {
        return FreePorts.one();
    }

    /** Answers the body, or what a gateway throws when the body asks for it. */
    private static final class Echo implements Gateway {
        @Override
        public String service() {
            return "echo";
        }

        @Override
        public String path() {
            return "/echo";
        }

        @Override
        public void register(
                io.helidon.webserver.http.HttpRouting.Builder plain,
                io.helidon.webserver.http.HttpRouting.Builder tls) {
            BodyHandler handler = BodyHandler.of("application/octet-stream", LENGTH_MAX, body -> {
                switch (new String(body, StandardCharsets.UTF_8)) {
                    case "busy" -> throw new Submission.Busy("full");
                    case "late" -> throw new TimeoutException();
                    case "broken" -> throw new IllegalStateException("secret reason");
                    default -> {
                        return new Answer(200, "application/octet-stream", body);
                    }
                }
            });
            plain.post(path(), handler);
            tls.post(path(), handler);
        }
    }

    private SecureHttp.Reply get(String path) throws IOException {
        return client.get("https://localhost:" + https + path, 60_000);
    }

    private SecureHttp.Reply post(String contentType, byte[] body) throws IOException {
        return client.post("https://localhost:" + https + "/echo", 60_000, contentType, body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private SecureHttp.Reply post(String body) throws IOException {
        return post("application/octet-stream", bytes(body));
    }

    /** The first line of the answer to raw bytes on the plain port. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes(request));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            StringBuilder line = new StringBuilder();
            for (int c = in.read(); c != -1 && c != '\r'; c = in.read()) {
                line.append((char) c);
            }
            return line.toString();
        }
    }

    @Test
    void aBodyWithinItsBoundIsAnsweredOnBothPorts() throws IOException {
        assertThat(post("hello").text()).isEqualTo("hello");
        assertThat(raw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                        + "Content-Length: 2\r\n\r\nhi"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void badRequestsGetTheErrorOfHttpAndTheBaseLives() throws IOException {
        assertThat(post("text/plain", bytes("hello")).status()).isEqualTo(415);
        assertThat(post("").status()).isEqualTo(400);
        assertThat(post("application/octet-stream", new byte[LENGTH_MAX + 1]).status())
                .isEqualTo(413);
        assertThat(raw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                        + "Content-Length: 20000000\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(raw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + "x".repeat(0x3e9) + "\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 413");
        assertThat(raw("rubbish\r\n\r\n")).startsWith("HTTP/1.1 400");
        assertThat(raw("GET /" + "x".repeat(10_000) + " HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 4");
        assertThat(get("/nowhere").status()).isEqualTo(404);
        assertThat(post("hello").status()).isEqualTo(200);
    }

    /** All that comes until the other side ends the connection. */
    private String whole(String... parts) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http)) {
            socket.setSoTimeout(60_000);
            socket.setTcpNoDelay(true);
            for (String part : parts) {
                socket.getOutputStream().write(bytes(part));
                socket.getOutputStream().flush();
            }
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void requestsInTheOlderVersionAreAnsweredAndTheConnectionEnds() throws IOException {
        String head = "POST /echo HTTP/1.0\r\nContent-Type: application/octet-stream\r\nContent-Length: 2\r\n";
        assertThat(whole(head + "\r\nhi"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("connection: close")
                .containsIgnoringCase("content-length: 2")
                .endsWith("\r\n\r\nhi");
        assertThat(whole(
                        "POST /echo HT",
                        "TP/1.0\r\nContent-Type: application/octet-stream\r\nConnection: Keep-Alive\r\n",
                        "Expect: 100-continue\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nh",
                        "i"))
                .startsWith("HTTP/1.1 200")
                .containsIgnoringCase("connection: close")
                .endsWith("\r\n\r\nhi");
        assertThat(whole("GET /nowhere HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 404");
    }

    @Attack("client flood")
    @Test
    void nothingFollowsARequestInTheOlderVersion() throws IOException {
        String head = "POST /echo HTTP/1.0\r\nContent-Type: application/octet-stream\r\n";
        String next = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                + "Content-Length: 2\r\n\r\nno";
        assertThat(whole(head + "Connection: keep-alive\r\nContent-Length: 2\r\n\r\nhi"))
                .endsWith("\r\n\r\nhi");
        assertThat(raw(head + "Content-Length: 2\r\n\r\nhi" + next)).startsWith("HTTP/1.1 200");
        assertThat(raw(head + "\r\n" + next)).startsWith("HTTP/1.1 400");
        for (String framing : List.of(
                "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                "Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
                "Content-Length: -2\r\n\r\nhi",
                "Content-Length: 99999999999999999999\r\n\r\nhi",
                "Filler: " + "x".repeat(30_000) + "\r\n\r\n")) {
            assertThat(raw(head + framing)).as(framing.substring(0, 20)).startsWith("HTTP/1.1 400");
        }
        assertThat(raw(head + "Content-Length: 20000000\r\n\r\n")).startsWith("HTTP/1.1 413");
    }

    @Attack("client flood")
    @Test
    void halfSentRequestsHoldNobodyUp() throws IOException {
        String half = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
                + "Content-Length: 100\r\n\r\nhalf";
        try (Socket first = new Socket(InetAddress.getLoopbackAddress(), http);
                Socket second = new Socket(InetAddress.getLoopbackAddress(), http)) {
            for (Socket socket : List.of(first, second)) {
                OutputStream out = socket.getOutputStream();
                out.write(bytes(half));
                out.flush();
            }
            assertThat(post("hello").status()).isEqualTo(200);
        }
        assertThat(post("hello").status()).isEqualTo(200);
    }

    /** It would keep one of the connections that a port has, until others have none. */
    @Attack("client flood")
    @Test
    void aRequestWhoseRestDoesNotComeEnds() throws Exception {
        String half = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n";
        List<String> rests = List.of(
                "Content-Length: 100\r\n\r\nhalf",
                "Content-Length: -1\r\n\r\nhalf",
                "Transfer-Encoding: chunked\r\n\r\nff\r\nhalf");
        List<Socket> open = new ArrayList<>();
        for (String rest : rests) {
            open.add(new Socket(InetAddress.getLoopbackAddress(), http));
            open.add(SecureHttp.context(root()).getSocketFactory().createSocket("localhost", https));
            for (Socket socket : open.subList(open.size() - 2, open.size())) {
                socket.setSoTimeout(ENDS_MILLIS);
                socket.getOutputStream().write(bytes(half + rest));
                socket.getOutputStream().flush();
            }
        }
        for (Socket socket : open) {
            try (socket) {
                byte[] answer = socket.getInputStream().readAllBytes(); // or it times out
                assertThat(new String(answer, StandardCharsets.ISO_8859_1)).doesNotContain("200");
            } catch (SocketException e) {
                assertThat(e).as("it was reset").hasMessageContaining("reset");
            }
        }
    }

    @Test
    void whatAGatewayThrowsBecomesAnAnswerThatBetraysNothing() throws IOException {
        assertThat(post("busy").status()).isEqualTo(503);
        assertThat(post("late").status()).isEqualTo(504);
        SecureHttp.Reply broken = post("broken");
        assertThat(broken.status()).isEqualTo(500);
        assertThat(broken.text()).doesNotContain("secret");
    }

    @Test
    void statusMetricsAndThePageAreServedBehindTlsOnly() throws IOException {
        assertThat(ReplicaStatus.parse(get("/status").text()).json())
                .isEqualTo(get("/status").text().strip());
        assertThat(get("/metrics").text())
                .contains("maftia_epoch 2.0", "maftia_journal_syncs 17.0")
                .contains("maftia_link_up{peer=\"r2\"} 0.0")
                .contains("maftia_blames_total{replica=\"r2\",rule=\"voted twice\"} 3.0");
        assertThat(get("/").text()).contains("<title>Maftia</title>");
        assertThat(get("/health").status()).isEqualTo(200);
        assertThat(get("/ready").status()).isEqualTo(200);
        assertThat(raw("GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 404");
    }

    @Test
    void aReplicaWhoseLoopHangsIsNotHealthy() throws IOException {
        hangs = true;
        assertThat(get("/health").status()).isEqualTo(503);
    }
}
