package org.maftia.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;

/** The journal on a real disk, and what it says of one that was damaged. */
class JournalTest {
    private static final Journal.Settings SMALL = new Journal.Settings(true, 4096);
    private static final byte[] ID = new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

    @TempDir
    private Path directory;

    private static byte[] record(int number, int length) {
        byte[] bytes = new byte[length];
        new Random(number).nextBytes(bytes);
        return bytes;
    }

    private static void append(Storage storage, byte[]... records) {
        List<Ready.Storage> changes = new ArrayList<>();
        for (byte[] bytes : records) {
            changes.add(new Ready.Storage.Append(bytes));
        }
        assertThat(storage.commit(changes)).isEqualTo(new Storage.Durable());
    }

    private Journal.Whole reopen() throws IOException {
        Journal.Opening opening = Journal.open(directory, SMALL);
        assertThat(opening).isInstanceOf(Journal.Whole.class);
        return (Journal.Whole) opening;
    }

    private Path onlySegment() throws IOException {
        List<Path> segments = segments();
        assertThat(segments).hasSize(1);
        return segments.getFirst();
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".journal"))
                    .sorted()
                    .toList();
        }
    }

    private static void overwrite(Path file, long position, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), position);
        }
    }

    @Test
    void givesBackAllRecordsInOrderOverManySegments() throws IOException {
        List<byte[]> expected = new ArrayList<>();
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            for (int i = 0; i < 100; i++) {
                byte[] bytes = record(i, i * 7);
                expected.add(bytes);
                append(journal, bytes);
            }
        }
        assertThat(segments()).hasSizeGreaterThan(5);
        Journal.Whole whole = reopen();
        assertThat(whole.records()).usingRecursiveComparison().isEqualTo(expected);
        assertThat(whole.id()).isEqualTo(ID);
        assertThat(whole.cut()).isFalse();
        whole.journal().close();
    }

    @Test
    void takesARecordLongerThanASegment() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            append(journal, record(1, 10), record(2, 50_000), record(3, 10));
        }
        Journal.Whole whole = reopen();
        assertThat(whole.records()).hasSize(3);
        append(whole.journal(), record(4, 10));
        whole.journal().close();
        Journal.Whole again = reopen();
        assertThat(again.records()).hasSize(4);
        again.journal().close();
    }

    @Test
    void replacingForgetsWhatWasBeforeAndKeepsWhatFollows() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < 20; i++) {
                    append(journal, record(i, 300));
                }
                List<Ready.Storage> changes = List.of(
                        new Ready.Storage.Append(record(50, 10)),
                        new Ready.Storage.Replace(List.of(record(60, 20), record(61, 9000))),
                        new Ready.Storage.Append(record(70, 30)));
                assertThat(journal.commit(changes)).isEqualTo(new Storage.Durable());
            }
            append(journal, record(80, 40));
        }
        Journal.Whole whole = reopen();
        assertThat(whole.records())
                .usingRecursiveComparison()
                .isEqualTo(List.of(record(60, 20), record(61, 9000), record(70, 30), record(80, 40)));
        whole.journal().close();
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(40)
    void aTornLastBlockIsCutWhereverItTears(long seed) throws IOException {
        Random random = new Random(seed);
        long before;
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            append(journal, record(1, 100), record(2, 100));
            before = Segment.HEAD + journal.bytes();
            append(journal, record(3, 500), record(4, 500));
        }
        Path file = onlySegment();
        int length = Block.HEAD + 2 * 504;
        // The disk wrote some of the sectors only: here, some runs of bytes are still zero.
        int from = random.nextInt(length);
        int count = 1 + random.nextInt(length - from);
        byte[] zeros = new byte[count];
        byte[] all = Files.readAllBytes(file);
        boolean changed = false;
        for (int i = 0; i < count; i++) {
            changed |= all[(int) before + from + i] != 0;
        }
        overwrite(file, before + from, zeros);
        Journal.Whole whole = reopen();
        assertThat(whole.records()).hasSize(changed ? 2 : 4);
        append(whole.journal(), record(5, 10));
        whole.journal().close();
        Journal.Whole again = reopen();
        assertThat(again.records().getLast()).isEqualTo(record(5, 10));
        again.journal().close();
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(40)
    void aDamagedByteBeforeTheLastBlockIsALostDisk(long seed) throws IOException {
        Random random = new Random(seed);
        long end;
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            append(journal, record(1, 400));
            append(journal, record(2, 400));
            end = Segment.HEAD + journal.bytes();
            append(journal, record(3, 400));
        }
        Path file = onlySegment();
        int at = random.nextInt((int) end);
        byte old = Files.readAllBytes(file)[at];
        overwrite(file, at, new byte[] {(byte) (old ^ (1 << random.nextInt(8)))});
        assertThat(Journal.open(directory, SMALL)).isInstanceOf(Journal.Lost.class);
    }

    @Test
    void aMissingSegmentIsALostDisk() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            for (int i = 0; i < 30; i++) {
                append(journal, record(i, 400));
            }
        }
        Files.delete(segments().get(1));
        assertThat(Journal.open(directory, SMALL)).isInstanceOf(Journal.Lost.class);
    }

    @Test
    void aSegmentOfAnotherTimeIsALostDisk() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            for (int i = 0; i < 30; i++) {
                append(journal, record(i, 400));
            }
        }
        // The last but one as it was before its last block, as after a partial restore of a backup.
        Path file = segments().get(segments().size() - 2);
        byte[] all = Files.readAllBytes(file);
        int blockLength = Block.HEAD + 404;
        int blocks = (all.length - Segment.HEAD) / blockLength;
        overwrite(file, Segment.HEAD + (long) (blocks - 1) * blockLength, new byte[blockLength]);
        assertThat(Journal.open(directory, SMALL)).isInstanceOf(Journal.Lost.class);
    }

    @Test
    void leftoversOfARecycledFileAreNoRecords() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            for (int i = 0; i < 8; i++) {
                append(journal, record(i, 400));
            }
            assertThat(journal.commit(List.of(new Ready.Storage.Replace(List.of(record(90, 5))))))
                    .isEqualTo(new Storage.Durable());
            // The next generation is written into the file of the first.
            assertThat(journal.commit(List.of(new Ready.Storage.Replace(List.of(record(91, 5))))))
                    .isEqualTo(new Storage.Durable());
        }
        Journal.Whole whole = reopen();
        assertThat(whole.records()).usingRecursiveComparison().isEqualTo(List.of(record(91, 5)));
        assertThat(whole.cut()).isFalse();
        whole.journal().close();
    }

    /** Under full load no zeros are written: each generation goes into the files of the one before. */
    @Test
    void whatAGenerationLeavesBehindIsTakenUpByTheNext() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            for (int generation = 0; generation < 4; generation++) {
                for (int i = 0; i < 24; i++) {
                    append(journal, record(i, 400));
                }
                assertThat(segments()).hasSizeGreaterThan(2);
                long sparesBefore = spares();
                assertThat(journal.commit(List.of(new Ready.Storage.Replace(List.of(record(90, 5))))))
                        .isEqualTo(new Storage.Durable());
                assertThat(spares()).isBetween(3L, 4L).isGreaterThan(sparesBefore);
            }
        }
        reopen().journal().close();
    }

    private long spares() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("spare-"))
                    .count();
        }
    }

    @Test
    void aHalfWrittenReplacementLeavesTheOldGeneration() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            append(journal, record(1, 10));
        }
        Files.write(directory.resolve("fresh.segment"), record(2, 3000));
        Journal.Whole whole = reopen();
        assertThat(whole.records()).hasSize(1);
        assertThat(whole.journal().commit(List.of(new Ready.Storage.Replace(List.of(record(3, 10))))))
                .isEqualTo(new Storage.Durable());
        whole.journal().close();
        Journal.Whole again = reopen();
        assertThat(again.records()).usingRecursiveComparison().isEqualTo(List.of(record(3, 10)));
        again.journal().close();
    }

    @Test
    void twoProcessesCannotHaveIt() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            assertThatThrownBy(() -> Journal.open(directory, SMALL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("uses");
            append(journal, record(1, 1));
        }
    }

    @Test
    void aFailureIsTypedFinalAndLosesNothing() throws IOException {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            append(journal, record(1, 2000), record(2, 1000));
            // The next block needs a new file, for which there is no room: a directory stands in its way.
            Files.createDirectory(directory.resolve("fresh.segment"));
            Storage.Commit commit = journal.commit(List.of(new Ready.Storage.Append(record(3, 2000))));
            assertThat(commit).isInstanceOf(Storage.Failed.class);
            Files.delete(directory.resolve("fresh.segment"));
            assertThat(journal.commit(List.of(new Ready.Storage.Append(record(4, 10)))))
                    .isSameAs(commit);
        }
        Journal.Whole whole = reopen();
        assertThat(whole.records()).usingRecursiveComparison().isEqualTo(List.of(record(1, 2000), record(2, 1000)));
        whole.journal().close();
    }

    /** Across segments and replacements; what was not answered for does not count. */
    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void itsPositionGrowsWithEveryCommitAndComesBackWithIt() throws IOException {
        Position before = Position.NONE;
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            for (int i = 0; i < 40; i++) {
                if (i % 15 == 14) {
                    assertThat(journal.commit(List.of(new Ready.Storage.Replace(List.of(record(i, 50))))))
                            .isEqualTo(new Storage.Durable());
                } else {
                    append(journal, record(i, 700));
                }
                assertThat(journal.position()).isGreaterThan(before);
                before = journal.position();
            }
        }
        Journal.Whole whole = reopen();
        assertThat(whole.journal().position()).isEqualTo(before);
        append(whole.journal(), record(99, 10));
        assertThat(whole.journal().position()).isGreaterThan(before);
        whole.journal().close();
        byte[] later = Position.journalId(new byte[16], Position.born(ID) + 1);
        try (Journal anew = Journal.create(directory, later, SMALL)) {
            assertThat(anew.position()).isGreaterThan(whole.journal().position());
        }
    }

    /** It is no damage: with the version that wrote it all of it is there. */
    @Test
    void aJournalOfAnotherFormatIsRefusedAndLeftAsItIs() throws Exception {
        try (Journal journal = Journal.create(directory, ID, SMALL)) {
            append(journal, record(1, 10));
        }
        byte[] bytes = Files.readAllBytes(onlySegment());
        byte[] other = bytes.clone();
        other[Long.BYTES - 1]--;
        Files.write(onlySegment(), other);
        assertThatThrownBy(() -> Journal.open(directory, SMALL))
                .isInstanceOf(OtherFormatException.class)
                .hasMessageContaining("another version of this program");
        assertThat(Files.readAllBytes(onlySegment())).isEqualTo(other);
        Files.write(onlySegment(), bytes);
        Journal.Whole whole = reopen();
        assertThat(whole.records()).hasSize(1);
        whole.journal().close();
    }
}
