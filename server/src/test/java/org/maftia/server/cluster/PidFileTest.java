package org.maftia.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path directory;

    @Test
    void aLivingProcessIsFoundAndADeadOneIsNot() throws IOException, InterruptedException {
        Path file = directory.resolve("pid");
        Process child = new ProcessBuilder("sleep", "60").start();
        try {
            PidFile.write(file, child.toHandle());
            assertThat(PidFile.read(file).map(ProcessHandle::pid)).contains(child.pid());
        } finally {
            child.destroyForcibly();
            child.waitFor();
        }
        assertThat(PidFile.read(file)).isEmpty();
    }

    @Test
    void aNumberThatAnotherProcessHasNowIsNotTakenForOurs() throws IOException {
        Path file = directory.resolve("pid");
        Files.writeString(file, ProcessHandle.current().pid() + " 1000000\n");
        assertThat(PidFile.read(file)).isEmpty();
    }

    @Test
    void rubbishIsNoProcess() throws IOException {
        Path file = directory.resolve("pid");
        for (String rubbish : new String[] {"", "x y", "1", "1 2 3", "99999999999999999999 1"}) {
            Files.writeString(file, rubbish);
            assertThat(PidFile.read(file)).isEmpty();
        }
    }
}
