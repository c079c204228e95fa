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
 * this period and the one before, and a nonce says of which period it is. So every gateway takes every nonce, once, for one
 * period at least and two at most; clients get a new one with the refusal of an old one (RFC 8555, section 6.5).
 */
final class Nonces {
    /** Counted from 1970. Short, as all that was spent in two of them is written with each checkpoint. */
    static final int PERIOD_SECONDS = 300;

    private static final long PERIOD_MICROS = PERIOD_SECONDS * Agreed.SECOND_MICROS;

    /** Period of 4 bytes, gateway of 1, 16 random bytes. */
    static final int LENGTH = 21;

    /** In each period: 1,200 requests a second. Beyond it clients wait for the next period, and nothing is replayed. */
    static final int SPENT_MAX = 360_000;

    private static final Pattern SPELLING = Pattern.compile("[A-Za-z0-9_-]+");

    private final SortedMap<Long, SortedSet<Spent>> spent = new TreeMap<>();

    /** What became of a nonce. */
    enum Standing {
        TAKEN,
        /** Of another time, used before, or none at all. */
        BAD,
        /** So many were used in this period that no more are taken. */
        FULL
    }

    /** A nonce that was used, by half of its digest: who finds two with the same half has one of his own refused, no more. */
    private record Spent(long a, long b) implements Comparable<Spent> {
        static Spent of(String text) {
            Digest digest = Transcript.of("authority nonce").field(text).digest();
            return new Spent(digest.a(), digest.b());
        }

        @Override
        public int compareTo(Spent other) {
            int order = Long.compare(a, other.a);
            return order != 0 ? order : Long.compare(b, other.b);
        }
    }

    /**
     * A nonce of this time.
     *
     * @param maker of a byte; gateways have their numbers
     * @param random 16 bytes
     */
    static String made(long nowMicros, int maker, byte[] random) {
        byte[] bytes = new Writer(LENGTH)
                .u32(nowMicros / PERIOD_MICROS)
                .u8(maker)
                .fixed(random)
                .toBytes();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Takes a nonce, if it is good, so that it is not good again. */
    Standing spend(String text, long nowMicros) {
        long now = nowMicros / PERIOD_MICROS;
        spent.headMap(now - 1).clear();
        long period = period(text);
        if (!isOf(period, now)) {
            return Standing.BAD;
        }
        SortedSet<Spent> used = spent.computeIfAbsent(period, key -> new TreeSet<>());
        Spent name = Spent.of(text);
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
        long period = period(text);
        if (!isOf(period, nowMicros / PERIOD_MICROS)) {
            return false;
        }
        SortedSet<Spent> used = spent.get(period);
        return used == null || !used.contains(Spent.of(text));
    }

    /** A gateway whose clock runs ahead a little may be in the next period already. */
    private static boolean isOf(long period, long now) {
        return period >= now - 1 && period <= now + 1;
    }

    /** Of a nonce in its one spelling; a number that no period has where it is none. */
    private static long period(String text) {
        if (text.length() != LENGTH * 4 / 3 || !SPELLING.matcher(text).matches()) {
            return Long.MAX_VALUE;
        }
        // 28 characters are 21 bytes without a rest, so that every text is the only spelling of its bytes.
        return new Reader(Base64.getUrlDecoder().decode(text)).u32();
    }

    void write(Writer writer) {
        writer.u32(spent.size());
        spent.forEach((period, used) -> {
            writer.u64(period).u32(used.size());
            used.forEach(one -> writer.u64(one.a).u64(one.b));
        });
    }

    void read(Reader reader) {
        spent.clear();
        for (long periods = Agreed.bounded(reader.u32(), 3); periods > 0; periods--) {
            SortedSet<Spent> used = new TreeSet<>();
            long period = reader.count();
            for (long count = Agreed.bounded(reader.u32(), SPENT_MAX); count > 0; count--) {
                used.add(new Spent(reader.u64(), reader.u64()));
            }
            spent.put(period, used);
        }
    }
}
