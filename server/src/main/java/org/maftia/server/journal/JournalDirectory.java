package org.maftia.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files of a journal: which there are, making, renaming and removing them so that a crash in between does no harm. */
final class JournalDirectory implements AutoCloseable {
    /** What a generation leaves behind under full load is taken up by the next: no zeros are written then. */
    private static final int SPARES_MAX = 4;

    private static final String SPARE_BEGUN = "spare.begun";
    private static final String FRESH = "fresh.segment";
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();

    private final Path path;
    private final FileChannel lock;
    private final boolean sync;
    private final AtomicBoolean preparing = new AtomicBoolean();

    /** The last thread that made a spare file; touched by the owner's thread only. */
    private @Nullable Thread preparer;

    private JournalDirectory(Path path, FileChannel lock, boolean sync) {
        this.path = path;
        this.lock = lock;
        this.sync = sync;
    }

    /**
     * Opens the directory, which is made if absent, for this process alone.
     *
     * @throws IOException when another process has it, or the system refuses
     */
    static JournalDirectory open(Path path, boolean sync) throws IOException {
        Files.createDirectories(path);
        FileChannel lock = FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock held = lock.tryLock();
            if (held == null) {
                throw new IOException("another process uses " + path);
            }
        } catch (OverlappingFileLockException e) {
            lock.close();
            throw new IOException("this process uses " + path + " already", e);
        } catch (IOException e) {
            lock.close();
            throw e;
        }
        return new JournalDirectory(path, lock, sync);
    }

    Path file(String name) {
        return path.resolve(name);
    }

    /** The segment files of the newest generation by number; empty when there is none. */
    List<Path> newest() throws IOException {
        long newest = -1;
        TreeMap<Long, Path> files = new TreeMap<>();
        for (Path file : list()) {
            long[] parsed = Segment.parse(file.getFileName().toString());
            if (parsed == null || parsed[0] < newest) {
                continue;
            }
            if (parsed[0] > newest) {
                newest = parsed[0];
                files.clear();
            }
            files.put(parsed[1], file);
        }
        return List.copyOf(files.values());
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.toList();
        }
    }

    /**
     * Makes a spare file ready, on another thread, so that a commit seldom waits for megabytes of zeros. A failure leaves no
     * spare: the commit that needs one meets the same trouble, and can say so.
     */
    void prepareSpare(long length) throws IOException {
        if (spare(length) != null || !preparing.compareAndSet(false, true)) {
            return;
        }
        preparer = Thread.ofVirtual().start(() -> {
            try (FileChannel channel = FileChannel.open(
                    file(SPARE_BEGUN),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                fill(channel, length);
                // The owner's thread may have kept another meanwhile; either will do.
                Files.move(file(SPARE_BEGUN), spareFile(0), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException noSpare) {
                giveBack();
            } finally {
                preparing.set(false);
            }
        });
    }

    /** On a full disk the beginning of a spare file would take the room that a commit needs. */
    private void giveBack() {
        try {
            Files.deleteIfExists(file(SPARE_BEGUN));
        } catch (IOException kept) {
            // The next spare file begins with it.
            return;
        }
    }

    /** A file of at least the length, its blocks given out by the system, to be named by {@link #publish}. */
    FileChannel fresh(long length) throws IOException {
        Path fresh = file(FRESH);
        Path spare = spare(length);
        if (spare != null) {
            Files.move(spare, fresh, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return FileChannel.open(fresh, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
        FileChannel channel = FileChannel.open(
                fresh,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            fill(channel, length);
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(fresh);
            throw e;
        }
        return channel;
    }

    /** Writes zeros, so that later writes change no metadata and a sync of the data is enough. */
    private void fill(FileChannel channel, long length) throws IOException {
        long at = 0;
        while (at < length) {
            ByteBuffer zeros = ZEROS.duplicate();
            zeros.limit((int) Math.min(zeros.capacity(), length - at));
            at += channel.write(zeros, at);
        }
        if (sync) {
            channel.force(true);
        }
    }

    /** Gives the fresh file its name, for good. */
    void publish(String name) throws IOException {
        Files.move(file(FRESH), file(name), StandardCopyOption.ATOMIC_MOVE);
        syncDirectory(path, sync);
    }

    private Path spareFile(int number) {
        return file("spare-" + number + ".segment");
    }

    private @Nullable Path spare(long length) throws IOException {
        for (int number = SPARES_MAX - 1; number >= 0; number--) {
            Path file = spareFile(number);
            if (Files.exists(file) && Files.size(file) >= length) {
                return file;
            }
        }
        return null;
    }

    private @Nullable Path freeSpare() {
        for (int number = 0; number < SPARES_MAX; number++) {
            if (!Files.exists(spareFile(number))) {
                return spareFile(number);
            }
        }
        return null;
    }

    /** Removes all generations below this one; a few files of the wanted length are kept to be used again. */
    void removeBelow(long generation, long spareLength) throws IOException {
        for (Path file : list()) {
            long[] parsed = Segment.parse(file.getFileName().toString());
            if (parsed == null || parsed[0] >= generation) {
                continue;
            }
            Path free = Files.size(file) == spareLength ? freeSpare() : null;
            if (free != null) {
                Files.move(file, free, StandardCopyOption.ATOMIC_MOVE);
            } else {
                Files.delete(file);
            }
        }
    }

    void remove(Path file) throws IOException {
        Files.delete(file);
        syncDirectory(path, sync);
    }

    /** Moves everything out of the way, for whoever wants to look into it; an earlier such heap is removed. */
    void setAside() throws IOException {
        Path aside = file("lost");
        if (Files.exists(aside)) {
            for (Path old : new ArrayList<>(children(aside))) {
                Files.delete(old);
            }
        }
        Files.createDirectories(aside);
        for (Path file : list()) {
            if (Segment.parse(file.getFileName().toString()) != null) {
                Files.move(file, aside.resolve(file.getFileName()));
            }
        }
        syncDirectory(path, sync);
    }

    private static List<Path> children(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Makes names in a directory durable. */
    static void syncDirectory(@Nullable Path directory, boolean sync) throws IOException {
        if (sync && directory != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** The lock goes last: who opens the directory next must not meet a writer of ours. */
    @Override
    public void close() throws IOException {
        Thread last = preparer;
        boolean interrupted = false;
        while (last != null && last.isAlive()) {
            try {
                last.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        lock.close();
    }
}
