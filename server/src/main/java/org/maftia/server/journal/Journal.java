package org.maftia.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Ready;

/** {@link Storage} in a directory; see the package for what it guarantees and how. */
public final class Journal implements Storage {
    /**
     * @param sync whether a commit waits for the disk; without it a crash of the machine may lose what was promised, so
     *     that is for benchmarks
     * @param segmentLength bytes of a segment file
     */
    public record Settings(boolean sync, int segmentLength) {
        public static final Settings DEFAULT = new Settings(true, 16 << 20);

        public Settings {
            if (segmentLength < 4096) {
                throw new IllegalArgumentException("a segment has at least 4096 bytes");
            }
        }
    }

    /** What a directory holds. */
    public sealed interface Opening {}

    /** No journal. */
    public record Absent() implements Opening {}

    /**
     * A whole journal.
     *
     * @param id 16 bytes that name it
     * @param records oldest first
     * @param cut whether a write that was never answered for was cut off its end
     */
    public record Whole(Journal journal, byte[] id, List<byte[]> records, boolean cut) implements Opening {}

    /** A journal that lost records it had promised to keep. */
    public record Lost(String reason) implements Opening {}

    /** Replaced journals are written in blocks of about this size, to bound the buffer. */
    private static final int BLOCK_BYTES = 1 << 20;

    private final JournalDirectory directory;
    private final Settings settings;
    private Segment segment;
    private Block block;
    private FileChannel file;
    private long fileLength;
    private long position;
    private byte[] chain;
    private ByteBuffer buffer = ByteBuffer.allocate(BLOCK_BYTES);
    private Position durable;
    private @Nullable Failed failed;
    private long syncs;
    private long bytes;

    private Journal(
            JournalDirectory directory,
            Settings settings,
            Segment segment,
            FileChannel file,
            long position,
            byte[] chain)
            throws IOException {
        this.directory = directory;
        this.settings = settings;
        this.segment = segment;
        this.block = segment.block();
        this.file = file;
        this.fileLength = file.size();
        this.position = position;
        this.chain = chain;
        this.durable = written(segment, position);
    }

    /**
     * Reads the journal in the directory.
     *
     * @throws OtherFormatException when another version of this program wrote it
     * @throws IOException when the system refuses, or another process has the journal open
     */
    public static Opening open(Path path, Settings settings) throws IOException {
        JournalDirectory directory = JournalDirectory.open(path, settings.sync);
        boolean kept = false;
        try {
            List<Path> files = directory.newest();
            if (files.isEmpty()) {
                return new Absent();
            }
            Opening opening = new Recovery(directory, files).run(settings);
            kept = opening instanceof Whole;
            return opening;
        } finally {
            if (!kept) {
                directory.close();
            }
        }
    }

    /**
     * Begins a journal; what is in the directory is moved aside.
     *
     * @param id 16 random bytes
     */
    public static Journal create(Path path, byte[] id, Settings settings) throws IOException {
        if (id.length != Segment.ID) {
            throw new IllegalArgumentException("the id of a journal has 16 bytes");
        }
        JournalDirectory directory = JournalDirectory.open(path, settings.sync);
        try {
            directory.setAside();
            Segment first = new Segment(id, 0, 0, new byte[Block.CHAIN]);
            FileChannel channel = directory.fresh(settings.segmentLength);
            Journal journal = new Journal(directory, settings, first, channel, Segment.HEAD, first.chain());
            journal.writeFully(first.head(), 0);
            journal.sync();
            directory.publish(first.name());
            directory.prepareSpare(settings.segmentLength);
            return journal;
        } catch (IOException e) {
            directory.close();
            throw e;
        }
    }

    @Override
    public Commit commit(List<Ready.Storage> changes) {
        if (failed != null) {
            return failed;
        }
        try {
            List<byte[]> appended = new ArrayList<>();
            for (Ready.Storage change : changes) {
                switch (change) {
                    case Ready.Storage.Append append -> appended.add(append.record());
                    case Ready.Storage.Replace replace -> {
                        // What came before in this batch is replaced with the rest.
                        appended.clear();
                        replace(replace.records());
                    }
                }
            }
            if (!appended.isEmpty()) {
                append(appended);
                sync();
            }
            durable = written(segment, position);
            return new Durable();
        } catch (IOException e) {
            failed = new Failed(cause(e), String.valueOf(e.getMessage()));
            return failed;
        }
    }

    @Override
    public Position position() {
        return durable;
    }

    private static Position written(Segment segment, long end) {
        return new Position(
                Position.born(segment.journal()), segment.generation(), (long) segment.number() << Integer.SIZE | end);
    }

    private static Cause cause(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean full = message.contains("no space left") || message.contains("quota");
        return full ? Cause.DISK_FULL : Cause.DISK_ERROR;
    }

    private void append(List<byte[]> records) throws IOException {
        long length = Block.length(records);
        if (position + length > fileLength) {
            roll(length);
        }
        write(records, length);
    }

