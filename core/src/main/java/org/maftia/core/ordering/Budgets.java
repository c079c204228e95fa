package org.maftia.core.ordering;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.maftia.core.protocol.Limits;

/**
 * How much of the pool who may fill: so many requests and bytes for each client, for itself in its sessions here and for
 * each peer that speaks of it, so that none takes the place of another; and so much in all.
 */
final class Budgets {
    /** Bytes of all bodies that clients gave to this replica and that wait, in full batches. */
    private static final int BATCHES_OF_ALL = 64;

    /** Bytes of all bodies that one peer brought here by a signature or from its gateway, in full batches. */
    private static final int BATCHES_OF_A_PEER = 16;

    /** A peer may speak of requests of as many clients with full budgets; names of requests are all that it costs. */
    private static final int CLIENTS_OF_A_PEER = 64;

    private final int self;
    private final Limits limits;
    private final Map<Long, Budget> budgets = new TreeMap<>();

    /** Requests by who made this replica keep them. */
    private final int[] count;

    private final long[] bytes;

    Budgets(int self, int size, Limits limits) {
        this.self = self;
        this.limits = limits;
        this.count = new int[size];
        this.bytes = new long[size];
    }

    /** What one creator makes the pool keep for one client. */
    static final class Budget {
        final int creator;
        private final long key;
        private final Set<Candidate> kept = new LinkedHashSet<>();
        private long bytes;

        private Budget(int creator, long key) {
            this.creator = creator;
            this.key = key;
        }

        /** Oldest first. */
        Set<Candidate> kept() {
            return kept;
        }
    }

    Budget of(int creator, int client) {
        long key = ((long) creator << 16) | client;
        Budget known = budgets.get(key);
        return known == null ? new Budget(creator, key) : known;
    }

    /** Whether the client may keep one request more there. */
    boolean hasPlace(Budget budget) {
        return budget.kept.size() < limits.pooledRequestsPerClient();
    }

    /** Whether the creator may name one request more, for whichever client. */
    boolean hasPlace(int creator) {
        return creator == self || count[creator] < CLIENTS_OF_A_PEER * limits.pooledRequestsPerClient();
    }

    /** Whether a body fits in that the creator brings; those that somebody correct vouches for fit in anyway. */
    boolean hasRoom(int creator, Request request) {
        long batch = limits.batchLengthMax();
        long length = request.operation().length;
        long all = creator == self ? BATCHES_OF_ALL : BATCHES_OF_A_PEER;
        return of(creator, request.id().client()).bytes + length <= limits.pooledBytesPerClient()
                && bytes[creator] + length <= all * batch;
    }

    /** The candidate counts there from now on, and nowhere else. */
    void move(Candidate candidate, Budget budget) {
        release(candidate);
        budgets.put(budget.key, budget);
        candidate.budget = budget;
        budget.kept.add(candidate);
        count[budget.creator]++;
        charge(budget, length(candidate));
    }

    /** The candidate counts nowhere. */
    void release(Candidate candidate) {
        Budget budget = candidate.budget;
        if (budget == null) {
            return;
        }
        candidate.budget = null;
        budget.kept.remove(candidate);
        count[budget.creator]--;
        charge(budget, -length(candidate));
        if (budget.kept.isEmpty()) {
            budgets.remove(budget.key);
        }
    }

    /** The candidate got its body. */
    void filled(Candidate candidate) {
        Budget budget = candidate.budget;
        if (budget != null) {
            charge(budget, length(candidate));
        }
    }

    private void charge(Budget budget, long length) {
        budget.bytes += length;
        bytes[budget.creator] += length;
    }

    private static long length(Candidate candidate) {
        Request body = candidate.body;
        return body == null ? 0 : body.operation().length;
    }
}
