package org.maftia.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal: a head that says which, then blocks.
 *
 * @param journal 16 random bytes that all files of one journal share
 * @param generation counts replacements
 * @param number counts the segments of the generation
 * @param chain the chain value with which it begins
 */
record Segment(byte[] journal, long generation, int number, byte[] chain) implements Comparable<Segment> {
    static final int ID = 16;
    static final int HEAD = 128;

    /** How every file of a journal begins, whichever version of this program wrote it. */
    private static final long FAMILY = 0x4d41_4654_4941_4a00L;

    /** Of heads and blocks; it counts on when they change. */
    private static final int FORMAT = '2';

    private static final long MAGIC = FAMILY | FORMAT;
    private static final int AT_CHECKSUM = HEAD - 4;
    private static final Pattern NAME = Pattern.compile("([0-9]{12})-([0-9]{8})\\.journal");

    static String name(long generation, int number) {
        return String.format(java.util.Locale.ROOT, "%012d-%08d.journal", generation, number);
    }

    String name() {
        return name(generation, number);
    }

    /** Generation and number that a file name states, or null for a file of another kind. */
    static long @Nullable [] parse(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches()
                ? new long[] {Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))}
                : null;
    }

    Block block() {
        byte[] label = ByteBuffer.allocate(ID + 12)
                .put(journal)
                .putLong(generation)
                .putInt(number)
                .array();
        return new Block(label, ByteBuffer.wrap(journal).getLong());
    }

    ByteBuffer head() {
        ByteBuffer head = ByteBuffer.allocate(HEAD);
        head.putLong(MAGIC).put(journal).putLong(generation).putInt(number).put(chain);
        head.putInt(AT_CHECKSUM, checksum(head));
        return head.clear();
    }

    /** Whether a file is one of a journal that another version of this program wrote. */
    static boolean isOfOtherFormat(ByteBuffer file) {
        return file.limit() >= Long.BYTES && file.getLong(0) != MAGIC && (file.getLong(0) & ~0xffL) == FAMILY;
    }

    /** The segment whose head a file begins with, or null. */
    static @Nullable Segment read(ByteBuffer file) {
        if (file.limit() < HEAD || file.getLong(0) != MAGIC || file.getInt(AT_CHECKSUM) != checksum(file)) {
            return null;
        }
        byte[] journal = new byte[ID];
        byte[] chain = new byte[Block.CHAIN];
        file.get(8, journal);
        file.get(8 + ID + 12, chain);
        return new Segment(journal, file.getLong(8 + ID), file.getInt(8 + ID + 8), chain);
    }

    private static int checksum(ByteBuffer head) {
        CRC32C crc = new CRC32C();
        crc.update(head.slice(0, AT_CHECKSUM));
        return (int) crc.getValue();
    }

    static ByteBuffer load(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
            return bytes.flip();
        }
    }

    @Override
    public int compareTo(Segment other) {
        int order = Long.compare(generation, other.generation);
        return order != 0 ? order : Integer.compare(number, other.number);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Segment segment
                && Arrays.equals(segment.journal, journal)
                && compareTo(segment) == 0
                && Arrays.equals(segment.chain, chain);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(generation) * 31 + number;
    }
}