    private void write(List<byte[]> records, long length) throws IOException {
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocate(Math.toIntExact(length));
        }
        buffer.clear();
        chain = block.write(buffer, chain, records);
        writeFully(buffer.flip(), position);
        position += length;
        bytes += length;
        if (buffer.capacity() > 4 * BLOCK_BYTES) {
            buffer = ByteBuffer.allocate(BLOCK_BYTES);
        }
    }

    private void roll(long blockLength) throws IOException {
        // The blocks so far must be durable before one that follows them can be.
        sync();
        begin(new Segment(segment.journal(), segment.generation(), segment.number() + 1, chain), blockLength);
        sync();
        directory.publish(segment.name());
        directory.prepareSpare(settings.segmentLength);
    }

    /** Goes on in a file that has no name yet. */
    private void begin(Segment next, long contentLength) throws IOException {
        FileChannel channel = directory.fresh(Math.max(settings.segmentLength, Segment.HEAD + contentLength));
        file.close();
        file = channel;
        fileLength = channel.size();
        segment = next;
        block = next.block();
        chain = next.chain();
        position = Segment.HEAD;
        writeFully(next.head(), 0);
    }

    private void replace(List<byte[]> records) throws IOException {
        List<List<byte[]>> blocks = inBlocks(records);
        long length = 0;
        for (List<byte[]> one : blocks) {
            length += Block.length(one);
        }
        begin(new Segment(segment.journal(), segment.generation() + 1, 0, new byte[Block.CHAIN]), length);
        for (List<byte[]> one : blocks) {
            write(one, Block.length(one));
        }
        sync();
        directory.publish(segment.name());
        directory.removeBelow(segment.generation(), settings.segmentLength);
    }

    private static List<List<byte[]>> inBlocks(List<byte[]> records) {
        List<List<byte[]>> blocks = new ArrayList<>();
        List<byte[]> current = new ArrayList<>();
        long length = 0;
        for (byte[] record : records) {
            if (length > 0 && length + record.length > BLOCK_BYTES) {
                blocks.add(current);
                current = new ArrayList<>();
                length = 0;
            }
            current.add(record);
            length += record.length + 4L;
        }
        if (!current.isEmpty()) {
            blocks.add(current);
        }
        return blocks;
    }

    private void writeFully(ByteBuffer source, long start) throws IOException {
        long at = start;
        while (source.hasRemaining()) {
            at += file.write(source, at);
        }
    }

    private void sync() throws IOException {
        if (settings.sync) {
            file.force(false);
            syncs++;
        }
    }

    /** Syncs so far. */
    public long syncs() {
        return syncs;
    }

    /** Bytes of blocks written so far. */
    public long bytes() {
        return bytes;
    }

    @Override
    public void close() {
        try (directory) {
            file.close();
        } catch (IOException e) {
            // Everything answered for is on the disk already, so nothing depends on this.
            failed = new Failed(cause(e), String.valueOf(e.getMessage()));
        }
    }

    /** Reads all segments of one generation. */
    private static final class Recovery {
        private final JournalDirectory directory;
        private final List<Path> files;
        private final List<byte[]> records = new ArrayList<>();
        private byte[] chain = new byte[Block.CHAIN];
        private boolean cut;

        Recovery(JournalDirectory directory, List<Path> files) {
            this.directory = directory;
            this.files = files;
        }

        Opening run(Settings settings) throws IOException {
            @Nullable Segment last = null;
            int end = 0;
            for (int i = 0; i < files.size(); i++) {
                ByteBuffer bytes = Segment.load(files.get(i));
                if (Segment.isOfOtherFormat(bytes)) {
                    throw new OtherFormatException(files.get(i), "its journal has another format");
                }
                Segment head = Segment.read(bytes);
                String reason = headFault(head, last, i);
                if (head == null || reason != null) {
                    return new Lost(files.get(i).getFileName() + ": " + reason);
                }
                end = blocks(head, bytes);
                if (end < 0) {
                    return new Lost(files.get(i).getFileName() + ": a damaged block with sound ones behind it");
                }
                last = head;
            }
            return last == null ? new Absent() : whole(settings, last, end);
        }

        /** Names follow a sync of the head, so a named file with a wrong head was damaged later. */
        private @Nullable String headFault(@Nullable Segment head, @Nullable Segment before, int number) {
            if (head == null) {
                return "its head is damaged";
            }
            if (head.number() != number || (before != null && !Arrays.equals(head.journal(), before.journal()))) {
                return "a segment before it is missing";
            }
            // Also finds blocks that are missing at the end of the segment before.
            return Arrays.equals(head.chain(), chain) ? null : "it does not follow the blocks before it";
        }

        /** Reads on from the head; gives the end of the last block, or -1. */
        private int blocks(Segment head, ByteBuffer bytes) {
            Block format = head.block();
            int at = Segment.HEAD;
            while (true) {
                int length = format.soundLength(bytes, at);
                byte[] next = length < 0 ? null : Block.follow(chain, bytes, at, length);
                if (next == null) {
                    if (length >= 0 || format.anySound(bytes, at + 1)) {
                        return -1;
                    }
                    cut |= hasTrace(head, bytes, at);
                    return at;
                }
                records.addAll(Block.records(bytes, at, length));
                chain = next;
                at += Block.HEAD + length;
            }
        }

        private static boolean hasTrace(Segment head, ByteBuffer bytes, int at) {
            return bytes.limit() - at >= 8
                    && bytes.getLong(at) == ByteBuffer.wrap(head.journal()).getLong();
        }

        private Opening whole(Settings settings, Segment last, int end) throws IOException {
            FileChannel channel = FileChannel.open(files.getLast(), StandardOpenOption.READ, StandardOpenOption.WRITE);
            Journal journal = new Journal(directory, settings, last, channel, end, chain);
            directory.removeBelow(last.generation(), settings.segmentLength);
            directory.prepareSpare(settings.segmentLength);
            return new Whole(journal, last.journal().clone(), List.copyOf(records), cut);
        }
    }
}
