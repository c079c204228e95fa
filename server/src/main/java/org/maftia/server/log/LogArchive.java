package org.maftia.server.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;
import org.maftia.services.log.LogTree;

/**
 * All entries of the log and the hashes over them, on disk: what {@link #size} counts is durable. Files grow at their ends
 * only: {@code entries}, as bundles have them; {@code offsets}, where each entry ends; {@code tiles-L}, the hashes of level L
 * as tiles have them. {@code offsets} is written last, so what the others have beyond it is of no account.
 *
 * <p>Any thread may read while one writes.
 */
final class LogArchive implements AutoCloseable {
    /** Entries in a bundle, and hashes in a tile. */
    static final int WIDTH = 256;

    private static final int WIDTH_BITS = 8;

    /** A log of 2^40 entries is longer than any disk. */
    private static final int LEVELS = 5;

    private static final int PREFIX_LENGTH = 2;

    private final FileChannel entries;
    private final FileChannel offsets;
    private final List<FileChannel> tiles = new ArrayList<>();
    private long size;

    private LogArchive(FileChannel entries, FileChannel offsets) {
        this.entries = entries;
        this.offsets = offsets;
    }

    /** Opens what is there, or begins. */
    static LogArchive open(Path directory) throws IOException {
        Files.createDirectories(directory);
        LogArchive archive = new LogArchive(file(directory, "entries"), file(directory, "offsets"));
        for (int level = 0; level < LEVELS; level++) {
            archive.tiles.add(file(directory, "tiles-" + level));
        }
        archive.truncate(archive.offsets.size() / Long.BYTES);
        return archive;
    }

    private static FileChannel file(Path directory, String name) throws IOException {
        return FileChannel.open(
                directory.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Entries. */
    synchronized long size() {
        return size;
    }

    /** Forgets all from this entry on; of a log that is no longer it forgets nothing. */
    synchronized void truncate(long length) throws IOException {
        long kept = Math.min(length, offsets.size() / Long.BYTES);
        kept = Math.min(kept, tiles.getFirst().size() / Digest.LENGTH);
        while (kept > 0 && end(kept - 1) > entries.size()) {
            kept--;
        }
        offsets.truncate(kept * Long.BYTES);
        entries.truncate(kept == 0 ? 0 : end(kept - 1));
        tiles.getFirst().truncate(kept * Digest.LENGTH);
        for (int level = 1; level < LEVELS; level++) {
            tiles.get(level).truncate((kept >>> WIDTH_BITS * level) * Digest.LENGTH);
        }
        size = kept;
        completeTiles();
    }

    /** Takes more entries; they are durable when this returns. */
    synchronized void append(List<byte[]> more) throws IOException {
        long end = size == 0 ? 0 : end(size - 1);
        Writer bundle = new Writer();
        Writer ends = new Writer();
        Writer leaves = new Writer();
        long to = end;
        for (byte[] entry : more) {
            bundle.opaque16(entry);
            to += PREFIX_LENGTH + entry.length;
            ends.u64(to);
            leaves.digest(LogTree.leaf(entry));
        }
        write(entries, end, bundle.toBytes());
        write(tiles.getFirst(), size * Digest.LENGTH, leaves.toBytes());
        entries.force(true);
        tiles.getFirst().force(true);
        write(offsets, size * Long.BYTES, ends.toBytes());
        offsets.force(true);
        size += more.size();
        completeTiles();
    }

    /** Hashes of full tiles belong to the next level; they can be made again, so they need not be durable. */
    private void completeTiles() throws IOException {
        for (int level = 1; level < LEVELS; level++) {
            FileChannel file = tiles.get(level);
            long full = size >>> WIDTH_BITS * level;
            for (long index = file.size() / Digest.LENGTH; index < full; index++) {
                Digest hash = merged(level - 1, index << WIDTH_BITS, WIDTH);
                write(file, index * Digest.LENGTH, hash.toBytes());
            }
        }
    }

    /** The hash over so many neighbours at a level of tiles, a power of two. */
    private Digest merged(int level, long from, int count) throws IOException {
        byte[] bytes = read(tiles.get(level), from * Digest.LENGTH, count * Digest.LENGTH);
        List<Digest> row = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            row.add(Digest.of(java.util.Arrays.copyOfRange(bytes, i * Digest.LENGTH, (i + 1) * Digest.LENGTH)));
        }
        while (row.size() > 1) {
            List<Digest> above = new ArrayList<>();
            for (int i = 0; i < row.size(); i += 2) {
                above.add(LogTree.node(row.get(i), row.get(i + 1)));
            }
            row = above;
        }
        return row.getFirst();
    }

    private long end(long index) throws IOException {
        return ByteBuffer.wrap(read(offsets, index * Long.BYTES, Long.BYTES)).getLong();
    }

    /** The root of the tree of the first entries. */
    synchronized Digest root(long length) throws IOException {
        return computed(subtrees -> LogTree.root(length, subtrees));
    }

    /** That an entry is in the tree of the first ones. */
    synchronized List<Digest> inclusion(long index, long length) throws IOException {
        return computed(subtrees -> LogTree.inclusion(index, length, subtrees));
    }

    private interface Computation<T> {
        T of(LogTree.Subtrees subtrees);
    }

    private <T> T computed(Computation<T> computation) throws IOException {
        try {
            return computation.of((level, index) -> {
                int below = Math.min(level / WIDTH_BITS, LEVELS - 1);
                int count = 1 << (level - below * WIDTH_BITS);
                try {
                    return merged(below, index * count, count);
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        } catch (java.io.UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * A tile as readers get it.
     *
     * @param width hashes, from the first of the tile on
     * @return nothing where the archive has not so many
     */
    synchronized byte[] tile(int level, long index, int width) throws IOException {
        long from = index << WIDTH_BITS;
        if (level < 0 || level >= LEVELS || from + width > size >>> WIDTH_BITS * level) {
            return new byte[0];
        }
        return read(tiles.get(level), from * Digest.LENGTH, width * Digest.LENGTH);
    }

    /** A bundle of entries as readers get it; nothing where the archive has not so many. */
    synchronized byte[] bundle(long index, int width) throws IOException {
        long from = index << WIDTH_BITS;
        if (from + width > size) {
            return new byte[0];
        }
        long begin = from == 0 ? 0 : end(from - 1);
        return read(entries, begin, Math.toIntExact(end(from + width - 1) - begin));
    }

    /** The bytes of an entry that is there. */
    synchronized byte[] entry(long index) throws IOException {
        long begin = (index == 0 ? 0 : end(index - 1)) + PREFIX_LENGTH;
        return read(entries, begin, Math.toIntExact(end(index) - begin));
    }

    private static void write(FileChannel file, long at, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long position = at;
        while (buffer.hasRemaining()) {
            position += file.write(buffer, position);
        }
    }

    private static byte[] read(FileChannel file, long at, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        long position = at;
        while (buffer.hasRemaining()) {
            int count = file.read(buffer, position);
            if (count < 0) {
                throw new IOException("a file of the log archive ends early");
            }
            position += count;
        }
        return buffer.array();
    }

    @Override
    public synchronized void close() throws IOException {
        entries.close();
        offsets.close();
        for (FileChannel file : tiles) {
            file.close();
        }
    }
}
