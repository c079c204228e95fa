package org.maftia.server.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A file system of a few megabytes, in memory, mounted for a test: it gets as full as any disk. Needs root on Linux. */
public final class SmallDisk implements AutoCloseable {
    private static final byte[] CHUNK = new byte[4096];

    private final Path place;

    private SmallDisk(Path place) {
        this.place = place;
    }

    /** Mounts one; empty where that is not allowed. */
    public static Optional<SmallDisk> mount(Path place, int megabytes) throws IOException {
        Files.createDirectories(place);
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", place.toString());
        return mounted ? Optional.of(new SmallDisk(place)) : Optional.empty();
    }

    private static boolean run(String... command) throws IOException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    private Path filler() {
        return place.resolve("filler");
    }

    /** Takes every block that is left. */
    public void fill() throws IOException {
        try (OutputStream out = Files.newOutputStream(filler())) {
            while (true) {
                out.write(CHUNK);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw full;
            }
        }
    }

    /** Makes it larger, with all that it holds. */
    public void grow(int megabytes) throws IOException {
        if (!run("mount", "-o", "remount,size=" + megabytes + "m", place.toString())) {
            throw new IOException("the small file system does not grow");
        }
    }

    /** Gives them back. */
    public void clear() throws IOException {
        Files.deleteIfExists(filler());
    }

    @Override
    public void close() throws IOException {
        if (!run("umount", place.toString())) {
            run("umount", "-l", place.toString());
        }
    }
}
