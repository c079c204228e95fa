package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.server.gateway.Submission;
import org.maftia.server.journal.Beginning;
import org.maftia.server.journal.OtherFormatException;
import org.maftia.server.journal.Storage;
import org.maftia.server.testing.FaultyStorage;
import org.maftia.server.testing.LocalGroup;

/** A replica whose disk fails says so, stops, and sends nothing that it could not record. */
class StorageFailureTest {
    @TempDir
    private Path directory;

    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void aFullDiskStopsTheReplicaBeforeItsVoteLeavesAndTheOthersGoOn() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            CompletableFuture<String> said = new CompletableFuture<>();
            RuntimeEvents events = new RuntimeEvents() {
                @Override
                public void storageFailed(String reason) {
                    said.complete(reason);
                }
            };
            FaultyStorage storage = new FaultyStorage(1, Storage.Cause.DISK_FULL);
            ReplicaRuntime failing = ReplicaRuntime.start(
                    group.setup(0, group.echo(0), events), new Beginning(storage, List.of(), true, null));
            group.adopt(0, failing);
            for (int i = 1; i < 4; i++) {
                group.start(i);
            }
            Submission submission = failing.submission();
            assertThat(submission.submit("echo", new byte[] {1}).get(300, TimeUnit.SECONDS))
                    .isNotNull();
            CompletableFuture<byte[]> second = submission.submit("echo", new byte[] {2});
            assertThat(failing.stopped().get(300, TimeUnit.SECONDS)).startsWith("the disk is full");
            assertThat(said.get(300, TimeUnit.SECONDS)).startsWith("the disk is full");
            assertThatThrownBy(() -> second.get(300, TimeUnit.SECONDS)).hasCauseInstanceOf(Submission.Busy.class);
            assertThatThrownBy(() -> submission.submit("echo", new byte[] {3}).get(300, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(Submission.Busy.class);
            // What was answered for is there; what was not has not left, so nobody repeated it.
            assertThat(storage.records()).hasSize(1);
            assertThat(group.runtime(1)
                            .submission()
                            .submit("echo", new byte[] {4})
                            .get(300, TimeUnit.SECONDS))
                    .isNotNull();
            assertThat(group.runtime(1).status().counters()).containsEntry("records", 2L);
        }
    }

    /** It says so in a sentence, and ends with everything as it was. */
    @Test
    void aReplicaWhoseJournalAnotherVersionWroteDoesNotStart() throws Exception {
        try (LocalGroup group = new LocalGroup(directory, 4, 1, Limits.DEFAULT)) {
            FaultyStorage storage = new FaultyStorage(1, Storage.Cause.DISK_FULL);
            Beginning beginning = new Beginning(storage, List.of(new byte[] {9, 9}), false, null);
            RuntimeEvents events = new RuntimeEvents() {};
            assertThatThrownBy(() -> ReplicaRuntime.start(group.setup(0, group.echo(0), events), beginning))
                    .isInstanceOf(OtherFormatException.class)
                    .hasMessageContaining("was written by another version of this program");
            assertThat(storage.records()).isEmpty();
        }
    }
}
