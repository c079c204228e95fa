package org.maftia.services.signing;

import java.util.Comparator;
import java.util.TreeSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * What callers signed and the group did: none of it counts again. A statement is kept for as long as its time would still be taken;
 * afterwards it is refused for being old.
 */
final class SpentProofs {
    /** How far the caller's clock may be from agreed time, either way. */
    static final long WINDOW_MICROS = 120_000_000;

    /** Twenty minutes of all that a group signs; three megabytes of state. */
    static final int SPENT_MAX = 65_536;

    private static final int ENTRY_LENGTH = 8 + Digest.LENGTH;

    private final TreeSet<Spent> spent =
            new TreeSet<>(Comparator.comparingLong(Spent::timeMicros).thenComparing(Spent::statement));

    private record Spent(long timeMicros, Digest statement) {}

    /** Whether a time that a caller names can be taken now. */
    static boolean isFresh(long timeMicros, long now) {
        return timeMicros >= now - WINDOW_MICROS && timeMicros <= now + WINDOW_MICROS;
    }

    /** Forgets what is too old to be taken. */
    void forget(long now) {
        while (!spent.isEmpty() && spent.first().timeMicros < now - WINDOW_MICROS) {
            spent.removeFirst();
        }
    }

    boolean hasRoom() {
        return spent.size() < SPENT_MAX;
    }

    boolean contains(Digest statement, long timeMicros) {
        return spent.contains(new Spent(timeMicros, statement));
    }

    void add(Digest statement, long timeMicros) {
        spent.add(new Spent(timeMicros, statement));
    }

    void write(Writer writer) {
        writer.u32(spent.size());
        spent.forEach(entry -> writer.u64(entry.timeMicros).digest(entry.statement));
    }

    void read(Reader reader) {
        spent.clear();
        long count = reader.u32();
        if (count > SPENT_MAX || count * ENTRY_LENGTH > reader.remaining()) {
            throw new MalformedException("more proofs are spent than are kept");
        }
        for (; count > 0; count--) {
            spent.add(new Spent(reader.count(), reader.digest()));
        }
    }
}
