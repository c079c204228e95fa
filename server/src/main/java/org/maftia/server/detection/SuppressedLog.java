package org.maftia.server.detection;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.server.sensor.Undo;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.filter.Enforcer;

/**
 * Alarms that filters took: kept, one to a line, so that they can be counted, looked at and opened again. Texts of alarms
 * have no tabs or line feeds.
 */
public final class SuppressedLog implements AutoCloseable {
    private static final int COLUMNS = 8;

    private static final int BUFFER_LENGTH = 1 << 13;

    private final FileChannel file;
    private final Writer writer;

    /** Where the file ended before. */
    private final long begin;

    private final Undo undo;
    private boolean kept;

    /**
     * Adds to the file. What a stopped machine has left of a line at its end goes.
     *
     * @throws IOException also if another program is adding to it
     */
    public SuppressedLog(Path path) throws IOException {
        file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (file.tryLock() == null) {
                throw new IOException(path + " is written by another run, which must end first");
            }
            begin = endOfLines();
            file.truncate(begin);
            file.position(begin);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        writer = new BufferedWriter(Channels.newWriter(file, StandardCharsets.UTF_8));
        undo = Undo.of(this::giveUp);
    }

    private long endOfLines() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_LENGTH);
        long end = file.size();
        while (end > 0) {
            long from = Math.max(0, end - BUFFER_LENGTH);
            buffer.clear().limit((int) (end - from));
            while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) >= 0) {
                // until it is full
            }
            for (int i = buffer.position(); i > 0; i--) {
                if (buffer.get(i - 1) == '\n') {
                    return from + i;
                }
            }
            end = from;
        }
        return 0;
    }

    /**
     * A line.
     *
     * @param filter that took the alarm
     * @param audited whether it was drawn for people to look at
     */
    public record Entry(String filter, boolean audited, Alarm alarm) {}

    /** Keeps one alarm. */
    public synchronized void add(String filter, Enforcer.Kind kind, Alarm alarm) throws IOException {
        String raw = alarm.rawHash() == null ? "" : alarm.rawHash().toString();
        writer.write(String.join(
                "\t",
                filter,
                kind.name(),
                Long.toString(alarm.timeMicros()),
                alarm.sensor(),
                alarm.type(),
                text(alarm.src()) + ">" + text(alarm.dst()),
                alarm.host() == null ? "" : alarm.host(),
                raw));
        writer.write('\n');
    }

    private static String text(@Nullable Address address) {
        return address == null ? "" : address.toString();
    }

    /** Says that all was written that had to be: what was added is now on the disk, and stays. */
    public synchronized void keep() throws IOException {
        writer.flush();
        file.force(false);
        kept = true;
    }

    /** What was added goes unless it was {@link #keep kept}: a full disk or an interrupted run leaves no half of it behind. */
    @Override
    public void close() throws IOException {
        undo.close();
        giveUp();
    }

    private synchronized void giveUp() throws IOException {
        if (!file.isOpen()) {
            return;
        }
        try (file) {
            if (!kept) {
                file.truncate(begin);
            }
        }
    }

    /**
     * Reads all of it; nothing if there is no file.
     *
     * @throws IOException if a line is not one of this program's: then nothing that is counted here could be believed
     */
    public static void read(Path file, Consumer<Entry> sink) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            long number = 0;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                String[] columns = line.split("\t", -1);
                int arrow = columns.length == COLUMNS ? columns[5].indexOf('>') : -1;
                if (arrow < 0) {
                    throw new IOException(file + ":" + number + " is no suppressed alarm");
                }
                sink.accept(entry(file, number, columns, arrow));
            }
        }
    }

    private static Entry entry(Path file, long number, String[] columns, int arrow) throws IOException {
        try {
            Alarm alarm = new Alarm.Builder()
                    .time(Long.parseLong(columns[2]))
                    .sensor(columns[3])
                    .type(columns[4])
                    .src(Address.parse(columns[5].substring(0, arrow)).orElse(null))
                    .dst(Address.parse(columns[5].substring(arrow + 1)).orElse(null))
                    .host(columns[6].isEmpty() ? null : columns[6])
                    .build();
            return new Entry(columns[0], columns[1].equals(Enforcer.Kind.AUDITED.name()), alarm);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ":" + number + " is no suppressed alarm", e);
        }
    }
}
