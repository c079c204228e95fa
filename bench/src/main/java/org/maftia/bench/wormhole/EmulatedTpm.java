package org.maftia.bench.wormhole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.maftia.wormhole.tpm.Tpm;
import org.maftia.wormhole.tpm.TpmStream;

/** A TPM of software ({@code swtpm}), fresh, for as long as a benchmark takes. */
final class EmulatedTpm implements AutoCloseable {
    private static final int TRIES = 1_000;

    private final Path directory;
    private final Process process;

    EmulatedTpm() throws IOException {
        directory = Files.createTempDirectory("maftia-swtpm");
        process = new ProcessBuilder(List.of(
                        "swtpm",
                        "socket",
                        "--tpm2",
                        "--tpmstate",
                        "dir=" + directory,
                        "--server",
                        "type=unixio,path=" + directory.resolve("socket"),
                        "--flags",
                        "not-need-init,startup-clear"))
                .inheritIO()
                .start();
    }

    /** Connects, as soon as it listens. */
    Tpm connect() throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return new Tpm(TpmStream.unix(directory.resolve("socket")));
            } catch (IOException e) {
                if (attempt == TRIES || !process.isAlive()) {
                    throw e;
                }
                Thread.sleep(10);
            }
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        process.onExit().join();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
