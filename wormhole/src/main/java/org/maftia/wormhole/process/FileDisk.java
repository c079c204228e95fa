package org.maftia.wormhole.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.maftia.wormhole.trusted.Disk;

/** A file as a disk, of one component at a time; what cannot be written stops the component. */
final class FileDisk implements Disk, AutoCloseable {
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4_096);

    private FileDisk(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Opens the file, or makes it, readable by its user alone. Two components that count in one file would give one counter to
     * two digests, so it is locked until this one closes it or its process ends.
     */
    static FileDisk open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (channel.tryLock() == null) {
            channel.close();
            throw new IOException("another component works with " + file);
        }
        return new FileDisk(channel);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public long length() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int read(long at, byte[] into) {
        try {
            buffer.clear().limit(into.length);
            while (buffer.hasRemaining() && channel.read(buffer, at + buffer.position()) > 0) {}
            int count = buffer.position();
            buffer.flip().get(into, 0, count);
            return count;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(long at, byte[] bytes) {
        try {
            buffer.clear().put(bytes).flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer, at + buffer.position());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void force() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
