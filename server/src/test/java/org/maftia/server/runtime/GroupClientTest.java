package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupClientSetup;
import org.maftia.client.GroupException;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Lineage;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.testing.Attack;
import org.maftia.server.testing.Certificates;
import org.maftia.server.testing.EchoProtocol;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.LocalGroup;

/** A client of four replicas that run a toy protocol. */
class GroupClientTest {
    @TempDir
    private Path directory;

    private static byte[] operation(byte[] echoed) {
        return ServiceCall.codec(1 << 20).decode(echoed).operation();
    }

    @Test
    void aClientThatStartsFirstIsServedOnceTheGroupIsThere() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            CompletableFuture<byte[]> early = client.submit("echo", new byte[] {1});
            Eventually.until(
                    "it has tried",
                    () -> client.connections().join().stream().noneMatch(text -> text.equals("not connected yet")));
            group.startAll();
            assertThat(operation(early.get(300, TimeUnit.SECONDS))).isEqualTo(new byte[] {1});
        }
    }

    /** All members that it knows may have left. Who does not follow has no other way, and hears it. */
    @Test
    void aClientThatFollowsTakesNoWordOfFormerMembersForAnAnswer() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient follower =
                        GroupClient.connect(group.clientSetup(group.client()).following(step -> {
                            throw new AssertionError("the group goes on to nothing");
                        }));
                GroupClient other = GroupClient.connect(group.clientSetup(group.client()))) {
            group.startAll();
            byte[] text = EchoProtocol.REFUSED_FIRST.getBytes(StandardCharsets.UTF_8);
            assertThat(operation(follower.submit("echo", text).get(300, TimeUnit.SECONDS)))
                    .isEqualTo(text);
            assertThat(other.submit("echo", text))
                    .failsWithin(300, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCause(new GroupException(Lineage.NO_MEMBER));
        }
    }

    @Test
    void longResultsComeThoughOneReplicaIsDownAndMayBeTheOneAskedForThem() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            group.startAll();
            client.submit("echo", new byte[0]).get(300, TimeUnit.SECONDS);
            group.stop(2);
            byte[] text = "long enough not to be sent whole by all ".repeat(50).getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < 5; i++) {
                assertThat(operation(client.submit("echo", text).get(300, TimeUnit.SECONDS)))
                        .isEqualTo(text);
            }
        }
    }

    @Test
    void severalSessionsShareTheConnections() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            group.startAll();
            List<CompletableFuture<byte[]>> answers = new ArrayList<>();
            for (int s = 0; s < 8; s++) {
                GroupClient.Session session = client.session();
                for (int i = 0; i < 20; i++) {
                    answers.add(session.submit("echo", new byte[] {(byte) s, (byte) i}));
                }
            }
            for (int i = 0; i < answers.size(); i++) {
                assertThat(operation(answers.get(i).get(300, TimeUnit.SECONDS)))
                        .isEqualTo(new byte[] {(byte) (i / 20), (byte) (i % 20)});
            }
            assertThat(group.runtime(0).status().counters()).containsEntry("clientConnections", 1L);
        }
    }

    @Test
    void aClientWithAnUnknownCertificateIsRefusedAndCounted() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient stranger = GroupClient.connect(group.clientSetup(Certificates.identity("stranger")))) {
            group.startAll();
            CompletableFuture<byte[]> answer = stranger.submit("echo", new byte[] {1});
            Eventually.until("each replica refused it", () -> {
                for (int i = 0; i < 4; i++) {
                    if (counter(group.runtime(i), "clientRefusals") == 0) {
                        return false;
                    }
                }
                return true;
            });
            assertThat(answer).isNotDone();
        }
    }

    @Test
    void aReplicaThatStopsHangsUpOnItsIdleClients() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            group.startAll();
            Eventually.until(
                    "all are connected",
                    () -> client.connections().join().stream().allMatch("ready"::equals));
            group.stop(1);
            Eventually.until(
                    "the client noticed",
                    () -> !client.connections().join().get(1).equals("ready"));
        }
    }

    private static long counter(ReplicaRuntime runtime, String name) {
        try {
            return runtime.status().counters().getOrDefault(name, 0L);
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Attack("client flood")
    @Test
    void aClientWithoutTheGroupsKeyEncryptsNothing() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            GroupClientSetup full = group.clientSetup(group.client());
            GroupClientSetup plain = new GroupClientSetup(
                    full.charter(),
                    full.limits(),
                    full.replicas(),
                    full.identity(),
                    full.timeoutMicros(),
                    Optional.empty(),
                    full.quorumReads());
            try (GroupClient client = GroupClient.connect(plain)) {
                assertThat(client.submitConfidential("null", new byte[1]))
                        .isCompletedExceptionally()
                        .failsWithin(java.time.Duration.ofSeconds(1))
                        .withThrowableThat()
                        .withCauseInstanceOf(IllegalStateException.class);
                assertThat(client.open()).isZero();
            }
            try (GroupClient client = GroupClient.connect(full)) {
                byte[] tooLong = new byte[Limits.DEFAULT.operationLengthMax() - 100];
                assertThat(client.submitConfidential("null", tooLong))
                        .isCompletedExceptionally()
                        .failsWithin(java.time.Duration.ofSeconds(1))
                        .withThrowableThat()
                        .withCauseInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void aFloodingClientIsRefusedBeyondItsCreditsAndTheGatewaysGoOn() throws Exception {
        Limits standard = Limits.DEFAULT;
        try (LocalGroup group = new LocalGroup(directory, 4, 1, standard)) {
            // One replica alone answers nothing, so all requests stay open.
            ReplicaRuntime lonely = group.start(0);
            try (GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
                for (int i = 0; i < standard.openRequestsPerClient(); i++) {
                    client.submit("echo", new byte[] {1});
                }
                assertThat(client.submit("echo", new byte[] {1}).isCompletedExceptionally())
                        .isTrue();
                Eventually.until(
                        "all credits are used",
                        () -> counter(lonely, "clientOpen") == standard.openRequestsPerClient());
                for (int i = 1; i < 4; i++) {
                    group.start(i);
                }
                assertThat(lonely.submission().submit("echo", new byte[] {2}).get(300, TimeUnit.SECONDS))
                        .isNotNull();
            }
        }
    }
}
