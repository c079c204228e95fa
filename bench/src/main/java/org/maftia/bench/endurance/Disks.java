package org.maftia.bench.endurance;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file system of its own for the journal of each replica, in an image file, mounted in the mount namespace in which this
 * process runs. It can be filled to the last block, and it can be frozen, which makes every write and every sync wait.
 */
final class Disks {
    /** Room for a journal with its spare segments, and small enough to be filled in a moment. */
    private static final long IMAGE_BYTES = 160L << 20;

    private static final int BLOCK = 4096;
    private static final int STRIDE = 1 << 20;

    private final Path images;
    private final Path cluster;
    private final Set<String> frozen = ConcurrentHashMap.newKeySet();

    /**
     * @param images a directory for the image files
     * @param cluster the directory of the cluster
     */
    Disks(Path images, Path cluster) {
        this.images = images;
        this.cluster = cluster;
    }

    void build(List<String> ids) throws IOException, InterruptedException {
        Files.createDirectories(images);
        for (String id : ids) {
            try (RandomAccessFile image = new RandomAccessFile(image(id).toFile(), "rw")) {
                image.setLength(IMAGE_BYTES);
            }
            Tool.run("mkfs.ext4", "-q", "-F", "-m", "0", image(id).toString());
        }
    }

    Path image(String id) {
        return images.resolve(id + ".img");
    }

    private Path mount(String id) {
        return cluster.resolve(id).resolve("data");
    }

    private Path filler(String id) {
        return mount(id).resolve("filler");
    }

    /** Takes every block that is left. */
    void fill(String id) throws IOException {
        try (FileChannel channel = FileChannel.open(
                filler(id), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            for (int size = STRIDE; size >= BLOCK; size /= 2) {
                while (append(channel, size)) {}
            }
            channel.force(true);
        }
    }

    private static boolean append(FileChannel channel, int size) {
        try {
            return channel.write(ByteBuffer.allocate(size)) == size;
        } catch (IOException full) {
            return false; // that is what was to be reached
        }
    }

    void free(String id) throws IOException {
        Files.deleteIfExists(filler(id));
    }

    /** From now on whoever writes waits. */
    void freeze(String id) throws IOException, InterruptedException {
        frozen.add(id);
        Tool.run("fsfreeze", "--freeze", mount(id).toString());
    }

    void thaw(String id) throws IOException, InterruptedException {
        if (frozen.remove(id)) {
            Tool.run("fsfreeze", "--unfreeze", mount(id).toString());
        }
    }

    /** At the end: the files can be removed then. */
    void unmount(List<String> ids) throws IOException, InterruptedException {
        for (String id : ids) {
            Tool.run("umount", mount(id).toString());
        }
    }

    /** For the end of a run: a process that waits for a frozen disk cannot even be killed. */
    void thawAll() throws IOException, InterruptedException {
        for (String id : List.copyOf(frozen)) {
            thaw(id);
        }
    }
}
