package org.maftia.core.protocol;

/**
 * Every bound of the protocols, with its reason. The same at all replicas of a group, as validity depends on some.
 *
 * @param frameLengthMax bytes of one frame: the largest batch, with room for its envelope
 * @param batchLengthMax bytes of the requests of one proposal: a slot should leave in one turn of the loop
 * @param batchCountMax requests of one proposal: bounds the work of one step
 * @param operationLengthMax bytes of one operation
 * @param pipeline slots that a leader may have open: covers the round trip, and bounds what a recovery must settle
 * @param checkpointInterval slots between checkpoints
 * @param voteWindow slots above the stable checkpoint in which a replica votes: at least one interval and the pipeline
 * @param heldBytesPerPeer bytes kept for instances that do not exist yet, for each peer
 * @param pooledRequestsPerClient requests of one client that wait for ordering: its credits
 * @param slotTimeoutMicrosMin lowest patience with a leader
 * @param slotTimeoutMicrosMax highest patience with a leader: doubling for ever would stop the group
 * @param clockToleranceMicros how far ahead of my clock a proposed time may lie
 * @param sessionWindow sequence numbers of one session that may be open, above the lowest not executed
 * @param sessionsPerClient sessions of one client of which replies are kept
 */
public record Limits(
        int frameLengthMax,
        int batchLengthMax,
        int batchCountMax,
        int operationLengthMax,
        int pipeline,
        int checkpointInterval,
        int voteWindow,
        int heldBytesPerPeer,
        int pooledRequestsPerClient,
        long slotTimeoutMicrosMin,
        long slotTimeoutMicrosMax,
        long clockToleranceMicros,
        int sessionWindow,
        int sessionsPerClient) {
    /** What some seconds order. */
    private static final int BATCHES_PER_CLIENT = 16;

    public static final Limits DEFAULT = new Limits(
            4 << 20, 1 << 20, 2048, 256 << 10, 8, 256, 512, 4 << 20, 1024, 100_000, 10_000_000, 5_000_000, 1024, 16);

    /**
     * Requests that a correct client has open at a time: half of what a replica takes of it and of the numbers that a session has
     * open. A replica that is behind still counts those that the others have answered, and would refuse what follows.
     */
    public int openRequestsPerClient() {
        return Math.min(sessionWindow, pooledRequestsPerClient) / 2;
    }

    /** Bytes of the requests of one client that wait for ordering, at one replica and for each peer that brings them. */
    public long pooledBytesPerClient() {
        return (long) BATCHES_PER_CLIENT * batchLengthMax;
    }
}
