package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.wire.Digest;
import org.maftia.server.journal.Position;

class HeardTest {
    @TempDir
    private Path directory;

    @Test
    void whatWasHeardOfPeersIsFoundByTheirKeys() throws IOException {
        assertThat(new Heard(directory).read()).isEmpty();
        SortedMap<Digest, Position> positions = new TreeMap<>();
        positions.put(new Digest(1, 2, 3, -4), new Position(1, 2, 3));
        positions.put(new Digest(-1, 2, 3, 4), new Position(-5, 0, 1L << 56));
        new Heard(directory).write(positions);
        assertThat(new Heard(directory).read()).isEqualTo(positions);
    }

    @Test
    void aDamagedLineTellsNothing() throws IOException {
        SortedMap<Digest, Position> positions = new TreeMap<>();
        positions.put(Digest.ZERO, new Position(1, 2, 3));
        new Heard(directory).write(positions);
        Path file = directory.resolve("heard");
        Files.writeString(file, Files.readString(file).substring(0, 60));
        assertThat(new Heard(directory).read()).isEmpty();
    }
}
