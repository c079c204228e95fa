package org.maftia.server.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.protocol.Ready;

/** Amnesia is told from a first start. */
class BeginningTest {
    private static final Journal.Settings SMALL = new Journal.Settings(true, 4096);

    private static final long NOW_MICROS = 1_700_000_000_000_000L;

    @TempDir
    private Path directory;

    private Path keys;
    private Path data;
    private byte nextId;

    @BeforeEach
    void makeDirectories() throws IOException {
        keys = Files.createDirectory(directory.resolve("keys"));
        data = directory.resolve("data");
    }

    private Beginning open() throws IOException {
        return open(SMALL);
    }

    private Beginning open(Journal.Settings settings) throws IOException {
        return Beginning.open(keys, data, settings, this::random, NOW_MICROS);
    }

    private byte[] random(int count) {
        byte[] bytes = new byte[count];
        bytes[0] = ++nextId;
        return bytes;
    }

    private static void record(Beginning beginning) {
        assertThat(beginning.storage().commit(List.of(new Ready.Storage.Append(new byte[] {1}))))
                .isEqualTo(new Storage.Durable());
    }

    private void deleteData() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void newKeysMakeAFirstStart() throws IOException {
        Beginning first = open();
        assertThat(first.firstStart()).isTrue();
        assertThat(first.lost()).isNull();
        first.storage().close();
    }

    @Test
    void aCrashBeforeTheFirstRecordLeavesItAFirstStart() throws IOException {
        open().storage().close();
        Beginning second = open();
        assertThat(second.firstStart()).isTrue();
        second.storage().close();
    }

    /** A writer that outlives its journal would meet the next owner of the directory. */
    @Test
    void nothingIsWrittenOnceTheJournalIsClosed() throws IOException {
        // So large a spare segment takes its writer longer than everything else here.
        open(new Journal.Settings(true, 64 << 20)).storage().close();
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files.map(file -> file.getFileName().toString())).doesNotContain("spare.begun");
        }
    }

    @Test
    void aRestartWithItsRecordsIsNoFirstStartAndNoLoss() throws IOException {
        Beginning first = open();
        record(first);
        first.storage().close();
        Beginning second = open();
        assertThat(second.firstStart()).isFalse();
        assertThat(second.lost()).isNull();
        assertThat(second.records()).hasSize(1);
        second.storage().close();
    }

    @Test
    void aDataDirectoryThatIsGoneIsAmnesiaEvenIfNothingWasRecordedSince() throws IOException {
        Beginning first = open();
        record(first);
        first.storage().close();
        deleteData();
        Beginning lost = open();
        assertThat(lost.firstStart()).isFalse();
        assertThat(lost.lost()).isEqualTo("the journal is gone");
        lost.storage().close();
        Beginning again = open();
        assertThat(again.firstStart()).isFalse();
        assertThat(again.lost()).isEqualTo("the journal was lost before");
        again.storage().close();
    }

    @Test
    void aCrashBetweenANewJournalAndItsMarkerStaysAmnesia() throws IOException {
        Beginning first = open();
        record(first);
        first.storage().close();
        deleteData();
        Journal.create(data, new byte[16], SMALL).close();
        Beginning lost = open();
        assertThat(lost.firstStart()).isFalse();
        assertThat(lost.lost()).isEqualTo("the journal belongs to another life of this replica");
        lost.storage().close();
    }

    @Test
    void aDamagedMarkerIsAmnesia() throws IOException {
        Beginning first = open();
        record(first);
        first.storage().close();
        Files.writeString(keys.resolve("journal.marker"), "journal 00");
        Beginning lost = open();
        assertThat(lost.firstStart()).isFalse();
        assertThat(lost.lost()).isNotNull();
        lost.storage().close();
    }

    @Test
    void aDamagedJournalIsSetAsideForInspection() throws IOException {
        Beginning first = open();
        record(first);
        record(first);
        first.storage().close();
        Path segment;
        try (Stream<Path> files = Files.list(data)) {
            segment = files.filter(file -> file.toString().endsWith(".journal"))
                    .findFirst()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[Segment.HEAD + Block.HEAD + 4] ^= 1;
        Files.write(segment, bytes);
        Beginning lost = open();
        assertThat(lost.firstStart()).isFalse();
        assertThat(lost.records()).isEmpty();
        assertThat(lost.lost()).contains("damaged");
        assertThat(data.resolve("lost").resolve(segment.getFileName())).hasBinaryContent(bytes);
        lost.storage().close();
    }
}
