package org.maftia.server.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.server.journal.Position;

/**
 * How far this replica heard the memories of its peers to have come, kept over its own restarts, so that a group whose
 * replicas restart one after the other still tells an old copy of a disk from the newest. Written once in a while and at
 * the end, without a wait for the disk: an older number is true as well, it only tells less.
 */
public final class Heard {
    private static final String FILE = "heard";
    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) (-?[0-9]{1,18}) ([0-9]{1,18}) ([0-9]{1,18})");

    private final Path keys;

    /** @param keys directory that outlives the data */
    public Heard(Path keys) {
        this.keys = keys;
    }

    /** By the pin of the peer's key. Lines of another form are left out. */
    public SortedMap<Digest, Position> read() throws IOException {
        SortedMap<Digest, Position> positions = new TreeMap<>();
        Path file = keys.resolve(FILE);
        if (Files.exists(file)) {
            for (String line :
                    Files.readString(file, StandardCharsets.US_ASCII).lines().toList()) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    positions.put(
                            new Reader(HexFormat.of().parseHex(matcher.group(1))).digest(),
                            new Position(
                                    Long.parseLong(matcher.group(2)),
                                    Long.parseLong(matcher.group(3)),
                                    Long.parseLong(matcher.group(4))));
                }
            }
        }
        return positions;
    }

    public void write(SortedMap<Digest, Position> positions) throws IOException {
        StringBuilder text = new StringBuilder();
        positions.forEach((pin, position) -> text.append(HexFormat.of().formatHex(pin.toBytes()))
                .append(' ')
                .append(position.bornMicros())
                .append(' ')
                .append(position.generation())
                .append(' ')
                .append(position.offset())
                .append('\n'));
        Path fresh = keys.resolve(FILE + ".new");
        Files.writeString(fresh, text, StandardCharsets.US_ASCII);
        Files.move(fresh, keys.resolve(FILE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
