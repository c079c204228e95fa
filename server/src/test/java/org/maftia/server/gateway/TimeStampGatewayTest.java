package org.maftia.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.http.HttpBase;
import org.maftia.server.testing.LocalNotary;

/**
 * From the keys of a ceremony to tokens over real sockets, as plain clients see it; the log between is reduced to one
 * list. Two replicas of four sign.
 */
final class TimeStampGatewayTest {
    private static final String QUERY = "application/timestamp-query";

    @TempDir
    static Path directory;

    private static String http = "";
    private static String https = "";

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static LocalNotary notary;

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static HttpBase base;

    @BeforeAll
    static void start() throws Exception {
        notary = LocalNotary.in(directory);
        int plainPort = freePort();
        int tlsPort = freePort();
        ReplicaKeys own = notary.keys();
        base = HttpBase.start(
                new HttpBase.Ports(InetAddress.getLoopbackAddress(), plainPort, tlsPort, 100),
                new HttpBase.Identity(own.httpsKey(), own.httpsChain()),
                () -> {
                    throw new TimeoutException("no status here");
                },
                List.of(new TimeStampGateway(notary)));
        http = "http://localhost:" + plainPort + "/tsa";
        https = "https://localhost:" + tlsPort + "/tsa";
    }

    @AfterAll
    static void stop() {
        base.close();
    }

    @BeforeEach
    void answer() {
        notary.failWith(null);
    }

    private static int freePort() throws IOException {
        return FreePorts.one();
    }

    private static HttpResponse<byte[]> post(String contentType, byte[] body) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create(http))
                            .header("Content-Type", contentType)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output").toFile())
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }

    private static void runs(String... command) throws IOException, InterruptedException {
        assertThat(run(command))
                .as(() -> String.join(" ", command) + "\n" + output())
                .isZero();
    }

    private static String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void opensslAndCurlGetTokensThatVerifyUnderTheRootOfTheCeremony() throws Exception {
        assumeTrue(run("openssl", "version") == 0 && run("curl", "--version") == 0, "openssl or curl is missing");
        Files.writeString(directory.resolve("document"), "the contract");
        for (String hash : List.of("-sha256", "-sha384", "-sha512")) {
            for (String address : List.of(http, https)) {
                runs("openssl", "ts", "-query", "-data", "document", hash, "-cert", "-out", "query");
                runs(
                        "curl",
                        "-sSf",
                        "--cacert",
                        "ceremony/ca.pem",
                        "-H",
                        "Content-Type: " + QUERY,
                        "--data-binary",
                        "@query",
                        "-o",
                        "reply",
                        address);
                runs("openssl", "ts", "-verify", "-in", "reply", "-queryfile", "query", "-CAfile", "ceremony/ca.pem");
                runs("openssl", "ts", "-verify", "-in", "reply", "-data", "document", "-CAfile", "ceremony/ca.pem");
            }
        }
        // Without -cert the token carries no certificate, and the verifier brings it.
        Files.write(directory.resolve("tsa.pem"), pem());
        runs("openssl", "ts", "-query", "-data", "document", "-sha256", "-out", "query");
        Files.write(
                directory.resolve("reply"),
                post(QUERY, Files.readAllBytes(directory.resolve("query"))).body());
        runs(
                "openssl",
                "ts",
                "-verify",
                "-in",
                "reply",
                "-queryfile",
                "query",
                "-CAfile",
                "ceremony/ca.pem",
                "-untrusted",
                "tsa.pem");
    }

    private static byte[] pem() throws CertificateEncodingException {
        byte[] der =
                notary.keys().group().key(ServiceKey.TIME_STAMP).certificate().getEncoded();
        return ("-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(der)
                        + "\n-----END CERTIFICATE-----\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void opensslAcceptsTheCertificatesOfTheCeremony() throws Exception {
        assumeTrue(run("openssl", "version") == 0, "openssl is missing");
        Files.write(directory.resolve("tsa.pem"), pem());
        runs("openssl", "verify", "-x509_strict", "-purpose", "timestampsign", "-CAfile", "ceremony/ca.pem", "tsa.pem");
        for (String host : List.of("-verify_hostname localhost", "-verify_ip 127.0.0.1", "-verify_ip ::1")) {
            String[] option = host.split(" ");
            runs(
                    "openssl",
                    "verify",
                    "-x509_strict",
                    "-purpose",
                    "sslserver",
                    option[0],
                    option[1],
                    "-CAfile",
                    "ceremony/ca.pem",
                    "r1/keys/https.pem");
        }
        assertThat(run("openssl", "verify", "-purpose", "sslserver", "-CAfile", "ceremony/ca.pem", "tsa.pem"))
                .isNotZero();
    }

    @Test
    void whatIsNoRequestGetsTheErrorOfHttp() throws Exception {
        assertThat(post("text/plain", new byte[10]).statusCode()).isEqualTo(415);
        assertThat(post(QUERY, new byte[0]).statusCode()).isEqualTo(400);
        assertThat(post(QUERY, "garbage, long enough".getBytes(StandardCharsets.US_ASCII))
                        .statusCode())
                .isEqualTo(400);
        assertThat(post(QUERY, new byte[4097]).statusCode()).isEqualTo(413);
    }

    @Test
    void whoComesWhenTheGroupIsBusyOrSilentIsToldToComeBack() throws Exception {
        byte[] request = {0x30, 0x00};
        notary.failWith(new Submission.Busy("full"));
        assertThat(post(QUERY, request).statusCode()).isEqualTo(503);
        notary.failWith(new TimeoutException());
        HttpResponse<byte[]> late = post(QUERY, request);
        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(late.headers().firstValue("Retry-After")).isPresent();
    }
}
