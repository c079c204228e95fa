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
 */
public final class Life {
    /** How many: a replica takes one for each of its configurations, and a thousand apart. */
    private static final long NUMBERS = 1 << 20;

    private static final String FILE = "life";

    private Life() {}

    /** The number of this life: the time in microseconds, or one above those of the last life if that is higher. */
    public static long next(Path keys, long nowMicros) throws IOException {
        Path file = keys.resolve(FILE);
        long last = 0;
        if (Files.exists(file)) {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            // A torn write leaves no number; then the clock alone must do.
            last = text.matches("[0-9]{1,18}") ? Long.parseLong(text) : 0;
        }
        long next = Math.max(nowMicros, last + NUMBERS);
        Path fresh = keys.resolve(FILE + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap((next + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return next;
    }
}
