package org.maftia.core.ordering.hybrid;

import org.maftia.core.protocol.Limits;

/** What peers have under judgement, which is bounded for each; it sends again what is dropped beyond. */
final class Judging {
    private static final int COUNT_MAX = 1024;

    /** In full batches: two pipelines, as a leader may begin anew in the middle of one. */
    private static final int BATCHES_MAX = 16;

    private final long costMax;
    private final int[] count;

    /** What the batches take, in bytes. */
    private final long[] cost;

    Judging(int size, Limits limits) {
        this.costMax = (long) BATCHES_MAX * limits.batchLengthMax();
        this.count = new int[size];
        this.cost = new long[size];
    }

    /** What the batches of a peer take, in bytes. */
    long cost(int peer) {
        return cost[peer];
    }

    /** Whether a peer may bring so much more: always where nothing else of its batches is under judgement. */
    boolean hasRoom(int peer, long more) {
        return count[peer] < COUNT_MAX && (more == 0 || cost[peer] == 0 || cost[peer] + more <= costMax);
    }

    void begin(int peer, long bytes) {
        count[peer]++;
        cost[peer] += bytes;
    }

    void end(int peer, long bytes) {
        count[peer]--;
        cost[peer] -= bytes;
    }
}
