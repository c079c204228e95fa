package org.maftia.core.ordering;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Frame;

/** Who takes part in a model of the ordering, and what the corrupted speak of. */
abstract class OrderingScene {
    /** Slots from one checkpoint to the next. */
    static final int INTERVAL = 8;

    private static final Limits LIMITS = new Limits(
            4 << 20, 1 << 16, 16, 1 << 12, 4, INTERVAL, 2, 4 << 20, 64, 50_000, 10_000_000, 5_000_000, 1024, 16);

    final FaultStructure trust;
    final ReplicaSet corrupt;
    final Digest configuration;
    final Limits limits;
    final List<Integer> correct;

    /** Whether the checkpoints of the model come from nowhere as soon as a quorum can have signed them. */
    final boolean certifies;

    /** Whether the corrupted say by themselves that something is decided. */
    final boolean reports;

    /** Every digest that a vote may name. */
    final SortedSet<Digest> digests = new TreeSet<>();

    OrderingScene(
            FaultStructure trust,
            ReplicaSet corrupt,
            Digest configuration,
            Limits limits,
            boolean certifies,
            boolean reports) {
        this.trust = trust;
        this.corrupt = corrupt;
        this.configuration = configuration;
        this.limits = limits;
        this.correct = trust.all().minus(corrupt).toList();
        this.certifies = certifies;
        this.reports = reports;
    }

    /**
     * @param pipeline slots that a leader may have open
     * @param window slots above the base in which replicas vote
     */
    static Limits limits(int pipeline, int window) {
        return new Limits(
                LIMITS.frameLengthMax(),
                LIMITS.batchLengthMax(),
                LIMITS.batchCountMax(),
                LIMITS.operationLengthMax(),
                pipeline,
                LIMITS.checkpointInterval(),
                window,
                LIMITS.heldBytesPerPeer(),
                LIMITS.pooledRequestsPerClient(),
                LIMITS.slotTimeoutMicrosMin(),
                LIMITS.slotTimeoutMicrosMax(),
                LIMITS.clockToleranceMicros(),
                LIMITS.sessionWindow(),
                LIMITS.sessionsPerClient());
    }

    /** The first slot of the epoch that the corrupted speak of. */
    abstract long firstSlot(Epoch epoch);

    /** The last one. */
    abstract long lastSlot(Epoch epoch);

    /** What the corrupted propose for the slot, or would, and vote for. */
    abstract List<Proposal> made(Epoch epoch, long slot);

    /** Whether the search may leave it out that the first correct replica hears this proposal first. */
    abstract boolean isMirrored(Epoch epoch, Proposal proposal);

    /** The message as it is sent. */
    Frame frame(Codec<Message> codec, Message message) {
        return OrderingMember.frame(codec, message);
    }
}
