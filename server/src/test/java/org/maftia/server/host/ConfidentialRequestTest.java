package org.maftia.server.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.MadeKeys;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.testing.Eventually;
import org.maftia.services.register.Register;
import org.maftia.services.register.RegisterOperation;

/** The keys of a ceremony, real replicas, and a client that knows the transcript and its own key only. */
class ConfidentialRequestTest {
    private static final String SECRET = "a bid that nobody may see first";
    private static final String OPEN = "a bid that anybody may see first";

    @TempDir
    private Path directory;

    private final List<ReplicaHost> hosts = new ArrayList<>();

    @AfterEach
    void stopAll() {
        hosts.forEach(ReplicaHost::close);
    }

    private GroupClientSetup start() throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        SmallGroup.make(directory, configuration.faultStructure());
        ClusterDirectory place = new ClusterDirectory(directory);
        ClientKeys keys = ClientKeys.load(place.client());
        List<GroupClientSetup.Endpoint> replicas = new ArrayList<>();
        for (ReplicaEntry entry : configuration.replicas()) {
            Files.createDirectories(place.data(entry.id()));
            hosts.add(ReplicaHost.start(new HostSetup(
                    configuration,
                    entry.id(),
                    place.keys(entry.id()),
                    place.data(entry.id()),
                    new Unlock.KeyFile(),
                    Optional.empty())));
            replicas.add(new GroupClientSetup.Endpoint(
                    new InetSocketAddress(entry.host(), entry.client()),
                    keys.group().enrolments().get(replicas.size()).linkCertificate()));
        }
        return new GroupClientSetup(
                ReplicaHost.charter(configuration, keys.group()),
                Limits.DEFAULT,
                replicas,
                new TlsIdentity(keys.key(), keys.certificate()),
                300_000_000,
                Optional.of(new GroupClientSetup.Confidentiality(
                        keys.number(), keys.group().cipher())),
                Collections.emptySortedSet());
    }

    private static byte[] put(String key, String value) {
        return RegisterOperation.CODEC.encode(new RegisterOperation.Put(key, value.getBytes(StandardCharsets.UTF_8)));
    }

    private static String get(GroupClient client, String key) throws Exception {
        byte[] operation = RegisterOperation.CODEC.encode(new RegisterOperation.Get(key));
        return new String(
                client.submitConfidential(Register.NAME, operation).get(300, TimeUnit.SECONDS), StandardCharsets.UTF_8);
    }

    /** Whether any file of any replica's journal holds the text. */
    private boolean isWritten(String text) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isKeyMade(GroupClient client) {
        try {
            return client.readCertified(MadeKeys.VIEW, MadeKeys.entry("beacon"), 300_000_000)
                            .get(300, TimeUnit.SECONDS)
                            .value()
                    != null;
        } catch (ExecutionException e) {
            return false; // nothing is certified yet
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** What is on disk is what was sent, voted for and ordered: all before it was opened. */
    @Test
    void contentIsExecutedAndWasNowhereToBeReadBefore() throws Exception {
        try (GroupClient client = GroupClient.connect(start())) {
            // With the key of the beacon comes a checkpoint out of turn, whose state is what was executed; then none
            // for long.
            Eventually.until("the group has made its key", () -> isKeyMade(client));
            client.submitConfidential(Register.NAME, put("sealed", SECRET)).get(300, TimeUnit.SECONDS);
            client.submit(Register.NAME, put("plain", OPEN)).get(300, TimeUnit.SECONDS);
            assertThat(get(client, "sealed")).isEqualTo(SECRET);
            assertThat(get(client, "plain")).isEqualTo(OPEN);
            assertThat(isWritten(SECRET)).isFalse();
            assertThat(isWritten(OPEN)).as("the test would see it").isTrue();
        }
    }
}
