package org.maftia.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Entropy;

/**
 * With what a replica begins this life: its storage, what it remembers, and whether it may believe that there is nothing
 * else to remember.
 *
 * <p>The data directory may get lost, and a replica that lost it must not vote as if it were new. So a marker beside the
 * keys says which journal belongs to them: it is written once the journal exists and before anything is recorded. No
 * marker means that these keys never voted. A marker without its journal means amnesia, and stays so, also over a crash in
 * the middle, until the first record is in the new journal, where the protocols keep what they then know.
 *
 * @param records the journal, oldest first
 * @param firstStart whether these keys have never been used: only then may a replica with no records vote at once
 * @param lost what happened to the journal, or null if nothing did
 */
public record Beginning(
        Storage storage,
        List<byte[]> records,
        boolean firstStart,
        @Nullable String lost) {
    private static final String MARKER = "journal.marker";

    /** What a marker says. */
    private record Marker(byte[] journal, boolean first) {
        String text() {
            return "journal " + HexFormat.of().formatHex(journal) + "\norigin " + (first ? "first" : "lost") + "\n";
        }

        static Marker parse(Path file) throws IOException {
            String text = Files.readString(file, StandardCharsets.US_ASCII);
            List<String> lines = text.lines().toList();
            if (lines.size() == 2 && lines.get(0).matches("journal [0-9a-f]{32}")) {
                byte[] id = HexFormat.of().parseHex(lines.get(0).substring("journal ".length()));
                Marker marker = new Marker(id, lines.get(1).equals("origin first"));
                if (marker.text().equals(text)) {
                    return marker;
                }
            }
            // A damaged marker still tells that the keys were used, and fits no journal.
            return new Marker(new byte[0], false);
        }
    }

    /**
     * @param keys directory of the keys, which is not lost together with the data
     * @param data directory of the journal
     * @param random fresh randomness
     * @param nowMicros the time, in microseconds since 1970
     * @throws IOException when the system refuses, or another process runs this replica
     */
    public static Beginning open(Path keys, Path data, Journal.Settings settings, Entropy random, long nowMicros)
            throws IOException {
        Path file = keys.resolve(MARKER);
        Marker marker = Files.exists(file) ? Marker.parse(file) : null;
        String lost;
        switch (Journal.open(data, settings)) {
            case Journal.Whole whole -> {
                if (marker == null || Arrays.equals(marker.journal, whole.id())) {
                    return remember(file, marker, whole);
                }
                whole.journal().close();
                lost = "the journal belongs to another life of this replica";
            }
            case Journal.Absent absent -> lost = marker == null ? null : "the journal is gone";
            case Journal.Lost damage -> lost = damage.reason();
        }
        return fresh(file, data, settings, Position.journalId(random.bytes(Segment.ID), nowMicros), lost);
    }

    /**
     * Begins anew where the journal is whole, but not the newest: what it lacks may have been said, so it counts as lost.
     * The old one must be closed, and is moved aside.
     *
     * @param lost what is wrong with it
     */
    public static Beginning renew(
            Path keys, Path data, Journal.Settings settings, Entropy random, long nowMicros, String lost)
            throws IOException {
        byte[] id = Position.journalId(random.bytes(Segment.ID), nowMicros);
        return fresh(keys.resolve(MARKER), data, settings, id, lost);
    }

    private static Beginning fresh(Path marker, Path data, Journal.Settings settings, byte[] id, @Nullable String lost)
            throws IOException {
        Journal journal = Journal.create(data, id, settings);
        write(marker, new Marker(id, lost == null));
        return new Beginning(journal, List.of(), lost == null, lost);
    }

    private static Beginning remember(Path file, @Nullable Marker marker, Journal.Whole whole) throws IOException {
        if (marker == null) {
            write(file, new Marker(whole.id(), true));
        }
        boolean first = whole.records().isEmpty() && (marker == null || marker.first);
        boolean stillLost = whole.records().isEmpty() && !first;
        return new Beginning(whole.journal(), whole.records(), first, stillLost ? "the journal was lost before" : null);
    }

    private static void write(Path file, Marker marker) throws IOException {
        Path fresh = file.resolveSibling(MARKER + ".new");
        try (FileChannel channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(marker.text().getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        JournalDirectory.syncDirectory(file.toAbsolutePath().getParent(), true);
    }
}
