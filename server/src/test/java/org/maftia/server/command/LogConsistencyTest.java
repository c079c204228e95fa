package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.testing.Attack;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;
import org.maftia.server.gateway.LogPath;
import org.maftia.services.log.CompactRange;
import org.maftia.services.log.LogCheckpoint;
import org.maftia.services.log.LogMember;
import org.maftia.services.log.LogPolicy;
import org.maftia.services.log.LogTree;
import org.maftia.services.log.NoteKey;
import org.maftia.services.log.SignedCheckpoint;
import org.maftia.services.log.WitnessRule;

/** {@code maftia verify} with two heads of a log, from a folder of tiles. */
class LogConsistencyTest {
    private static final String ORIGIN = "maftia/test";
    private static final int SIZE = 70_000;

    private final Terminal terminal = new Terminal();

    @TempDir
    private Path directory;

    private final List<Digest> leaves = new ArrayList<>();

    private static byte[] secret(int number) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        Arrays.fill(secret, (byte) number);
        return secret;
    }

    private static final LogMember MEMBER =
            LogMember.of(ORIGIN, "r1", Ed25519Certifier.publicKey(secret(1)), Ed25519Certifier.publicKey(secret(2)));

    @BeforeEach
    void mirror() throws IOException {
        Files.writeString(
                directory.resolve("policy"),
                LogPolicy.text(List.of(MEMBER), new WitnessRule(Formula.select(1, ReplicaSet.of(0)))));
        for (int i = 0; i < SIZE; i++) {
            leaves.add(LogTree.leaf(new Writer().u32(i).toBytes()));
        }
        List<Digest> row = leaves;
        for (int level = 0; !row.isEmpty(); level++) {
            write(level, row);
            row = above(row);
        }
    }

    private void write(int level, List<Digest> row) throws IOException {
        for (int from = 0; from < row.size(); from += LogPath.WIDTH_MAX) {
            List<Digest> tile = row.subList(from, Math.min(row.size(), from + LogPath.WIDTH_MAX));
            Writer bytes = new Writer();
            tile.forEach(bytes::digest);
            String path = new LogPath(level, from / LogPath.WIDTH_MAX, tile.size()).text();
            Path file = directory.resolve("tile").resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes.toBytes());
        }
    }

    /** The roots of all full tiles. */
    private static List<Digest> above(List<Digest> row) {
        List<Digest> above = new ArrayList<>();
        for (int from = 0; from + LogPath.WIDTH_MAX <= row.size(); from += LogPath.WIDTH_MAX) {
            CompactRange range = new CompactRange();
            row.subList(from, from + LogPath.WIDTH_MAX).forEach(range::append);
            above.add(range.root());
        }
        return above;
    }

    private Path head(int size, int witness, int altered) throws IOException {
        CompactRange range = new CompactRange();
        for (int i = 0; i < size; i++) {
            range.append(i == altered ? Digest.ZERO : leaves.get(i));
        }
        LogCheckpoint head = new LogCheckpoint(ORIGIN, size, range.root());
        SignedCheckpoint signed = new SignedCheckpoint(
                head,
                List.of(
                        SignedCheckpoint.Line.of(MEMBER.log(), NoteKey.signLog(secret(1), head.body())),
                        SignedCheckpoint.Line.of(MEMBER.witness(), NoteKey.cosign(secret(witness), head.body(), 9))));
        return Files.writeString(directory.resolve("head-" + size + "-" + witness + "-" + altered), signed.text());
    }

    private Path head(int size) throws IOException {
        return head(size, 2, -1);
    }

    private String verified(int code, Path earlier, Path later) {
        return terminal.type(
                code, "verify", "--policy", directory.resolve("policy"), "--tiles", directory, earlier, later);
    }

    @Test
    void aLaterLogBeginsWithTheEarlierOne() throws IOException {
        for (int earlier : new int[] {1, 255, 256, 300, 65_536, 65_537, SIZE - 1, SIZE}) {
            assertThat(verified(0, head(earlier), head(SIZE))).contains("begins with that of " + earlier + " entries");
        }
    }

    @Attack("a log shows two histories")
    @Test
    void aLogThatWasAlteredIsFoundOut() throws IOException {
        verified(1, head(300, 2, 17), head(SIZE));
        assertThat(terminal.errors()).contains("by no tiles that were found");
        verified(1, head(SIZE, 2, 17), head(SIZE));
        assertThat(terminal.errors()).contains("two roots");
        verified(1, head(SIZE), head(300));
        assertThat(terminal.errors()).contains("shorter");
        verified(1, head(300, 3, -1), head(SIZE));
        assertThat(terminal.errors()).contains("signature of " + ORIGIN + "/r1");
        Files.write(directory.resolve("tile/0/001"), new byte[8 * 1024]);
        verified(1, head(300), head(SIZE));
        assertThat(terminal.errors()).contains("by no tiles that were found");
    }

    @Test
    void whereATileIsMissingItSaysWhich() throws IOException {
        Files.delete(directory.resolve("tile/0/001"));
        verified(1, head(300), head(SIZE));
        assertThat(terminal.errors()).contains("0/001").contains("--tiles");
    }

    @Test
    void aHeadIsComparedWithAHead() throws IOException {
        verified(1, directory.resolve("policy"), head(SIZE));
        assertThat(terminal.errors()).contains("is a head of a log").contains("two heads");
    }
}
