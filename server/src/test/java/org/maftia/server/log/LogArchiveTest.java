package org.maftia.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.server.gateway.LogPath;
import org.maftia.services.log.CompactRange;
import org.maftia.services.log.LogTree;

class LogArchiveTest {
    /** More than one full tile of full tiles would take too long: one tile of level 1 begins. */
    private static final int COUNT = 700;

    @TempDir
    private Path directory;

    private static byte[] entry(int i) {
        return ("entry number " + i).getBytes(StandardCharsets.UTF_8);
    }

    private static List<byte[]> entries(int from, int to) {
        List<byte[]> entries = new ArrayList<>();
        for (int i = from; i < to; i++) {
            entries.add(entry(i));
        }
        return entries;
    }

    private static Digest root(int size) {
        CompactRange range = new CompactRange();
        for (int i = 0; i < size; i++) {
            range.append(LogTree.leaf(entry(i)));
        }
        return range.root();
    }

    private static void check(LogArchive archive, int size) throws IOException {
        assertThat(archive.size()).isEqualTo(size);
        for (int length : new int[] {0, 1, 2, 255, 256, 257, 512, 513, size}) {
            if (length <= size) {
                assertThat(archive.root(length)).isEqualTo(root(length));
            }
        }
        for (int index = 0; index < size; index += 37) {
            List<Digest> proof = archive.inclusion(index, size);
            assertThat(LogTree.rootOf(LogTree.leaf(entry(index)), index, size, proof))
                    .hasValue(root(size));
        }
    }

    @Test
    void whatIsAppendedIsThereAfterARestartWithAllItsHashes() throws IOException {
        try (LogArchive archive = LogArchive.open(directory)) {
            archive.append(entries(0, 3));
            archive.append(entries(3, 300));
            check(archive, 300);
        }
        try (LogArchive archive = LogArchive.open(directory)) {
            check(archive, 300);
            archive.append(entries(300, COUNT));
            check(archive, COUNT);
            assertThat(archive.tile(0, 1, 256)).hasSize(8192);
            assertThat(archive.tile(0, 2, COUNT - 512)).hasSize((COUNT - 512) * Digest.LENGTH);
            assertThat(archive.tile(0, 2, COUNT - 511)).isEmpty();
            assertThat(archive.tile(1, 0, 2)).startsWith(root(256).toBytes());
            assertThat(archive.tile(1, 0, 3)).isEmpty();
            byte[] bundle = archive.bundle(2, 1);
            assertThat(bundle).hasSize(2 + entry(512).length).endsWith(entry(512));
        }
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void whatACrashLeftHalfWrittenIsCutOff() throws IOException {
        try (LogArchive archive = LogArchive.open(directory)) {
            archive.append(entries(0, 300));
        }
        for (String name : List.of("entries", "tiles-0", "tiles-1")) {
            try (RandomAccessFile file =
                    new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
                file.seek(file.length());
                file.write(new byte[45]);
            }
        }
        try (LogArchive archive = LogArchive.open(directory)) {
            check(archive, 300);
            archive.append(entries(300, 520));
            check(archive, 520);
        }
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("entries").toFile(), "rw")) {
            file.setLength(file.length() - 1);
        }
        try (LogArchive archive = LogArchive.open(directory)) {
            check(archive, 519);
        }
    }

    @Attack("a log shows two histories")
    @Test
    void noReplicaSignsTwoRootsForOneSizeNorASmallerTreeAlsoAfterARestart() throws IOException {
        try (SignedHeads heads = SignedHeads.open(directory)) {
            assertThat(heads.admit(5, root(5))).isTrue();
            assertThat(heads.admit(5, root(5))).isTrue();
            assertThat(heads.admit(5, root(6))).isFalse();
        }
        try (SignedHeads heads = SignedHeads.open(directory)) {
            assertThat(heads.admit(5, root(6))).isFalse();
            assertThat(heads.admit(4, root(4))).isFalse();
            assertThat(heads.admit(6, root(6))).isTrue();
        }
    }

    /** The examples of the document. */
    @Test
    void pathsAreThoseOfTheDocument() {
        assertThat(LogPath.parsed("0/x001/x234/067")).hasValue(new LogPath(0, 1_234_067, 256));
        assertThat(LogPath.parsed("entries/000.p/17")).hasValue(new LogPath(LogPath.ENTRIES, 0, 17));
        assertThat(new LogPath(0, 1_234_067, 256).text()).isEqualTo("0/x001/x234/067");
        assertThat(new LogPath(LogPath.ENTRIES, 273, 112).text()).isEqualTo("entries/273.p/112");
        assertThat(new LogPath(2, 1_000, 1).text()).isEqualTo("2/x001/000.p/1");
        for (String bad : List.of(
                "64/000",
                "00/000",
                "0/00",
                "0/x000/001",
                "0/001/002",
                "0/000.p/0",
                "0/000.p/256",
                "0/000.p/1/",
                "/000",
                "")) {
            assertThat(LogPath.parsed(bad)).as(bad).isEqualTo(Optional.empty());
        }
    }
}
