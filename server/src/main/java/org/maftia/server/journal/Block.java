package org.maftia.server.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Writer;

/**
 * The unit of the journal: the records of one commit. Layout, big-endian:
 *
 * <pre>
 * magic u64 | length u32 | chain [32] | crc32c u32 | content of length bytes: (length u32 | record)*
 * </pre>
 *
 * The chain value is SHA-256(chain of the block before | length u32 | CRC-32C of the content): a block that is missing, or
 * stands in another's place, breaks the chain. It guards against disks, not against who can write to them, so the content
 * itself need not be hashed. The checksum covers the label of the segment and all of the block but itself: what an earlier
 * use of a recycled file left behind is no block here.
 */
final class Block {
    static final int CHAIN = 32;
    static final int HEAD = 8 + 4 + CHAIN + 4;

    private static final int AT_LENGTH = 8;
    private static final int AT_CHAIN = 12;
    private static final int AT_CHECKSUM = 12 + CHAIN;

    private static final ByteBuffer ZEROS = ByteBuffer.allocate(1 << 16).asReadOnlyBuffer();

    private final byte[] label;

    /** Random for each journal, so that no record can be made to look like a block inside a block. */
    private final long magic;

    Block(byte[] label, long magic) {
        this.label = label.clone();
        this.magic = magic;
    }

    /** Bytes of a block of these records. */
    static long length(List<byte[]> records) {
        long length = HEAD;
        for (byte[] record : records) {
            length += 4L + record.length;
        }
        return length;
    }

    /** Writes a block at the position of the buffer, which must have room; gives the new chain value. */
    byte[] write(ByteBuffer buffer, byte[] chain, List<byte[]> records) {
        int start = buffer.position();
        buffer.position(start + HEAD);
        for (byte[] record : records) {
            buffer.putInt(record.length).put(record);
        }
        int length = buffer.position() - start - HEAD;
        byte[] next = chain(chain, buffer, start, length);
        buffer.putLong(start, magic);
        buffer.putInt(start + AT_LENGTH, length);
        buffer.put(start + AT_CHAIN, next);
        buffer.putInt(start + AT_CHECKSUM, checksum(buffer, start, length));
        return next;
    }

    /** The length of the content of a block with a right checksum, or -1. */
    int soundLength(ByteBuffer file, int start) {
        if (file.limit() - start < HEAD || file.getLong(start) != magic) {
            return -1;
        }
        int length = file.getInt(start + AT_LENGTH);
        if (length < 0 || length > file.limit() - start - HEAD) {
            return -1;
        }
        return file.getInt(start + AT_CHECKSUM) == checksum(file, start, length) ? length : -1;
    }

    /** The chain value of the sound block at the position if it follows the one before, else null. */
    static byte @Nullable [] follow(byte[] chain, ByteBuffer file, int start, int length) {
        byte[] next = chain(chain, file, start, length);
        byte[] written = new byte[CHAIN];
        file.get(start + AT_CHAIN, written);
        return Arrays.equals(next, written) ? next : null;
    }

    /** The records of the sound block at the position; its checksum vouches for its inner lengths. */
    static List<byte[]> records(ByteBuffer file, int start, int length) {
        List<byte[]> records = new ArrayList<>();
        int at = start + HEAD;
        int end = at + length;
        while (at < end) {
            byte[] record = new byte[file.getInt(at)];
            file.get(at + 4, record);
            records.add(record);
            at += 4 + record.length;
        }
        return records;
    }

    /** Whether a sound block lies anywhere from the position on. */
    boolean anySound(ByteBuffer file, int from) {
        int at = from;
        while (at <= file.limit() - HEAD) {
            long here = file.getLong(at);
            if (here == magic && soundLength(file, at) >= 0) {
                return true;
            }
            at = here == 0 ? pastZeros(file, at + 1) : at + 1;
        }
        return false;
    }

    /**
     * Where the next block may begin: the space that is kept free for records is zeros, megabytes of them at a start.
     *
     * @return at least {@code at}, and no later than so that a magic number that holds the next other byte is whole
     */
    private static int pastZeros(ByteBuffer file, int at) {
        int next = at;
        while (next < file.limit()) {
            int length = Math.min(ZEROS.capacity(), file.limit() - next);
            int other = file.slice(next, length).mismatch(ZEROS.slice(0, length));
            if (other >= 0) {
                return Math.max(at, next + other - Long.BYTES + 1);
            }
            next += length;
        }
        return next;
    }

    private int checksum(ByteBuffer buffer, int start, int length) {
        CRC32C crc = new CRC32C();
        crc.update(label);
        crc.update(buffer.slice(start, AT_CHECKSUM));
        crc.update(buffer.slice(start + HEAD, length));
        return (int) crc.getValue();
    }

    private static byte[] chain(byte[] before, ByteBuffer buffer, int start, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(start + HEAD, length));
        Writer input = new Writer(CHAIN + 8).fixed(before).u32(length).u32(crc.getValue());
        return Transcript.sha256(input.toBytes()).toBytes();
    }
}
