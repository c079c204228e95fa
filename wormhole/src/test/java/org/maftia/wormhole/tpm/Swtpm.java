package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A TPM of software in a directory: a machine that can be switched off, copied and set back. */
public final class Swtpm implements AutoCloseable {
    private static final long START_MILLIS = 20_000;

    private final Path directory;
    private @Nullable Process process;

    private Swtpm(Path directory) {
        this.directory = directory;
    }

    public static boolean isInstalled() {
        try {
            Process probe = new ProcessBuilder("swtpm", "--version")
                    .redirectErrorStream(true)
                    .start();
            probe.getInputStream().readAllBytes();
            return probe.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A new one, switched on. */
    public static Swtpm start() throws IOException {
        Swtpm tpm = new Swtpm(Files.createTempDirectory("swtpm"));
        Files.createDirectory(tpm.state());
        tpm.on();
        return tpm;
    }

    private Path state() {
        return directory.resolve("state");
    }

    Path socket() {
        return directory.resolve("tpm");
    }

    /** Where a configuration would find it. */
    public String place() {
        return "unix:" + socket();
    }

    /** Switches it on: a reset, as of a machine. */
    public void on() throws IOException {
        Files.deleteIfExists(socket());
        process = new ProcessBuilder(List.of(
                        "swtpm",
                        "socket",
                        "--tpm2",
                        "--tpmstate",
                        "dir=" + state(),
                        "--server",
                        "type=unixio,path=" + socket(),
                        "--flags",
                        "not-need-init,startup-clear"))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
    }

    /** Cuts the power. */
    public void off() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    Tpm connect() throws IOException {
        return new Tpm(transport());
    }

    /** Connects, as soon as it listens. */
    public TpmTransport transport() throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (true) {
            try {
                return TpmStream.unix(socket());
            } catch (IOException e) {
                if (process == null || !process.isAlive() || System.nanoTime() > end) {
                    throw new IOException("swtpm does not start: " + Files.readString(directory.resolve("log")), e);
                }
                pause();
            }
        }
    }

    /** Copies what it keeps, which nobody can do with a chip; only while it is off. */
    public Path copy() throws IOException {
        Path copy = Files.createTempDirectory(directory, "copy");
        copy(state(), copy);
        return copy;
    }

    /** Puts a copy in the place of what it keeps; only while it is off. */
    public void restore(Path copy) throws IOException {
        try (var files = Files.list(state())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        copy(copy, state());
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().startsWith(".")) { // its lock
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        off();
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                Files.delete(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
