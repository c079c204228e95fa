package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.client.GroupException;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.UndoneCommand;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Reader;
import org.maftia.server.gateway.Submission;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.LocalGroup;
import org.maftia.server.testing.NullService;

/** The whole replica on the whole runtime: real protocols, TLS, journals, clock. */
class RealGroupTest {
    @TempDir
    private Path directory;

    private static void start(LocalGroup group, int replica) throws IOException {
        group.start(group.setup(replica, group.replica(replica), new RuntimeEvents() {}));
    }

    private static void startAll(LocalGroup group) throws IOException {
        for (int i = 0; i < 4; i++) {
            start(group, i);
        }
    }

    private static long executed(LocalGroup group, int replica) {
        try {
            return group.runtime(replica).status().replica().executed();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    /** Counts from 1, so the results tell whether each request was executed once. */
    private static List<Long> count(GroupClient client, int requests) {
        List<CompletableFuture<byte[]>> answers = IntStream.range(0, requests)
                .mapToObj(i -> client.submit("null", new byte[i]))
                .toList();
        return answers.stream()
                .map(answer ->
                        new Reader(answer.orTimeout(300, TimeUnit.SECONDS).join()).u64())
                .sorted()
                .toList();
    }

    private static List<Long> numbers(long from, long to) {
        return Stream.iterate(from, i -> i + 1).limit(to - from + 1).toList();
    }

    @Test
    void everyRequestIsExecutedOnceThoughTheLeaderStopsAndComesBack() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            startAll(group);
            assertThat(count(client, 300)).isEqualTo(numbers(1, 300));
            group.stop(0);
            assertThat(count(client, 50)).isEqualTo(numbers(301, 350));
            start(group, 0);
            assertThat(count(client, 50)).isEqualTo(numbers(351, 400));
            Eventually.until("it caught up", () -> executed(group, 0) >= executed(group, 1));
            group.stop(1);
            assertThat(count(client, 20)).isEqualTo(numbers(401, 420));
        }
    }

    /** And no replica stops, nor one that reads its journal, where the commands stand. */
    @Attack("clients: a command that breaks a service")
    @Test
    void aCommandThatBreaksAServiceIsRefusedByAllAndUndone() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            startAll(group);
            byte[] breaking = NullService.BREAKING.getBytes(StandardCharsets.ISO_8859_1);
            assertThat(count(client, 20)).isEqualTo(numbers(1, 20));
            assertThat(client.submit("null", breaking))
                    .failsWithin(60, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCause(new GroupException(UndoneCommand.SENTENCE));
            assertThat(group.runtime(1).submission().submit("null", breaking))
                    .failsWithin(60, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(Submission.Undone.class);
            assertThat(count(client, 20)).isEqualTo(numbers(21, 40));
            group.stop(0);
            start(group, 0);
            Eventually.until("it caught up", () -> executed(group, 0) >= executed(group, 1));
            group.stop(1);
            assertThat(count(client, 20)).isEqualTo(numbers(41, 60));
            assertThat(group.runtime(2).status().counters()).containsEntry("serviceFailures", 2L);
        }
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void aReplicaWithoutItsDataAbstainsAndTheGroupServes() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            startAll(group);
            assertThat(count(client, 20)).isEqualTo(numbers(1, 20));
            group.stop(3);
            try (Stream<Path> files = Files.list(group.data(3))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
            CompletableFuture<String> lost = new CompletableFuture<>();
            group.start(group.setup(3, group.replica(3), new RuntimeEvents() {
                @Override
                public void journalLost(String reason) {
                    lost.complete(reason);
                }
            }));
            assertThat(lost).isCompletedWithValue("the journal is gone");
            assertThat(count(client, 20)).isEqualTo(numbers(21, 40));
            Eventually.until("it caught up", () -> executed(group, 3) >= executed(group, 1));
        }
    }

    /** Among plain ones, through the crash of a replica that must open after its restart what it missed. */
    @Test
    void confidentialRequestsAreExecutedOnceInOneOrderWithOthers() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            startAll(group);
            assertThat(confidential(client, 40)).isEqualTo(numbers(1, 40));
            group.stop(2);
            assertThat(confidential(client, 40)).isEqualTo(numbers(41, 80));
            start(group, 2);
            assertThat(confidential(client, 40)).isEqualTo(numbers(81, 120));
            Eventually.until("it caught up", () -> executed(group, 2) >= executed(group, 1));
            group.stop(1);
            assertThat(confidential(client, 20)).isEqualTo(numbers(121, 140));
        }
    }

    private static List<Long> confidential(GroupClient client, int requests) {
        List<CompletableFuture<byte[]>> answers = IntStream.range(0, requests)
                .mapToObj(i -> i % 4 == 0
                        ? client.submit("null", new byte[i])
                        : client.submitConfidential("null", new byte[i]))
                .toList();
        return answers.stream()
                .map(answer ->
                        new Reader(answer.orTimeout(300, TimeUnit.SECONDS).join()).u64())
                .sorted()
                .toList();
    }

    @Test
    void whatAQuorumRefusesFailsAtOnceWithTheReason() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            startAll(group);
            assertThat(client.submit("no such service", new byte[0]))
                    .failsWithin(java.time.Duration.ofSeconds(300))
                    .withThrowableThat()
                    .withCauseInstanceOf(GroupException.class)
                    .withMessageContaining("no such service");
            // The number of the refused request is used again, so the session goes on without a gap.
            assertThat(count(client, 5)).isEqualTo(numbers(1, 5));
        }
    }
}
