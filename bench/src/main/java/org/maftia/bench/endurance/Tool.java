package org.maftia.bench.endurance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands of the system and of the program under test that end by themselves. */
final class Tool {
    /** The slowest, {@code maftia start} of a replica with a full journal on a busy machine, gives up before. */
    private static final int SECONDS_MAX = 180;

    private Tool() {}

    /**
     * Runs a command to its end.
     *
     * @return what it printed
     * @throws IOException with its last words when it fails, or does not end
     */
    static String run(List<String> command) throws IOException, InterruptedException {
        return run(command, SECONDS_MAX);
    }

    static String run(List<String> command, int seconds) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .start();
        Thread watch = Thread.ofVirtual().start(() -> {
            try {
                if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
            }
        });
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        int code = process.waitFor();
        watch.join();
        if (code != 0) {
            throw new IOException("'" + String.join(" ", command) + "' failed (" + code + "): "
                    + said.substring(Math.max(0, said.length() - 400)));
        }
        return said;
    }

    static String run(String... command) throws IOException, InterruptedException {
        return run(List.of(command));
    }
}
