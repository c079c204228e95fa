package org.maftia.core.replica;

import java.util.Iterator;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which clients are held off, and for how long. What no correct client ever sends costs its sender time: a second at first,
 * twice as much each time it happens again, until it has behaved for long enough. Others do not notice. Only what came in
 * the client's own session counts, so that no replica gets a client into quarantine.
 *
 * <p>Numbers outside of the window are no offence by themselves, as a replica that is behind sees them from correct clients;
 * but more than these can send in a second is.
 */
final class Quarantine {
    static final long FIRST_MICROS = 1_000_000;

    /** Long enough that an offence costs the replica nothing, short enough for a client whose fault was mended. */
    static final long MICROS_MAX = 64_000_000;

    /** Offences are forgotten when nothing came for so long after the last one ended. */
    private static final long FORGIVEN_MICROS = 10 * MICROS_MAX;

    /** As many as a group certifies; beyond it those are forgotten that would be free first. */
    private static final int CLIENTS_MAX = 1024;

    private static final long SECOND_MICROS = 1_000_000;

    private final int outsideMax;
    private final SortedMap<Integer, Entry> entries = new TreeMap<>();

    private static final class Entry {
        private long lengthMicros;
        private long untilMicros;
        private String rule = "";
        private long secondMicros;
        private int outside;

        boolean isSpent(long nowMicros) {
            return nowMicros >= untilMicros + (lengthMicros == 0 ? 0 : FORGIVEN_MICROS)
                    && nowMicros >= secondMicros + SECOND_MICROS;
        }
    }

    /** @param outsideMax requests outside of their windows in a second that a correct client may send */
    Quarantine(int outsideMax) {
        this.outsideMax = outsideMax;
    }

    /** Why the client is held off now; null if it is not. */
    @Nullable
    String reason(int client, long nowMicros) {
        Entry entry = entries.get(client);
        return entry == null || nowMicros >= entry.untilMicros ? null : entry.rule;
    }

    /**
     * The client broke a rule.
     *
     * @return for how long it is held off now; 0 if it was already, as what was under way then is the same offence
     */
    long offence(int client, String rule, long nowMicros) {
        Entry entry = entry(client, nowMicros);
        if (nowMicros < entry.untilMicros) {
            return 0;
        }
        boolean first = entry.lengthMicros == 0 || nowMicros >= entry.untilMicros + FORGIVEN_MICROS;
        entry.lengthMicros = first ? FIRST_MICROS : Math.min(2 * entry.lengthMicros, MICROS_MAX);
        entry.untilMicros = nowMicros + entry.lengthMicros;
        entry.rule = rule;
        return entry.lengthMicros;
    }

    /** A request of the client lies outside of its window; whether these become too many. */
    boolean outside(int client, long nowMicros) {
        Entry entry = entry(client, nowMicros);
        if (nowMicros >= entry.secondMicros + SECOND_MICROS) {
            entry.secondMicros = nowMicros;
            entry.outside = 0;
        }
        return ++entry.outside > outsideMax;
    }

    private Entry entry(int client, long nowMicros) {
        Entry known = entries.get(client);
        if (known != null) {
            return known;
        }
        if (entries.size() >= CLIENTS_MAX) {
            makeRoom(nowMicros);
        }
        Entry fresh = new Entry();
        entries.put(client, fresh);
        return fresh;
    }

    private void makeRoom(long nowMicros) {
        entries.values().removeIf(entry -> entry.isSpent(nowMicros));
        while (entries.size() >= CLIENTS_MAX) {
            long soonest = entries.values().stream()
                    .mapToLong(entry -> entry.untilMicros)
                    .min()
                    .orElseThrow();
            Iterator<Entry> all = entries.values().iterator();
            while (all.hasNext()) {
                if (all.next().untilMicros == soonest) {
                    all.remove();
                    break;
                }
            }
        }
    }

    /** Clients of which something is known. */
    int size() {
        return entries.size();
    }
}
