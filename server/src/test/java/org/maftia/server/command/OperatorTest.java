package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.notarize.TokenVerifier;
import org.maftia.server.testing.Eventually;

/** What the operators of four hosts type, one after the other; each host is a directory. */
class OperatorTest {
    private static final List<String> SITES = List.of("zurich", "lisbon", "oslo", "kyoto");

    @TempDir
    private Path world;

    private final Terminal terminal = new Terminal();

    @SuppressWarnings("NullAway.Init") // before each test
    private Hosts hosts;

    @BeforeEach
    void writeGroup() throws IOException {
        hosts = new Hosts(world, SITES.size(), terminal);
        StringBuilder group = new StringBuilder("""
            [group]
            name = "four-hosts"
            [trust]
            model = "asynchronous"
            attributes = ["site"]
            tolerate = [ { site = 1 } ]
            [rsa]
            bits = 2048
            """);
        for (int i = 0; i < SITES.size(); i++) {
            group.append(hosts.entry(i + 1)).append("attributes = { site = \"%s\" }\n".formatted(SITES.get(i)));
        }
        Files.writeString(world.resolve("group.toml"), group);
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        hosts.close();
    }

    private Path host(int replica) {
        return hosts.host(replica);
    }

    private String type(int expectedCode, Object... words) {
        return terminal.type(expectedCode, words);
    }

    private void init(int replica, String hostName) throws IOException {
        assertThat(hosts.init(replica, hostName)).contains("fingerprint ");
    }

    private Object[] ceremony(Path out) throws IOException {
        return hosts.ceremony(world.resolve("group.toml"), out, List.of(1, 2, 3, 4));
    }

    @Test
    void fourHostsEnrolDealOfflineInstallAndStampForEveryone() throws Exception {
        for (int i = 1; i <= 4; i++) {
            init(i, "127.0.0.1");
        }
        Path results = world.resolve("results");
        String hash = Hosts.hashIn(type(0, ceremony(results)));
        type(1, hosts.install(1, results, hash.replaceFirst("^.", hash.startsWith("0") ? "1" : "0")));
        assertThat(terminal.errors()).contains("the transcript's hash is " + hash + ", not the one expected");
        for (int i = 1; i <= 4; i++) {
            assertThat(type(0, hosts.install(i, results, hash))).contains("transcript " + hash + ", as expected");
            Files.copy(world.resolve("group.toml"), host(i).resolve("group.toml"));
        }
        for (int i = 1; i <= 4; i++) {
            hosts.start(i);
        }
        Path root = results.resolve("ca.pem");
        SecureHttp https = SecureHttp.trusting(root);
        for (int i = 1; i <= 4; i++) {
            int replica = i;
            Eventually.until("r" + i + " is ready", () -> hosts.isReady(https, replica));
        }
        Path document = world.resolve("group.toml");
        for (int i = 1; i <= 4; i++) {
            stampWithPlainHttp(i, document, root);
        }
        // Tools find gateways and root in the directory of any host.
        assertThat(type(0, "status", "--dir", host(2))).contains("r4");
        String beacon = type(0, "key", "export", "beacon", "--dir", host(2)).strip();
        assertThat(type(0, "read", "--dir", host(3), "group", "key/beacon")).contains(beacon);
        Path token = world.resolve("token.tsr");
        type(0, "notarize", "--dir", host(3), "-o", token, document);
        assertThat(type(0, "verify", "--ca", root, document, token)).contains("existed at");
        assertThat(type(1, "verify", "--ca", root, hosts.passphrase("r1"), token))
                .isEmpty();
    }

    /** As any RFC 3161 client does, and checks the token with nothing but the ceremony's root. */
    private void stampWithPlainHttp(int replica, Path document, Path root) throws Exception {
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(document));
        byte[] request = generator.generate(TSPAlgorithms.SHA256, digest).getEncoded();
        HttpResponse<byte[]> response;
        try (HttpClient client = HttpClient.newHttpClient()) {
            response = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hosts.httpPort(replica) + "/tsa"))
                            .header("Content-Type", "application/timestamp-query")
                            .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(TokenVerifier.trusting(root)
                        .verify(document, response.body())
                        .serial())
                .isPositive();
    }

    @Test
    void theCeremonyRefusesAnEnrolmentForAnotherHostBeforeItMakesKeys() throws Exception {
        for (int i = 1; i <= 4; i++) {
            init(i, i == 3 ? "elsewhere.example.org" : "127.0.0.1");
        }
        Path results = world.resolve("results");
        type(1, ceremony(results));
        assertThat(terminal.errors())
                .contains("r3 enrolled for elsewhere.example.org")
                .contains("maftia: hint: 'maftia init r3");
        assertThat(results).doesNotExist();
    }

    @Test
    void theCeremonyRefusesAnEnrolmentUnderAnotherName() throws Exception {
        for (int i = 1; i <= 4; i++) {
            init(i, "127.0.0.1");
        }
        Files.copy(host(1).resolve("r1.enrol"), host(2).resolve("copy"));
        Files.delete(host(2).resolve("r2.enrol"));
        Files.move(host(2).resolve("copy"), host(2).resolve("r2.enrol"));
        type(1, ceremony(world.resolve("results")));
        assertThat(terminal.errors()).contains("r2.enrol is the enrolment of r1");
    }

    @Test
    void aReplicaWithoutKeysSaysWhichStepIsMissingAndLeavesNoTrace() throws Exception {
        Files.createDirectories(host(1));
        Files.copy(world.resolve("group.toml"), host(1).resolve("group.toml"));
        type(1, "replica", "r1", "--dir", host(1));
        assertThat(terminal.errors()).contains("no keys of r1").contains("'maftia init r1' makes them");
        assertThat(host(1).resolve("r1")).doesNotExist();
    }
}
