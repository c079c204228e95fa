package org.maftia.server.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A number for each life of a process that grows from life to life, even when the clock was set back in between. Some numbers
 * above it belong to the same life.
 *
 * <p>A disk that was set back tells of an older life. Then the clock makes the number a new one, as it has moved on since; so the
 * numbers of a life must not reach ahead of the clock.
 */
public final class Life {
    /** A life has 2 to their power numbers: a replica takes one for each of its configurations, and a thousand apart. */
    private static final int NUMBERS_BITS = 20;

    private static final long MICROS_PER_MILLI = 1_000;

    private static final String FILE = "lives";

    private Life() {}

    /** The first number of this life, from the time in milliseconds, or from what follows the last life if that is higher. */
    public static long next(Path keys, long nowMicros) throws IOException {
        Path file = keys.resolve(FILE);
        long last = 0;
        if (Files.exists(file)) {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            // A torn write leaves no number; then the clock alone must do.
            last = text.matches("[0-9]{1,13}") ? Long.parseLong(text) : 0;
        }
        long next = Math.max(nowMicros / MICROS_PER_MILLI, last + 1);
        Path fresh = keys.resolve(FILE + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap((next + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return next << NUMBERS_BITS;
    }
}
