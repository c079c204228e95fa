package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.client.GroupClient;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Reader;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.LocalGroup;
import org.maftia.server.testing.SmallDisk;

/** Replicas whose file system is truly full: they stop with the reason, and come back when there is room. */
class FullDiskTest {
    /** The journal of these tests has segments of a megabyte: a few of them, and no more. */
    private static final int MEGABYTES = 6;

    @TempDir
    private Path directory;

    private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
    private long counted;

    private void start(LocalGroup group, int replica) throws IOException {
        group.start(group.setup(replica, group.replica(replica), new RuntimeEvents() {
            @Override
            public void journalLost(String reason) {
                said.add(replica + " lost: " + reason);
            }

            @Override
            public void storageFailed(String reason) {
                said.add(replica + " failed: " + reason);
            }
        }));
    }

    /** The service counts from 1, so the results tell whether each request was executed once, and none was forgotten. */
    private void count(GroupClient client, int requests, int length) {
        List<CompletableFuture<byte[]>> answers = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            answers.add(client.submit("null", new byte[length]));
        }
        assertThat(numbers(answers))
                .isEqualTo(LongStream.rangeClosed(counted + 1, counted + requests)
                        .boxed()
                        .toList());
        counted += requests;
    }

    private static List<Long> numbers(List<CompletableFuture<byte[]>> answers) {
        return answers.stream()
                .map(answer ->
                        new Reader(answer.orTimeout(300, TimeUnit.SECONDS).join()).u64())
                .sorted()
                .toList();
    }

    private static long executed(LocalGroup group, int replica) {
        try {
            return group.runtime(replica).status().replica().executed();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private SmallDisk mounted(LocalGroup group, int replica) throws IOException {
        Optional<SmallDisk> disk = SmallDisk.mount(group.data(replica), MEGABYTES);
        Assumptions.assumeTrue(disk.isPresent(), "mounting a small file system needs root on Linux");
        return disk.get();
    }

    /** Lets the group work until the replica has used up what it had set aside. */
    private void workUntilItStops(LocalGroup group, GroupClient client, int replica) {
        for (int i = 0; i < 400 && !group.runtime(replica).stopped().isDone(); i++) {
            count(client, 20, 10_000);
        }
        assertThat(group.runtime(replica).stopped()).isDone();
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void aReplicaOnAFullDiskStopsWithTheReasonAndComesBackWithItsJournalWhenThereIsRoom() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT);
                SmallDisk disk = mounted(group, 3);
                GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
            for (int i = 0; i < 4; i++) {
                start(group, i);
            }
            count(client, 50, 10);
            disk.fill();
            workUntilItStops(group, client, 3);
            assertThat(group.runtime(3).stopped().get()).startsWith("the disk is full: No space left on device");
            assertThat(said).singleElement().asString().startsWith("3 failed: the disk is full");
            group.stop(3);
            // The others did not notice; nothing that was acknowledged is lost.
            count(client, 50, 10);
            // Still full: it may find room in what it has, or stop again, for the same reason.
            start(group, 3);
            count(client, 20, 10);
            group.stop(3);
            assertThat(said).allMatch(line -> line.startsWith("3 failed: the disk is full"));
            said.clear();
            disk.clear();
            start(group, 3);
            Eventually.until("it caught up", () -> executed(group, 3) >= executed(group, 0));
            assertThat(said).isEmpty();
            group.stop(1);
            count(client, 50, 10);
            for (int i : new int[] {0, 2, 3}) {
                assertThat(group.runtime(i).status().blames()).isEmpty();
            }
        }
    }

    /** More than may be corrupted at a time: the group stands still until there is room, and has forgotten nothing. */
    @Test
    void aGroupWhoseDisksAreAllFullComesBackAndHasForgottenNothing() throws Exception {
        List<SmallDisk> disks = new ArrayList<>();
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            try (GroupClient client = GroupClient.connect(group.clientSetup(group.client()))) {
                for (int i = 0; i < 4; i++) {
                    disks.add(mounted(group, i));
                    start(group, i);
                }
                count(client, 50, 10);
                for (SmallDisk disk : disks) {
                    disk.fill();
                }
                List<CompletableFuture<byte[]>> asked = workUntilTooFewAreLeft(group, client);
                for (int i = 0; i < 4; i++) {
                    group.stop(i);
                }
                assertThat(said).isNotEmpty().allMatch(line -> line.contains(" failed: the disk is full"));
                said.clear();
                for (SmallDisk disk : disks) {
                    disk.clear();
                }
                for (int i = 0; i < 4; i++) {
                    start(group, i);
                }
                List<Long> numbers = numbers(asked);
                assertThat(numbers)
                        .isEqualTo(LongStream.rangeClosed(51, 50 + asked.size())
                                .boxed()
                                .toList());
                assertThat(said).isEmpty();
            }
        } finally {
            for (SmallDisk disk : disks) {
                disk.close();
            }
        }
    }

    /** Until the group stands still; what was asked last waits for an answer then. */
    private static List<CompletableFuture<byte[]>> workUntilTooFewAreLeft(LocalGroup group, GroupClient client) {
        List<CompletableFuture<byte[]>> asked = new ArrayList<>();
        while (!isStill(group) && asked.size() < 8_000) {
            for (int i = 0; i < 20; i++) {
                asked.add(client.submit("null", new byte[10_000]));
            }
            Eventually.until(
                    "it is answered, or too few are left",
                    () -> isStill(group) || asked.stream().allMatch(CompletableFuture::isDone));
        }
        assertThat(isStill(group)).isTrue();
        return asked;
    }

    private static boolean isStill(LocalGroup group) {
        int stopped = 0;
        for (int i = 0; i < 4; i++) {
            stopped += group.runtime(i).stopped().isDone() ? 1 : 0;
        }
        return stopped >= 2;
    }
}
