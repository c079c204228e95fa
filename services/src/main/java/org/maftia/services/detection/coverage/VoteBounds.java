package org.maftia.services.detection.coverage;

import java.util.List;
import java.util.function.IntUnaryOperator;
import org.maftia.core.trust.ReplicaSet;

/**
 * How often a vote among sensors fails, given how often each of them does: bounds that hold whatever the sensors have in
 * common, since nothing is assumed of their independence. Rates are in ten-thousandths.
 *
 * <p>Source: Fréchet, "Généralisations du théorème des probabilités totales" (Fundamenta Mathematicae 1935).
 *
 * @param least the rate is at least this
 * @param most and at most this
 */
public record VoteBounds(int least, int most) {
    /** Always. */
    public static final int WHOLE = 10_000;

    public VoteBounds {
        if (least < 0 || least > most || most > WHOLE) {
            throw new IllegalArgumentException("no bounds of a rate");
        }
    }

    /** Who must agree for an alarm to count. */
    public enum Vote {
        /** Any one sensor. */
        ANY,
        /** So many that one of them is correct. */
        KERNEL,
        /** All but a fault set of those who can see it; any one of them where they may all be corrupted. */
        QUORUM
    }

    /**
     * How often an attack is missed.
     *
     * @param seeing the sensors that can see it; not empty
     * @param missed of each sensor, by its index
     */
    public static VoteBounds missed(Vote vote, ReplicaSet seeing, SensorTrust trust, IntUnaryOperator missed) {
        return switch (effective(vote, seeing, trust)) {
            case ANY -> allOf(seeing, missed);
            // Those who report are no kernel: all outside of some fault set are silent.
            case KERNEL ->
                someOf(outside(seeing, trust).stream()
                        .map(set -> allOf(set, missed))
                        .toList());
            // Outside of every fault set somebody is silent.
            case QUORUM ->
                eachOf(outside(seeing, trust).stream()
                        .map(set -> anyOf(set, missed))
                        .toList());
        };
    }

    /** How often there is an alarm without an attack. */
    public static VoteBounds falseAlarms(Vote vote, ReplicaSet seeing, SensorTrust trust, IntUnaryOperator wrong) {
        return switch (effective(vote, seeing, trust)) {
            case ANY -> anyOf(seeing, wrong);
            case KERNEL ->
                eachOf(outside(seeing, trust).stream()
                        .map(set -> anyOf(set, wrong))
                        .toList());
            case QUORUM ->
                someOf(outside(seeing, trust).stream()
                        .map(set -> allOf(set, wrong))
                        .toList());
        };
    }

    /** Whether those who report, all of whom can see it, suffice. */
    public static boolean passes(Vote vote, ReplicaSet reporting, ReplicaSet seeing, SensorTrust trust) {
        return switch (effective(vote, seeing, trust)) {
            case ANY -> !reporting.isEmpty();
            case KERNEL -> trust.isKernel(reporting);
            case QUORUM -> outside(seeing, trust).stream().anyMatch(reporting::containsAll);
        };
    }

    /** Without this, nobody at all would be all but a fault set of those who may all be corrupted. */
    private static Vote effective(Vote vote, ReplicaSet seeing, SensorTrust trust) {
        return vote == Vote.QUORUM && !trust.isKernel(seeing) ? Vote.ANY : vote;
    }

    private static List<ReplicaSet> outside(ReplicaSet seeing, SensorTrust trust) {
        List<ReplicaSet> faults = trust.maximalFaultSets();
        return faults.isEmpty()
                ? List.of(seeing)
                : faults.stream().map(seeing::minus).distinct().toList();
    }

    /** All of the set fail: certain of an empty one. */
    private static VoteBounds allOf(ReplicaSet set, IntUnaryOperator rate) {
        int least = WHOLE;
        int most = WHOLE;
        for (int i : set.toList()) {
            int one = rate.applyAsInt(i);
            least = Math.max(0, least + one - WHOLE);
            most = Math.min(most, one);
        }
        return new VoteBounds(least, most);
    }

    /** Some of the set fail: impossible of an empty one. */
    private static VoteBounds anyOf(ReplicaSet set, IntUnaryOperator rate) {
        int least = 0;
        int most = 0;
        for (int i : set.toList()) {
            int one = rate.applyAsInt(i);
            least = Math.max(least, one);
            most = Math.min(WHOLE, most + one);
        }
        return new VoteBounds(least, most);
    }

    /** Of some event. */
    private static VoteBounds someOf(List<VoteBounds> events) {
        int least = 0;
        int most = 0;
        for (VoteBounds event : events) {
            least = Math.max(least, event.least);
            most = Math.min(WHOLE, most + event.most);
        }
        return new VoteBounds(least, most);
    }

    /** Of all events together. */
    private static VoteBounds eachOf(List<VoteBounds> events) {
        int least = WHOLE;
        int most = WHOLE;
        for (VoteBounds event : events) {
            least = Math.max(0, least + event.least - WHOLE);
            most = Math.min(most, event.most);
        }
        return new VoteBounds(least, most);
    }
}
