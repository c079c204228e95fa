package org.maftia.services.authority;

import java.util.Base64;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Which nonces were used. Any gateway makes them and nobody keeps count of those; what is kept is the set that was spent in
 * this hour and the one before, and a nonce says of which hour it is. So every gateway takes every nonce, once.
 */
final class Nonces {
    /** Hour of 4 bytes, gateway of 1, 16 random bytes. */
    static final int LENGTH = 21;

    /** In each hour: a hundred requests a second. Beyond it clients wait for the next hour, and nothing is replayed. */
    static final int SPENT_MAX = 360_000;

    private static final Pattern SPELLING = Pattern.compile("[A-Za-z0-9_-]+");

    private final SortedMap<Long, SortedSet<Digest>> spent = new TreeMap<>();

    /** What became of a nonce. */
    enum Standing {
        TAKEN,
        /** Of another time, used before, or none at all. */
        BAD,
        /** So many were used in this hour that no more are taken. */
        FULL
    }

    /** Takes a nonce, if it is good, so that it is not good again. */
    Standing spend(String text, long nowMicros) {
        long now = nowMicros / Agreed.HOUR_MICROS;
        spent.headMap(now - 1).clear();
        long hour = hour(text);
        // A gateway whose clock runs ahead a little may be in the next hour already.
        if (hour < now - 1 || hour > now + 1) {
            return Standing.BAD;
        }
        SortedSet<Digest> used = spent.computeIfAbsent(hour, key -> new TreeSet<>());
        Digest name = name(text);
        if (used.contains(name)) {
            return Standing.BAD;
        }
        if (used.size() >= SPENT_MAX) {
            return Standing.FULL;
        }
        used.add(name);
        return Standing.TAKEN;
    }

    /** Whether it could be taken now, as far as is known here. */
    boolean isOpen(String text, long nowMicros) {
        long now = nowMicros / Agreed.HOUR_MICROS;
        long hour = hour(text);
        if (hour < now - 1 || hour > now + 1) {
            return false;
        }
        SortedSet<Digest> used = spent.get(hour);
        return used == null || !used.contains(name(text));
    }

    private static Digest name(String text) {
        return Transcript.of("authority nonce").field(text).digest();
    }

    /** Of a nonce in its one spelling; a number that no hour has where it is none. */
    private static long hour(String text) {
        if (text.length() != LENGTH * 4 / 3 || !SPELLING.matcher(text).matches()) {
            return Long.MAX_VALUE;
        }
        // 28 characters are 21 bytes without a rest, so that every text is the only spelling of its bytes.
        return new Reader(Base64.getUrlDecoder().decode(text)).u32();
    }

    void write(Writer writer) {
        writer.u32(spent.size());
        spent.forEach((hour, used) -> {
            writer.u64(hour).u32(used.size());
            used.forEach(writer::digest);
        });
    }

    void read(Reader reader) {
        spent.clear();
        for (long hours = Agreed.bounded(reader.u32(), 3); hours > 0; hours--) {
            SortedSet<Digest> used = new TreeSet<>();
            long hour = reader.count();
            for (long count = Agreed.bounded(reader.u32(), SPENT_MAX); count > 0; count--) {
                used.add(reader.digest());
            }
            spent.put(hour, used);
        }
    }
}
