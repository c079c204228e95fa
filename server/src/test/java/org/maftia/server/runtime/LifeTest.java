package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifeTest {
    private static final long NOW_MICROS = 1_800_000_000_000_000L;

    @TempDir
    private Path folder;

    @Test
    void eachLifeHasNumbersOfItsOwnThoughTheClockWasSetBack() throws IOException {
        long first = Life.next(folder, NOW_MICROS);
        long second = Life.next(folder, NOW_MICROS - 3_600_000_000L);
        assertThat(second).isGreaterThanOrEqualTo(first + (1 << 20));
    }

    @Test
    void aDiskThatWasSetBackGivesNoNumberAgain() throws IOException {
        Life.next(folder, NOW_MICROS);
        Path file;
        try (var files = Files.list(folder)) {
            file = files.findFirst().orElseThrow();
        }
        Path copy = folder.resolve("copy");
        Files.copy(file, copy);
        long forgotten = Life.next(folder, NOW_MICROS + 10_000);
        Files.copy(copy, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(Life.next(folder, NOW_MICROS + 20_000)).isGreaterThan(forgotten);
    }
}
