package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.ServiceCall;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.LocalGroup;

/** Four replicas that run a toy protocol over loopback, with real TLS and real journals. */
class ReplicaRuntimeTest {
    @TempDir
    private Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] answer(ReplicaRuntime runtime, String operation) throws Exception {
        byte[] echoed = runtime.submission().submit("echo", bytes(operation)).get(300, TimeUnit.SECONDS);
        return ServiceCall.codec(1 << 20).decode(echoed).operation();
    }

    @Test
    void gatewaysOfAllReplicasGetTheirAnswers() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            group.startAll();
            for (int i = 0; i < 4; i++) {
                assertThat(answer(group.runtime(i), "from " + i)).isEqualTo(bytes("from " + i));
            }
        }
    }

    @Test
    void replicasStartInAnyOrderAndWithoutTheLast() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            group.start(3);
            group.start(1);
            CompletableFuture<byte[]> early = group.runtime(3).submission().submit("echo", bytes("early"));
            group.start(0);
            assertThat(early.get(300, TimeUnit.SECONDS)).isNotNull();
            group.start(2);
            Eventually.until("all links of the last are up", () -> linksUp(group.runtime(2)) == 3);
        }
    }

    private static long linksUp(ReplicaRuntime runtime) {
        try {
            return runtime.status().links().stream().filter(link -> link.up()).count();
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void nothingIsLostWhenConnectionsBreakUnderLoad() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            group.startAll();
            List<CompletableFuture<byte[]>> answers = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                answers.add(group.runtime(i % 4).submission().submit("echo", bytes("operation " + i)));
                if (i % 50 == 0) {
                    group.runtime(3).disconnect(i / 50 % 3);
                }
            }
            for (CompletableFuture<byte[]> answer : answers) {
                assertThat(answer.get(300, TimeUnit.SECONDS)).isNotEmpty();
            }
        }
    }

    @Test
    void questionThatFailsStopsNobody() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            group.startAll();
            answer(group.runtime(0), "before");
            assertThatThrownBy(() -> group.runtime(0).ask(() -> List.of().getFirst()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasCauseInstanceOf(NoSuchElementException.class);
            assertThat(answer(group.runtime(0), "after")).isEqualTo(bytes("after"));
            assertThat(group.runtime(0).stopped()).isNotDone();
        }
    }

    @Test
    void aReplicaThatWasStoppedComesBackWithItsRecords() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            group.startAll();
            answer(group.runtime(0), "before");
            group.stop(2);
            answer(group.runtime(0), "meanwhile");
            group.start(2);
            assertThat(answer(group.runtime(2), "after")).isEqualTo(bytes("after"));
        }
    }
}
