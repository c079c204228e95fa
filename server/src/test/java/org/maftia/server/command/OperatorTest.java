package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.notarize.TokenVerifier;
import org.maftia.server.testing.Eventually;
import picocli.CommandLine;

/** What the operators of four hosts type, one after the other; each host is a directory. */
class OperatorTest {
    private static final List<String> SITES = List.of("zurich", "lisbon", "oslo", "kyoto");

    @TempDir
    private Path world;

    private final List<Process> replicas = new ArrayList<>();
    private final List<Integer> httpsPorts = new ArrayList<>();
    private final List<Integer> httpPorts = new ArrayList<>();
    private String errors = "";

    @BeforeEach
    void writeGroup() throws IOException {
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
        List<Integer> ports = FreePorts.several(4 * SITES.size());
        for (int i = 0; i < SITES.size(); i++) {
            List<Integer> own = ports.subList(4 * i, 4 * i + 4);
            group.append("""
                    [[replica]]
                    id = "r%d"
                    attributes = { site = "%s" }
                    host = "127.0.0.1"
                    link = %d
                    client = %d
                    https = %d
                    http = %d
                    """.formatted(i + 1, SITES.get(i), own.get(0), own.get(1), own.get(2), own.get(3)));
            httpsPorts.add(own.get(2));
            httpPorts.add(own.get(3));
        }
        Files.writeString(world.resolve("group.toml"), group);
    }

    @AfterEach
    void stopAll() throws InterruptedException {
        replicas.forEach(Process::destroy);
        for (Process replica : replicas) {
            replica.waitFor();
        }
    }

    private Path host(int replica) {
        return world.resolve("host" + replica);
    }

    private Path passphrase(String owner) throws IOException {
        Path file = world.resolve(owner + ".passphrase");
        if (!Files.exists(file)) {
            Files.writeString(file, "correct horse of " + owner + "\n");
        }
        return file;
    }

    /** Types a command; gives what it printed. */
    private String type(int expectedCode, Object... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Maftia.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        String[] arguments = new String[words.length];
        for (int i = 0; i < words.length; i++) {
            arguments[i] = words[i].toString();
        }
        int code = line.execute(arguments);
        line.getOut().flush();
        errors = err.toString();
        assertThat(code).as(String.join(" ", arguments) + ": " + errors).isEqualTo(expectedCode);
        return out.toString();
    }

    private void init(int replica, String hostName) throws IOException {
        assertThat(type(
                        0,
                        "init",
                        "r" + replica,
                        "--dir",
                        host(replica),
                        "--host",
                        hostName,
                        "--passphrase-file",
                        passphrase("r" + replica)))
                .contains("fingerprint ");
    }

    private Object[] ceremony(Path out) throws IOException {
        List<Object> words = new ArrayList<>(List.of("key", "ceremony", "--config", world.resolve("group.toml")));
        words.addAll(List.of("--out", out, "--passphrase-file", passphrase("officers")));
        for (int i = 1; i <= SITES.size(); i++) {
            words.add(host(i).resolve("r" + i + ".enrol"));
        }
        return words.toArray();
    }

    private Object[] install(int replica, Path results, String hash) throws IOException {
        return new Object[] {
            "key",
            "install",
            "r" + replica,
            "--dir",
            host(replica),
            "--transcript",
            results.resolve("transcript.json"),
            "--shares",
            results.resolve("r" + replica + ".shares"),
            "--expect",
            hash,
            "--passphrase-file",
            passphrase("r" + replica)
        };
    }

    private Process start(int replica) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Maftia.class.getName(),
                        "replica",
                        "r" + replica,
                        "--dir",
                        host(replica).toString(),
                        "--passphrase-file",
                        passphrase("r" + replica).toString())
                .redirectErrorStream(true)
                .redirectOutput(host(replica).resolve("console").toFile())
                .start();
        replicas.add(process);
        return process;
    }

    private boolean isReady(SecureHttp http, int replica) {
        try {
            return http.get("https://127.0.0.1:" + httpsPorts.get(replica - 1) + "/ready", 2_000)
                            .status()
                    == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }

    /** The transcript's hash, from what the ceremony prints. */
    private static String hashIn(String printed) {
        var matcher = Pattern.compile("transcript ([0-9a-f]{64})").matcher(printed);
        assertThat(matcher.find()).as(printed).isTrue();
        return matcher.group(1);
    }

    @Test
    void fourHostsEnrolDealOfflineInstallAndStampForEveryone() throws Exception {
        for (int i = 1; i <= 4; i++) {
            init(i, "127.0.0.1");
        }
        Path results = world.resolve("results");
        String hash = hashIn(type(0, ceremony(results)));
        type(1, install(1, results, hash.replaceFirst("^.", hash.startsWith("0") ? "1" : "0")));
        assertThat(errors).contains("the transcript's hash is " + hash + ", not the one expected");
        for (int i = 1; i <= 4; i++) {
            assertThat(type(0, install(i, results, hash))).contains("transcript " + hash + ", as expected");
            Files.copy(world.resolve("group.toml"), host(i).resolve("group.toml"));
        }
        for (int i = 1; i <= 4; i++) {
            start(i);
        }
        Path root = results.resolve("ca.pem");
        SecureHttp https = SecureHttp.trusting(root);
        for (int i = 1; i <= 4; i++) {
            int replica = i;
            Eventually.until("r" + i + " is ready", () -> isReady(https, replica));
        }
        Path document = world.resolve("group.toml");
        for (int i = 1; i <= 4; i++) {
            stampWithPlainHttp(i, document, root);
        }
        // Tools find gateways and root in the directory of any host.
        assertThat(type(0, "status", "--dir", host(2))).contains("r4");
        Path token = world.resolve("token.tsr");
        type(0, "notarize", "--dir", host(3), "-o", token, document);
        assertThat(type(0, "verify", "--ca", root, document, token)).contains("existed at");
        assertThat(type(1, "verify", "--ca", root, passphrase("r1"), token)).isEmpty();
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
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPorts.get(replica - 1) + "/tsa"))
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
        assertThat(errors).contains("r3 enrolled for elsewhere.example.org").contains("maftia: hint: 'maftia init r3");
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
        assertThat(errors).contains("r2.enrol is the enrolment of r1");
    }

    @Test
    void aReplicaWithoutKeysSaysWhichStepIsMissingAndLeavesNoTrace() throws Exception {
        Files.createDirectories(host(1));
        Files.copy(world.resolve("group.toml"), host(1).resolve("group.toml"));
        type(1, "replica", "r1", "--dir", host(1));
        assertThat(errors).contains("no keys of r1").contains("'maftia init r1' makes them");
        assertThat(host(1).resolve("r1")).doesNotExist();
    }
}
