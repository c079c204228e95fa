package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.Charter;
import org.maftia.core.replica.RefusedReadException;
import org.maftia.core.wire.Reader;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.testing.Eventually;

/** Certified reads end to end: keys of a ceremony, real replicas, plain HTTP, and the public documents to check by. */
class CertifiedReadGatewayTest {
    @TempDir
    private Path directory;

    private final List<ReplicaHost> hosts = new ArrayList<>();

    @AfterEach
    void stop() {
        hosts.forEach(ReplicaHost::close);
    }

    private Configuration start() throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        SmallGroup.make(directory, configuration.faultStructure());
        ClusterDirectory place = new ClusterDirectory(directory);
        for (ReplicaEntry entry : configuration.replicas()) {
            Files.createDirectories(place.data(entry.id()));
            hosts.add(ReplicaHost.start(new HostSetup(
                    configuration,
                    entry.id(),
                    place.keys(entry.id()),
                    place.data(entry.id()),
                    new Unlock.KeyFile(),
                    Optional.empty())));
        }
        return configuration;
    }

    private static HttpResponse<byte[]> get(ReplicaEntry replica, String query) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create(replica.httpAddress() + "/certified" + query);
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anyReplicaAnswersOverPlainHttpAndTheAnswerProvesItself() throws Exception {
        Configuration configuration = start();
        Charter charter = ReplicaHost.charter(
                configuration,
                GroupTranscript.read(new ClusterDirectory(directory).ceremony().resolve(GroupTranscript.FILE)));
        for (ReplicaEntry replica : configuration.replicas()) {
            // Nothing is certified before somebody asks: the first answer is that one should come back.
            Eventually.until(
                    "it is certified",
                    () -> get(replica, "?service=notary&key=serials").statusCode() == 200);
            CertifiedRead read = CertifiedRead.CODEC.decode(
                    get(replica, "?service=notary&key=serials").body());
            read.verify(charter, "notary", "serials", 1);
            assertThat(new Reader(Objects.requireNonNull(read.value())).u64()).isZero();
            assertThatThrownBy(() -> read.verify(charter, "notary", "time", 0))
                    .isInstanceOf(RefusedReadException.class);
        }
        ReplicaEntry one = configuration.replicas().getFirst();
        assertThat(get(one, "?service=nothing&key=k").statusCode()).isEqualTo(404);
        assertThat(get(one, "?service=notary").statusCode()).isEqualTo(400);
        assertThat(get(one, "?service=notary&key=serials&since=soon").statusCode())
                .isEqualTo(400);
    }
}
