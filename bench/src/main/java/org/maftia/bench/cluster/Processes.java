package org.maftia.bench.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The processes of one side. What they print goes to files, so that no full pipe stops them. */
final class Processes implements AutoCloseable {
    private static final int STOP_SECONDS = 20;

    private final List<Process> running = new CopyOnWriteArrayList<>();

    /** Starts a command in a directory. */
    Process start(Path directory, Path console, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        running.add(process);
        return process;
    }

    /** Asks it to end, and ends it if it does not. */
    void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        running.remove(process);
    }

    /** Waits until the console holds the words so many times. */
    static void awaitWords(Process process, Path console, String words, int times, int seconds)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            String said = Files.exists(console) ? Files.readString(console, StandardCharsets.ISO_8859_1) : "";
            if (said.split(words, -1).length > times) {
                return;
            }
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new IOException("no '" + words + "' from a process; its last words: "
                        + said.substring(Math.max(0, said.length() - 400)).strip());
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    @Override
    public void close() {
        for (Process process : List.copyOf(running)) {
            stop(process);
        }
    }
}
