package org.maftia.core.ordering;

import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;

/** What a leader is to propose next: the clients take turns, each in the order in which its requests ripened. */
final class FairQueue {
    /** Bounded by the pool, of which each ripe request is here once at most. */
    private final Turns<Candidate> turns = new Turns<>(Integer.MAX_VALUE);

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
        turns.offer(candidate.reference.id().client(), candidate);
        size++;
        cost += candidate.cost();
    }

    /** The next one, which stays. */
    @Nullable
    Candidate peek() {
        return turns.peek();
    }

    /** Takes out the next one, of which there must be one. */
    Candidate remove() {
        Candidate candidate = Invariant.present(turns.poll(), "taken out after a look at it");
        size--;
        cost -= candidate.cost();
        return candidate;
    }

    void clear() {
        turns.clear();
        size = 0;
        cost = 0;
    }
}
