package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.server.cluster.ClusterCreation;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterRun;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.notarize.TokenVerifier;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.SmallDisk;
import picocli.CommandLine;

/** A cluster of processes with one small disk, as its operator sees it. */
class FullDiskTest {
    /** Room for two segments of the journal, which take turns at checkpoints, and not for a third. */
    private static final int SMALL_MEGABYTES = 40;

    private static final int LARGE_MEGABYTES = 200;

    /** Each writes more between two checkpoints than a segment holds. */
    private static final int LOADS_MAX = 10;

    @TempDir
    private Path directory;

    private final Set<BigInteger> serials = new HashSet<>();
    private final List<String> events = new ArrayList<>();
    private HttpClient http = HttpClient.newHttpClient();

    private static String type(Object... words) {
        StringWriter out = new StringWriter();
        CommandLine line = Maftia.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(out));
        String[] arguments = Stream.of(words).map(Object::toString).toArray(String[]::new);
        int code = line.execute(arguments);
        line.getOut().flush();
        return code + " " + out;
    }

    private static String load(ClusterDirectory place) {
        return type("bench", "--dir", place.root(), "--clients=16", "--payload=65536", "--warm=1", "--seconds=1");
    }

    /** As any RFC 3161 client does; the token is checked, and its serial is new. */
    private void stamp(Endpoints endpoints, String replica, Path root) throws Exception {
        Path document = directory.resolve("document");
        Files.writeString(document, "what is to be stamped\n");
        TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
        generator.setCertReq(true);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(document));
        byte[] request = generator.generate(TSPAlgorithms.SHA256, digest).getEncoded();
        String gateway = endpoints.replicas().stream()
                .filter(entry -> entry.id().equals(replica))
                .findFirst()
                .orElseThrow()
                .http();
        HttpResponse<byte[]> response = http.send(
                HttpRequest.newBuilder(URI.create(gateway + "/tsa"))
                        .header("Content-Type", "application/timestamp-query")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(request))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(200);
        BigInteger serial =
                TokenVerifier.trusting(root).verify(document, response.body()).serial();
        assertThat(serials.add(serial)).as("a serial is used once").isTrue();
    }

    private static String logOf(ClusterDirectory place, String id) throws IOException {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> files = Files.list(place.log(id))) {
            for (Path file : files.sorted().toList()) {
                text.append(Files.readString(file));
            }
        }
        return text.toString();
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void aReplicaOnAFullDiskStopsWithTheReasonAndComesBackWhenThereIsRoom() throws Exception {
        ClusterDirectory place = new ClusterDirectory(directory.resolve("cluster"));
        LocalCluster cluster =
                ClusterCreation.openOrCreate(place, null, Overrides.parse(List.of("rsa.bits=2048")), step -> {});
        Optional<SmallDisk> mounted = SmallDisk.mount(place.data("r3"), SMALL_MEGABYTES);
        Assumptions.assumeTrue(mounted.isPresent(), "mounting a small file system needs root on Linux");
        ClusterRun run = ClusterRun.of(cluster, false, false);
        try (SmallDisk disk = mounted.get()) {
            Endpoints endpoints = run.start();
            Path root = cluster.caCertificate();
            stamp(endpoints, "r3", root);
            for (int i = 0; i < LOADS_MAX && cluster.process("r3").isPresent(); i++) {
                assertThat(load(place)).startsWith("0 ");
            }
            assertThat(cluster.process("r3")).as("the process of r3").isEmpty();
            Eventually.until("it is told", () -> isTold(run));
            assertThat(logOf(place, "r3"))
                    .contains("r3 stops, as nothing may leave that is not durable: the disk is full: No space left on")
                    .contains("maftia: error: r3 stopped by itself: the disk is full: No space left on device")
                    .doesNotContain("stops: asked to");
            // The others serve as if nothing had happened.
            for (int i = 0; i < 5; i++) {
                stamp(endpoints, "r2", root);
            }
            disk.grow(LARGE_MEGABYTES);
            assertThat(type("start", "--dir", place.root(), "r3")).startsWith("0 ");
            stamp(endpoints, "r3", root);
            assertThat(logOf(place, "r3")).doesNotContain("has lost its memory");
        } finally {
            run.stop();
        }
    }

    private boolean isTold(ClusterRun run) {
        try {
            events.addAll(run.events());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return events.stream().anyMatch(event -> event.startsWith("r3 ended: exit code 1; 'maftia start "));
    }
}
