package org.maftia.simulator;

import java.util.List;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;

/** The systems that the simulator can run. */
public final class Scenarios {
    private static final int AGREEMENT_STEPS_MAX = 2_000;
    private static final int BROADCAST_STEPS_MAX = 600;
    private static final int SEQUENCE_STEPS_MAX = 4_000;
    private static final int REPLICA_STEPS_MAX = 8_000;

    /** Each renewal costs every replica real curve arithmetic. */
    private static final int REFRESH_STEPS_MAX = 5_000;

    /** The dealing of a formula of some hundred leaves. */
    private static final int DEALING_LENGTH_MAX = 32 << 10;

    /** The dealing of a member that has many leaves, over a formula of some. */
    private static final int RESHARING_LENGTH_MAX = 240 << 10;

    /** The formula of sixteen replicas has a thousand characters or two. */
    private static final int CONFIGURATION_LENGTH_MAX = 16 << 10;

    private Scenarios() {}

    /** One multi-valued agreement under crashes, lossy links and liars. */
    public static Scenario<?, ?> agreement() {
        return new Scenario<>("agreement", AGREEMENT_STEPS_MAX, draw -> Limits.DEFAULT, AgreementSubject::new);
    }

    /** One binary agreement with an ideal coin. */
    public static Scenario<?, ?> binary() {
        return new Scenario<>("binary", AGREEMENT_STEPS_MAX, draw -> Limits.DEFAULT, BinarySubject::new);
    }

    /** One common subset. */
    public static Scenario<?, ?> subset() {
        return new Scenario<>("subset", AGREEMENT_STEPS_MAX, draw -> Limits.DEFAULT, SubsetSubject::new);
    }

    /** One reliable broadcast. */
    public static Scenario<?, ?> reliable() {
        return broadcast("reliable", true);
    }

    /** One consistent broadcast. */
    public static Scenario<?, ?> consistent() {
        return broadcast("consistent", false);
    }

    /** One sequence for all: an atomic channel, in every second group a confidential one. */
    public static Scenario<?, ?> atomic() {
        return new Scenario<>("atomic", SEQUENCE_STEPS_MAX, Scenarios::limits, SequenceSubject::new);
    }

    private static Scenario<?, ?> broadcast(String name, boolean reliable) {
        return new Scenario<>(
                name, BROADCAST_STEPS_MAX, draw -> Limits.DEFAULT, world -> new BroadcastSubject(world, reliable));
    }

    /** The protocols that can be used alone. */
    public static List<Scenario<?, ?>> protocols() {
        return List.of(agreement(), binary(), subset(), reliable(), consistent(), atomic());
    }

    /** Whole replicas with a service, and its clients. */
    public static Scenario<Input, Output> replica(ServiceTrial trial) {
        return replica(trial.name(), trial, false);
    }

    /** The same under a network that delays every leader until nobody has patience with it, from beginning to end. */
    public static Scenario<Input, Output> delayedLeaders(ServiceTrial trial) {
        return replica("delayed-leaders", trial, true);
    }

    /** Whole replicas with trusted components beside them: two fault sets may cover all but a few. */
    public static Scenario<Input, Output> hybrid(ServiceTrial trial) {
        return new Scenario<>(
                "hybrid",
                REPLICA_STEPS_MAX,
                Scenarios::limits,
                world -> new ReplicaSubject(world, trial),
                false,
                Scenario.Groups.HYBRID);
    }

    private static Scenario<Input, Output> replica(String name, ServiceTrial trial, boolean delayedLeaders) {
        return new Scenario<>(
                name,
                REPLICA_STEPS_MAX,
                Scenarios::limits,
                world -> new ReplicaSubject(world, trial),
                delayedLeaders,
                Scenario.Groups.NEEDED);
    }

    /**
     * Whole replicas that renew a key of theirs, with false dealings, crashes at any step, and an intruder who moves on to other
     * replicas with each epoch.
     */
    public static Scenario<Input, Output> refresh(ServiceTrial trial) {
        return new Scenario<>(
                "refresh",
                REFRESH_STEPS_MAX,
                draw -> withOperations(limits(draw), DEALING_LENGTH_MAX),
                world -> new ReplicaSubject(world, trial, true));
    }

    /** Whole replicas with a service that has the world outside observed, where corrupted ones say what is not so. */
    public static Scenario<Input, Output> observation() {
        return new Scenario<>("observation", REPLICA_STEPS_MAX, Scenarios::limits, ObservationSubject::new);
    }

    /** The same group through several configurations: members, their places and their number change under load. */
    public static Scenario<Input, Output> reconfiguration(ServiceTrial trial) {
        return new Scenario<>(
                "reconfiguration",
                REPLICA_STEPS_MAX,
                draw -> withOperations(limits(draw), CONFIGURATION_LENGTH_MAX),
                world -> new LineageSubject(world, trial, false),
                false,
                Scenario.Groups.ROOMY);
    }

    /**
     * The same group with a key that goes on from one configuration to the next, and an intruder who held others before the
     * first change than he holds after the last.
     */
    public static Scenario<Input, Output> resharing(ServiceTrial trial) {
        return new Scenario<>(
                "resharing",
                REFRESH_STEPS_MAX,
                draw -> withOperations(limits(draw), RESHARING_LENGTH_MAX),
                world -> new LineageSubject(world, trial, true),
                false,
                Scenario.Groups.ROOMY);
    }

    private static Limits withOperations(Limits d, int operationLengthMax) {
        return new Limits(
                d.frameLengthMax(),
                d.batchLengthMax(),
                d.batchCountMax(),
                operationLengthMax,
                d.pipeline(),
                d.checkpointInterval(),
                d.voteWindow(),
                d.heldBytesPerPeer(),
                d.pooledRequestsPerClient(),
                d.slotTimeoutMicrosMin(),
                d.slotTimeoutMicrosMax(),
                d.clockToleranceMicros(),
                d.sessionWindow(),
                d.sessionsPerClient());
    }

    /** Bounds so small that runs reach them: windows of a few slots, pools of a few requests. */
    private static Limits limits(Draw draw) {
        int pipeline = 1 + draw.below(8);
        int interval = 2 + draw.below(15);
        int window = interval + pipeline + draw.below(2 * interval);
        long patience = draw.magnitude(50_000, 200_000);
        return new Limits(
                1 << 20,
                4096,
                1 + draw.below(16),
                1024,
                pipeline,
                interval,
                window,
                1 << 16,
                16 + draw.below(48),
                patience,
                patience * 32,
                5_000_000,
                64 * (1 + draw.below(2)),
                2 + draw.below(3));
    }
}
