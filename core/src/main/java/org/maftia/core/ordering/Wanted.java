package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Requests whose bodies are missing here, those first that somebody is to be asked for first. A replica that fell behind
 * may miss tens of thousands; what is not due costs nothing.
 */
final class Wanted {
    private static final Comparator<Candidate> BY_DUE =
            Comparator.<Candidate>comparingLong(one -> one.pullMicros).thenComparingLong(one -> one.wantedAs);

    private final TreeSet<Candidate> byDue = new TreeSet<>(BY_DUE);
    private long serial;

    boolean isEmpty() {
        return byDue.isEmpty();
    }

    /** Whether it was not wanted before. */
    boolean add(Candidate candidate, long dueMicros) {
        if (candidate.wantedAs > 0) {
            return false;
        }
        candidate.wantedAs = ++serial;
        candidate.pullMicros = dueMicros;
        return byDue.add(candidate);
    }

    void remove(Candidate candidate) {
        if (candidate.wantedAs > 0) {
            byDue.remove(candidate);
            candidate.wantedAs = 0;
        }
    }

    /** Somebody is to be asked for a wanted one at another time. */
    void move(Candidate candidate, long dueMicros) {
        if (candidate.wantedAs > 0) {
            byDue.remove(candidate);
            candidate.pullMicros = dueMicros;
            byDue.add(candidate);
        }
    }

    /** The first one that is due; null if none is. */
    @Nullable
    Candidate due(long nowMicros) {
        return byDue.isEmpty() || byDue.first().pullMicros > nowMicros ? null : byDue.first();
    }

    /** All are due, and as if nobody had been asked. */
    void restart(long nowMicros) {
        List<Candidate> all = new ArrayList<>(byDue);
        byDue.clear();
        for (Candidate candidate : all) {
            candidate.pulls = 0;
            candidate.pullMicros = nowMicros;
            byDue.add(candidate);
        }
    }
}
