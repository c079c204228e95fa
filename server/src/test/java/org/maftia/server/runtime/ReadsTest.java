package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupClientSetup;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.LocalGroup;
import org.maftia.services.register.Register;
import org.maftia.services.register.RegisterOperation;

/** Reads without the log, over TLS, from replicas with real keys. */
class ReadsTest {
    @TempDir
    private Path directory;

    private static void startAll(LocalGroup group) throws IOException {
        for (int i = 0; i < 4; i++) {
            group.start(group.setup(i, group.replica(i), new RuntimeEvents() {}));
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void put(GroupClient client, String key, String value) throws Exception {
        byte[] operation = RegisterOperation.CODEC.encode(new RegisterOperation.Put(key, text(value)));
        client.submit(Register.NAME, operation).get(300, TimeUnit.SECONDS);
    }

    private static byte[] get(GroupClient client, String key) throws Exception {
        byte[] operation = RegisterOperation.CODEC.encode(new RegisterOperation.Get(key));
        return client.read(Register.NAME, operation).get(300, TimeUnit.SECONDS);
    }

    private static long executed(LocalGroup group, int replica) {
        try {
            return group.runtime(replica).status().replica().executed();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static void allConnected(GroupClient client) {
        Eventually.until(
                "all are connected", () -> client.connections().join().stream().allMatch("ready"::equals));
    }

    @Test
    void aReadSeesTheLastWriteAndSoonLeavesTheLogAlone() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            startAll(group);
            allConnected(client);
            for (int i = 0; i < 30; i++) {
                put(client, "key", "value " + i);
                assertThat(get(client, "key")).isEqualTo(text("value " + i));
            }
            // The first reads went through the log, as each replica had a mark ordered.
            Eventually.until("a read leaves no slot", () -> {
                long before = executed(group, 0);
                try {
                    assertThat(get(client, "key")).isEqualTo(text("value 29"));
                    assertThat(get(client, "no such key")).isEmpty();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                return executed(group, 0) == before;
            });
        }
    }

    @Test
    void aReadIsAnsweredThoughOneReplicaIsDownOrWasJustStarted() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            startAll(group);
            put(client, "key", "one");
            group.stop(2);
            assertThat(get(client, "key")).isEqualTo(text("one"));
            put(client, "key", "two");
            group.start(group.setup(2, group.replica(2), new RuntimeEvents() {}));
            for (int i = 0; i < 20; i++) {
                assertThat(get(client, "key")).isEqualTo(text("two"));
            }
        }
    }

    @Test
    void aCertifiedReadComesFromAnyOneReplicaAndProvesItselfLater() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            startAll(group);
            put(client, "key", "value");
            CertifiedRead read = client.readCertified(Register.NAME, "key", TimeUnit.MINUTES.toMicros(5))
                    .get(300, TimeUnit.SECONDS);
            assertThat(read.value()).isEqualTo(text("value"));
            GroupClientSetup setup = group.clientSetup(group.client());
            for (int i = 1; i < 4; i++) {
                group.stop(i);
            }
            CertifiedRead absent = client.readCertified(Register.NAME, "nothing", TimeUnit.MINUTES.toMicros(5))
                    .get(300, TimeUnit.SECONDS);
            assertThat(absent.value()).isNull();
            byte[] kept = CertifiedRead.CODEC.encode(read);
            CertifiedRead.CODEC.decode(kept).verify(setup.charter(), Register.NAME, "key", read.timeMicros());
        }
    }
}
