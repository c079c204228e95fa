package org.maftia.server.ceremony;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that are either there whole or not there: written beside, forced to disk, renamed, and the directory forced
 * too. A secret file is never readable by others, not even for a moment.
 */
final class DurableFiles {
    private static final boolean POSIX =
            Path.of("").getFileSystem().supportedFileAttributeViews().contains("posix");

    /** Ends the name of a file that is not whole yet. */
    static final String BESIDE = ".new";

    private DurableFiles() {}

    /** Who may read a file. */
    enum Access {
        /** Mode 0600. */
        OWNER("rw-------"),
        /** Mode 0644. */
        ALL("rw-r--r--");

        private final Set<PosixFilePermission> permissions;

        Access(String text) {
            this.permissions = PosixFilePermissions.fromString(text);
        }
    }

    /** What has been done to a file so far. */
    enum Step {
        WRITTEN,
        FORCED,
        RENAMED,
        DURABLE,
        ZEROED,
        DELETED
    }

    /** Is told of each step, so that a test can end the work there as a crash would. */
    interface Watch {
        Watch NONE = (step, file) -> {};

        void after(Step step, Path file);
    }

    /** Replaces the file by these bytes, atomically and durably; makes its directory where that is missing. */
    static void write(Path file, byte[] bytes, Access access) {
        write(file, bytes, access, Watch.NONE);
    }

    static void write(Path file, byte[] bytes, Access access, Watch watch) {
        Path directory = directoryOf(file);
        Path beside = directory.resolve(file.getFileName() + BESIDE);
        try {
            makeDirectory(directory);
            Files.deleteIfExists(beside);
            try (FileChannel channel = FileChannel.open(
                    beside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), attributes(access))) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                watch.after(Step.WRITTEN, file);
                channel.force(true);
            }
            watch.after(Step.FORCED, file);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            watch.after(Step.RENAMED, file);
            force(directory);
            watch.after(Step.DURABLE, file);
        } catch (IOException e) {
            giveBack(beside, e);
            throw new CeremonyException(
                    "cannot write " + file + ": " + e.getMessage(), "check the directory's owner and space", e);
        }
    }

    /** Half a file on a full disk would only take the space that somebody is about to free. */
    private static void giveBack(Path beside, IOException reason) {
        try {
            Files.deleteIfExists(beside);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    /**
     * Reads a whole file.
     *
     * @param lengthMax what a sound file of this kind never exceeds
     * @throws CeremonyException when the file is missing, too long or unreadable
     */
    static byte[] read(Path file, int lengthMax, String hint) {
        try {
            long length = Files.size(file);
            if (length > lengthMax) {
                throw new CeremonyException(file + " is too long: " + length + " bytes", hint);
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new CeremonyException(file + " is missing", hint, e);
        } catch (IOException e) {
            throw new CeremonyException("cannot read " + file + ": " + e.getMessage(), hint, e);
        }
    }

    /**
     * Overwrites the file with zeros and removes it. On flash memory the old cells may survive: what is erased so is
     * itself encrypted.
     */
    static void erase(Path file) {
        erase(file, Watch.NONE);
    }

    static void erase(Path file, Watch watch) {
        try {
            if (!Files.exists(file)) {
                return;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                ByteBuffer zeros = ByteBuffer.allocate(Math.toIntExact(channel.size()));
                while (zeros.hasRemaining()) {
                    channel.write(zeros);
                }
                channel.force(true);
            }
            watch.after(Step.ZEROED, file);
            Files.delete(file);
            force(directoryOf(file));
            watch.after(Step.DELETED, file);
        } catch (IOException e) {
            throw new CeremonyException(
                    "cannot erase " + file + ": " + e.getMessage(), "remove it by hand, it must not survive", e);
        }
    }

    private static Path directoryOf(Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException("no file: " + file);
        }
        return parent;
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (POSIX) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(directory);
        }
    }

    private static FileAttribute<?>[] attributes(Access access) {
        return POSIX
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(access.permissions)}
                : new FileAttribute<?>[0];
    }

    /** Makes the names in a directory durable. Windows cannot open one, and keeps its names in order by itself. */
    private static void force(Path directory) throws IOException {
        if (POSIX) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
