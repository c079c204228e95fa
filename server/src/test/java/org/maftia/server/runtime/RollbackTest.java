package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.server.link.LinkStatus;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.LocalGroup;

/** An old copy of a replica's data in the place of the newest: real replicas over TLS, real journals. */
class RollbackTest {
    @TempDir
    private Path directory;

    private final ConcurrentLinkedQueue<String> lost = new ConcurrentLinkedQueue<>();

    private void start(LocalGroup group, int replica) throws IOException {
        group.start(group.setup(replica, group.replica(replica), new RuntimeEvents() {
            @Override
            public void journalLost(String reason) {
                lost.add(replica + ": " + reason);
            }
        }));
    }

    private static void count(GroupClient client, int requests) {
        List<CompletableFuture<byte[]>> answers = IntStream.range(0, requests)
                .mapToObj(i -> client.submit("null", new byte[i]))
                .toList();
        answers.forEach(answer -> answer.orTimeout(300, TimeUnit.SECONDS).join());
    }

    private static RuntimeStatus status(LocalGroup group, int replica) {
        try {
            return group.runtime(replica).status();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static long executed(LocalGroup group, int replica) {
        return status(group, replica).replica().executed();
    }

    private static long framesSent(LocalGroup group, int replica) {
        return status(group, replica).links().stream()
                .mapToLong(LinkStatus::framesSent)
                .sum();
    }

    /** As a backup does it, or a virtual machine that is set back; with {@code whole} the keys' directory too. */
    private static void copy(Path from, Path to) throws IOException {
        if (Files.exists(to)) {
            try (Stream<Path> old = Files.walk(to)) {
                for (Path file : old.filter(Files::isRegularFile).toList()) {
                    Files.delete(file);
                }
            }
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** Runs a group, sets replica 3 back to what it was in the middle; keys too, so that nothing on its disk tells. */
    private void setBack(LocalGroup group, GroupClient client) throws IOException {
        for (int i = 0; i < 4; i++) {
            start(group, i);
        }
        count(client, 20);
        Eventually.until("it executes", () -> executed(group, 3) >= executed(group, 0));
        group.stop(3);
        copy(group.keys(3), directory.resolve("copy/keys"));
        copy(group.data(3), directory.resolve("copy/data"));
        start(group, 3);
        count(client, 40);
        Eventually.until("it takes part again", () -> executed(group, 3) >= executed(group, 0));
        // Who only listened has said nothing that an old copy could contradict: its votes must be needed once.
        group.stop(1);
        count(client, 20);
        start(group, 1);
        group.stop(3);
        copy(directory.resolve("copy/keys"), group.keys(3));
        copy(directory.resolve("copy/data"), group.data(3));
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void aReplicaThatWasSetBackIsToldSoForgetsWhatItHasAndRejoins() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            setBack(group, client);
            assertThat(lost).isEmpty();
            start(group, 3);
            Eventually.until("it is told", () -> !lost.isEmpty());
            assertThat(lost)
                    .containsExactly(
                            "3: the data are older than what peers heard from it: an old copy was put in their place");
            count(client, 20);
            Eventually.until(
                    "it is back",
                    () -> !status(group, 3).replica().abstaining() && executed(group, 3) >= executed(group, 0));
            // It is needed now: with another one away the group goes on by its votes.
            group.stop(1);
            count(client, 20);
            for (int i : new int[] {0, 2, 3}) {
                assertThat(status(group, i).blames()).isEmpty();
            }
        }
    }

    /** While too few have spoken it may be an old one, so nothing leaves that could contradict what it forgot. */
    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void aReplicaThatWasSetBackSaysNothingBeforeItIsTold() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            setBack(group, client);
            group.stop(0);
            group.stop(1);
            start(group, 3);
            Eventually.until(
                    "the only other one is there",
                    () -> status(group, 3).links().stream().anyMatch(link -> link.peer() == 2 && link.up()));
            group.runtime(3).submission().submit("null", new byte[3]);
            // Each look is another turn of its loop, and what it would say leaves in the turn in which it hears.
            for (int i = 0; i < 50; i++) {
                assertThat(framesSent(group, 3)).isZero();
            }
            assertThat(lost).isEmpty();
            // The others remember over their own restart.
            start(group, 0);
            Eventually.until("it is told", () -> !lost.isEmpty());
            start(group, 1);
            count(client, 20);
            Eventually.until("it is back", () -> executed(group, 3) >= executed(group, 0));
        }
    }

    /** A whole group that restarts, each with its newest data, has nothing to forget. */
    @Test
    void aGroupThatRestartsAsAWholeGoesOn() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            for (int i = 0; i < 4; i++) {
                start(group, i);
            }
            count(client, 30);
            for (int i = 0; i < 4; i++) {
                group.stop(i);
            }
            for (int i = 0; i < 4; i++) {
                start(group, i);
            }
            count(client, 30);
            assertThat(lost).isEmpty();
            for (int i = 0; i < 4; i++) {
                assertThat(status(group, i).blames()).isEmpty();
            }
        }
    }
}
