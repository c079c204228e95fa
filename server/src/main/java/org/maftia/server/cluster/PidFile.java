package org.maftia.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The file in which a process of a cluster says that it runs: its number and its time of start, so that a number that
 * the system has given to another process since is not taken for it.
 */
public final class PidFile {
    /** The system tells a start time by counting from boot, whose time it corrects now and then. */
    private static final long TOLERANCE_MILLIS = 3_000;

    private PidFile() {}

    /** Writes the file of this process. */
    public static void write(Path file) throws IOException {
        write(file, ProcessHandle.current());
    }

    /** Writes the file of a process that was started. */
    public static void write(Path file, ProcessHandle process) throws IOException {
        long startMillis =
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        DurableText.replace(file, process.pid() + " " + startMillis + "\n");
    }

    /** The living process that wrote the file. */
    public static Optional<ProcessHandle> read(Path file) throws IOException {
        String[] parts;
        try {
            parts = Files.readString(file).strip().split(" ", -1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (parts.length != 2 || !parts[0].matches("[0-9]{1,18}") || !parts[1].matches("[0-9]{1,18}")) {
            return Optional.empty();
        }
        long startMillis = Long.parseLong(parts[1]);
        return ProcessHandle.of(Long.parseLong(parts[0]))
                .filter(ProcessHandle::isAlive)
                .filter(process -> startedAt(process, startMillis));
    }

    private static boolean startedAt(ProcessHandle process, long startMillis) {
        return process.info()
                .startInstant()
                .map(start -> Math.abs(start.toEpochMilli() - startMillis) <= TOLERANCE_MILLIS)
                .orElse(false);
    }
}
