package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.transport.ClientSignatureKeys;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.SecureHttp;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.log.LogSetup;
import org.maftia.server.testing.Eventually;
import org.maftia.services.log.LogEntry;
import org.maftia.services.log.LogOperation;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogProof;
import org.maftia.services.log.LogTree;
import org.maftia.services.log.RefusedProofException;
import org.maftia.services.log.SignedCheckpoint;

/** The transparency log end to end: keys of a ceremony, real replicas, tiles and proofs over HTTP. */
class LogGatewayTest {
    private static final String JSON = "application/json";

    @TempDir
    private Path directory;

    private final List<ReplicaHost> hosts = new ArrayList<>();
    private final Configuration configuration = layout();
    private ClusterDirectory place = new ClusterDirectory(Path.of("."));

    private static Configuration layout() {
        try {
            return FreePorts.fill(Layout.of("4", Overrides.none()));
        } catch (IOException | ConfigurationException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() {
        hosts.forEach(ReplicaHost::close);
    }

    private ReplicaHost host(ReplicaEntry entry) throws Exception {
        Files.createDirectories(place.data(entry.id()));
        return ReplicaHost.start(new HostSetup(
                configuration,
                entry.id(),
                place.keys(entry.id()),
                place.data(entry.id()),
                new Unlock.KeyFile(),
                Optional.empty()));
    }

    private SecureHttp start() throws Exception {
        SmallGroup.make(directory, configuration.faultStructure());
        place = new ClusterDirectory(directory);
        for (ReplicaEntry entry : configuration.replicas()) {
            hosts.add(host(entry));
        }
        return SecureHttp.trusting(directory.resolve("ceremony").resolve(Ceremony.ROOT_FILE));
    }

    private static HttpResponse<byte[]> get(ReplicaEntry replica, String path) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create(replica.httpAddress() + path);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String text(ReplicaEntry replica, String path) {
        HttpResponse<byte[]> response = get(replica, path);
        String body = new String(response.body(), StandardCharsets.UTF_8);
        assertThat(response.statusCode()).as(path + ": " + body).isEqualTo(200);
        return body;
    }

    private SecureHttp.Reply post(SecureHttp http, ReplicaEntry replica, byte[] entry, byte[] signature)
            throws Exception {
        ClientKeys keys = ClientKeys.load(place.client());
        Base64.Encoder base64 = Base64.getEncoder();
        String json = "{\"client\":" + keys.number() + ",\"entry\":\"" + base64.encodeToString(entry)
                + "\",\"signature\":\"" + base64.encodeToString(signature) + "\"}";
        return http.post(replica.httpsAddress() + "/log/entries", 300_000, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] signature(byte[] entry) {
        ClientKeys keys = ClientKeys.load(place.client());
        Function<Digest, byte[]> signer = ClientSignatureKeys.signer(keys.key()).orElseThrow();
        return signer.apply(LogOperation.entryDigest(LogSetup.origin(keys.group()), entry));
    }

    private void record(SecureHttp http, ReplicaEntry replica, byte[] entry, long index) throws Exception {
        SecureHttp.Reply reply = post(http, replica, entry, signature(entry));
        assertThat(reply.text()).isEqualTo("{\"index\":" + index + "}\n");
        assertThat(reply.status()).isEqualTo(202);
    }

    private static void awaitSize(ReplicaEntry replica, long size) {
        Eventually.until("a head of " + size + " entries at " + replica.id(), () -> {
            HttpResponse<byte[]> response = get(replica, "/log/checkpoint");
            return response.statusCode() == 200
                    && SignedCheckpoint.parsed(new String(response.body(), StandardCharsets.UTF_8))
                                    .checkpoint()
                                    .size()
                            >= size;
        });
    }

    private static byte[] body(int i) {
        return ("entry " + i).getBytes(StandardCharsets.UTF_8);
    }

    private static List<byte[]> bundle(byte[] bytes) {
        List<byte[]> entries = new ArrayList<>();
        Reader reader = new Reader(bytes);
        while (reader.remaining() > 0) {
            entries.add(reader.opaque16(LogEntry.LENGTH_MAX));
        }
        return entries;
    }

    @Attack("a log shows two histories")
    @Test
    void everyReplicaShowsOneLogThatProvesItself() throws Exception {
        SecureHttp http = start();
        ReplicaEntry one = configuration.replicas().getFirst();
        Eventually.until("the group answers", () -> get(one, "/beacon/latest").statusCode() == 200);
        for (int i = 0; i < 5; i++) {
            record(http, configuration.replicas().get(i % 4), body(i), i);
        }
        assertThat(post(http, one, body(7), signature(body(8))).status()).isEqualTo(403);
        assertThat(http.post(one.httpsAddress() + "/log/entries", 300_000, JSON, "{}".getBytes(StandardCharsets.UTF_8))
                        .status())
                .isEqualTo(400);
        LogPolicy policy = LogPolicy.parsed(text(one, "/log/policy"));
        for (ReplicaEntry replica : configuration.replicas()) {
            awaitSize(replica, 5);
            SignedCheckpoint head = SignedCheckpoint.parsed(text(replica, "/log/checkpoint"));
            policy.verify(head);
            long size = head.checkpoint().size();
            List<byte[]> entries =
                    bundle(get(replica, "/log/tile/entries/000.p/" + size).body());
            assertThat(entries).hasSize((int) size);
            byte[] leaves = get(replica, "/log/tile/0/000.p/" + size).body();
            assertThat(LogTree.root(size, (level, index) -> subtree(leaves, level, index)))
                    .isEqualTo(head.checkpoint().root());
            for (int i = 0; i < 5; i++) {
                LogEntry entry = LogEntry.decoded(entries.get(i));
                assertThat(entry.kind()).isEqualTo(LogEntry.USER);
                assertThat(entry.body()).isEqualTo(body(i));
                LogProof proof = LogProof.parsed(text(replica, "/log/proof?index=" + i));
                proof.verify(policy, entries.get(i));
                proof.verify(policy, proof.entry(body(i)));
            }
            LogProof first = LogProof.parsed(text(replica, "/log/proof?index=0"));
            assertThatThrownBy(() -> first.verify(policy, entries.get(1))).isInstanceOf(RefusedProofException.class);
            assertThat(get(replica, "/log/proof?index=1000").statusCode()).isEqualTo(404);
            assertThat(get(replica, "/log/tile/0/001").statusCode()).isEqualTo(404);
            assertThat(get(replica, "/log/tile/0/000.p/256").statusCode()).isEqualTo(400);
        }
    }

    private static Digest subtree(byte[] leaves, int level, long index) {
        if (level == 0) {
            int at = (int) index * Digest.LENGTH;
            return Digest.of(java.util.Arrays.copyOfRange(leaves, at, at + Digest.LENGTH));
        }
        return LogTree.node(subtree(leaves, level - 1, 2 * index), subtree(leaves, level - 1, 2 * index + 1));
    }

    /** The archive of one is gone, and what replaces it comes from its own copy or from others, checked by the root. */
    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void whoLosesTheArchiveGetsItBackAndShowsTheSame() throws Exception {
        SecureHttp http = start();
        ReplicaEntry one = configuration.replicas().getFirst();
        ReplicaEntry last = configuration.replicas().getLast();
        Eventually.until("the group answers", () -> get(one, "/beacon/latest").statusCode() == 200);
        for (int i = 0; i < 3; i++) {
            record(http, one, body(i), i);
        }
        awaitSize(last, 3);
        hosts.removeLast().close();
        try (Stream<Path> files = Files.list(place.data(last.id()).resolve("log"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        record(http, one, body(3), 3);
        hosts.add(host(last));
        awaitSize(last, 4);
        assertThat(get(last, "/log/tile/entries/000.p/4").body())
                .isEqualTo(get(one, "/log/tile/entries/000.p/4").body());
    }
}
