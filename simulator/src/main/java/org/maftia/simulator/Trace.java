package org.maftia.simulator;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32C;

/** What happened in a run: a digest of everything, and the last events in words. */
final class Trace {
    /** What one wants to see of a failure: the events that led to it. */
    private static final int LAST = 60;

    private final ArrayDeque<Entry> last = new ArrayDeque<>();
    private final CRC32C crc = new CRC32C();
    private long digest;

    /** Kept unformatted: one run in a million is looked at. */
    private record Entry(long step, long micros, String what, int from, int to, byte[] bytes) {
        String words(Function<byte[], String> reader) {
            String where = from == to ? "r" + to : "r" + from + " to r" + to;
            return "%d at %d.%06d s: %s %s%s"
                    .formatted(
                            step,
                            micros / 1_000_000,
                            micros % 1_000_000,
                            what,
                            where,
                            bytes.length == 0 ? "" : ": " + reader.apply(bytes));
        }
    }

    void add(long step, long micros, String what, int from, int to, byte[] bytes) {
        crc.reset();
        crc.update(bytes, 0, bytes.length);
        digest = Draw.mix(digest ^ micros);
        digest = Draw.mix(digest + crc.getValue() + ((long) from << 40) + ((long) to << 48));
        digest = Draw.mix(digest ^ what.hashCode());
        if (last.size() == LAST) {
            last.remove();
        }
        last.add(new Entry(step, micros, what, from, to, bytes));
    }

    long digest() {
        return digest;
    }

    /**
     * @param reader says what is in a frame
     */
    List<String> last(Function<byte[], String> reader) {
        return last.stream().map(entry -> entry.words(reader)).toList();
    }
}
