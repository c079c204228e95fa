package org.maftia.core.ordering;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a leader is to propose next: the clients take turns, each in the order in which its requests ripened. */
final class FairQueue {
    private final Map<Integer, ArrayDeque<Candidate>> byClient = new HashMap<>();
    private final ArrayDeque<ArrayDeque<Candidate>> turns = new ArrayDeque<>();
    private int size;
    private long cost;

    int size() {
        return size;
    }

    /** What all of it takes of the length of batches. */
    long cost() {
        return cost;
    }

    void add(Candidate candidate) {
        ArrayDeque<Candidate> queue =
                byClient.computeIfAbsent(candidate.reference.id().client(), client -> new ArrayDeque<>());
        if (queue.isEmpty()) {
            turns.add(queue);
        }
        queue.add(candidate);
        size++;
        cost += candidate.cost();
    }

    /** The next one, which stays. */
    @Nullable
    Candidate peek() {
        ArrayDeque<Candidate> queue = turns.peek();
        return queue == null ? null : queue.peek();
    }

    /** Takes out the next one, of which there must be one. */
    Candidate remove() {
        ArrayDeque<Candidate> queue = turns.remove();
        Candidate candidate = queue.remove();
        if (!queue.isEmpty()) {
            turns.add(queue);
        }
        size--;
        cost -= candidate.cost();
        return candidate;
    }

    void clear() {
        byClient.clear();
        turns.clear();
        size = 0;
        cost = 0;
    }
}
