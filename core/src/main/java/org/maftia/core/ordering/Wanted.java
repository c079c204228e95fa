package org.maftia.core.ordering;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Requests whose bodies are missing here, those first that somebody is to be asked for first. A replica that fell behind
 * may miss tens of thousands, most of which come by themselves before anybody is asked: each of them costs a place at the
 * end of a queue, and no search.
 *
 * <p>There is a queue for each time that one may have to wait, of which there are few ({@link Backoff} doubles them): what
 * joins it later is due later.
 */
final class Wanted {
    private final SortedMap<Long, ArrayDeque<Place>> byWait = new TreeMap<>();
    private int size;

    /** Of a candidate in a queue; one that left its place keeps it empty until its turn. */
    static final class Place {
        private @Nullable Candidate candidate;
        private final long dueMicros;

        private Place(Candidate candidate, long dueMicros) {
            this.candidate = candidate;
            this.dueMicros = dueMicros;
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Somebody is to be asked for it after this time. True if it was not wanted before; else nothing changes. */
    boolean add(Candidate candidate, long nowMicros, long waitMicros) {
        if (candidate.place != null) {
            return false;
        }
        Place place = new Place(candidate, nowMicros + waitMicros);
        candidate.place = place;
        byWait.computeIfAbsent(waitMicros, wait -> new ArrayDeque<>()).add(place);
        size++;
        return true;
    }

    void remove(Candidate candidate) {
        Place place = candidate.place;
        if (place != null) {
            place.candidate = null;
            candidate.place = null;
            size--;
        }
    }

    /** Somebody is to be asked for a wanted one at another time. */
    void move(Candidate candidate, long nowMicros, long waitMicros) {
        if (candidate.place != null) {
            remove(candidate);
            add(candidate, nowMicros, waitMicros);
        }
    }

    /** The first one that is due; null if none is. */
    @Nullable
    Candidate due(long nowMicros) {
        Place first = null;
        for (ArrayDeque<Place> queue : byWait.values()) {
            Place head = queue.peek();
            while (head != null && head.candidate == null) {
                queue.remove();
                head = queue.peek();
            }
            if (head != null && (first == null || head.dueMicros < first.dueMicros)) {
                first = head;
            }
        }
        return first == null || first.dueMicros > nowMicros ? null : first.candidate;
    }

    /** All are due, and as if nobody had been asked. */
    void restart(long nowMicros) {
        List<Place> all = new ArrayList<>();
        byWait.values().forEach(all::addAll);
        byWait.clear();
        all.sort(Comparator.comparingLong(place -> place.dueMicros));
        for (Place place : all) {
            Candidate candidate = place.candidate;
            if (candidate != null) {
                candidate.pulls = 0;
                move(candidate, nowMicros, 0);
            }
        }
    }
}
