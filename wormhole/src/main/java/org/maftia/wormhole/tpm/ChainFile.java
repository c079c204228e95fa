package org.maftia.wormhole.tpm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.maftia.wormhole.certificate.BigEndian;
import org.maftia.wormhole.certificate.Kind;

/**
 * A journal in a file.
 *
 * <pre>entry  crc32c u32 | kind u8 (1 intent, 2 sealed) | length u16 | bytes</pre>
 *
 * <p>What a crash has torn at the end is cut off.
 */
public final class ChainFile implements ChainJournal, AutoCloseable {
    private static final int HEAD = 7;
    private static final int INTENT = 1;
    private static final int SEALED = 2;
    private static final int LENGTH_MAX = Kind.CERTIFICATE_LENGTH_MAX;

    /** A journal is made short long before; a longer file is none of ours. */
    private static final int FILE_MAX = 64 << 20;

    private final Path file;
    private FileChannel channel;

    private ChainFile(Path file) throws IOException {
        this.file = file;
        this.channel = open(file);
    }

    /** Opens it, or makes it. */
    public static ChainFile at(Path file) throws IOException {
        return new ChainFile(file);
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    @Override
    public List<Entry> read() throws IOException {
        if (channel.size() > FILE_MAX) {
            throw new IOException("no journal of a chain: " + file);
        }
        byte[] bytes = new byte[(int) channel.size()];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) > 0) {}
        List<Entry> entries = new ArrayList<>();
        int at = 0;
        while (isSound(bytes, at)) {
            int end = at + HEAD + BigEndian.u16(bytes, at + 5);
            byte[] content = Arrays.copyOfRange(bytes, at + HEAD, end);
            entries.add(bytes[at + 4] == INTENT ? new Entry.Intent(content) : new Entry.Sealed(content));
            at = end;
        }
        channel.truncate(at);
        channel.position(at);
        return entries;
    }

    private static boolean isSound(byte[] bytes, int at) {
        if (bytes.length - at < HEAD) {
            return false;
        }
        int kind = bytes[at + 4];
        int length = BigEndian.u16(bytes, at + 5);
        return (kind == INTENT || kind == SEALED)
                && length <= LENGTH_MAX
                && length <= bytes.length - at - HEAD
                && crc(bytes, at + 4, HEAD - 4 + length) == BigEndian.u32(bytes, at);
    }

    private static int crc(byte[] bytes, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, at, length);
        return (int) crc.getValue();
    }

    private static ByteBuffer encoded(Entry entry) {
        byte[] content = entry.bytes();
        byte[] bytes = new byte[HEAD + content.length];
        bytes[4] = (byte) (entry instanceof Entry.Intent ? INTENT : SEALED);
        BigEndian.u16(bytes, 5, content.length);
        System.arraycopy(content, 0, bytes, HEAD, content.length);
        BigEndian.u32(bytes, 0, crc(bytes, 4, bytes.length - 4));
        return ByteBuffer.wrap(bytes);
    }

    @Override
    public void append(Entry entry) throws IOException {
        write(channel, entry);
        channel.force(false);
    }

    private static void write(FileChannel channel, Entry entry) throws IOException {
        ByteBuffer buffer = encoded(entry);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void replace(List<Entry> entries) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(draft);
        FileChannel next = open(draft);
        try {
            for (Entry entry : entries) {
                write(next, entry);
            }
            next.force(true);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
                directory.force(true); // the name must be durable too
            }
        } catch (IOException e) {
            next.close();
            throw e;
        }
        channel.close();
        channel = next;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
