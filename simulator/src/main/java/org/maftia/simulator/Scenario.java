package org.maftia.simulator;

import java.util.function.Function;
import org.maftia.core.protocol.Limits;

/**
 * A system under test with its name and its size.
 *
 * @param name as on the command line
 * @param stepsMax the most events of a first phase
 * @param limits draws the bounds of the protocols: small ones, so that runs reach them
 * @param subjects makes the system for a group
 * @param delayedLeaders whether the network is against leaders: all that a leader says arrives only when nobody has
 *     patience with it any more, from the beginning to the end of the run
 * @param groups what kinds of groups
 * @param <I> inputs of a replica
 * @param <O> outputs of a replica
 */
public record Scenario<I, O>(
        String name,
        int stepsMax,
        Function<Draw, Limits> limits,
        Function<World, Subject<I, O>> subjects,
        boolean delayedLeaders,
        Groups groups) {
    /** From which kinds of groups that of a run is drawn. */
    public enum Groups {
        /** As many replicas as the fault sets ask for. */
        NEEDED,
        /** More, so that some may be outside. */
        ROOMY,
        /** Fewer, with trusted components beside them. */
        HYBRID
    }

    /** A leader that is not heard is suspected after four time-outs; these are the longest there are, and more. */
    private static final int DELAY_TIMEOUTS = 6;

    public Scenario(String name, int stepsMax, Function<Draw, Limits> limits, Function<World, Subject<I, O>> subjects) {
        this(name, stepsMax, limits, subjects, false, Groups.NEEDED);
    }

    Simulation<I, O> simulation(Choices choices) {
        Limits drawn = limits.apply(choices.at(Choices.Purpose.WORLD, 3));
        long delayMicros = delayedLeaders ? DELAY_TIMEOUTS * drawn.slotTimeoutMicrosMax() : 0;
        return new Simulation<>(choices, stepsMax, drawn, subjects, delayMicros, groups);
    }

    /** One run. */
    public Outcome run(long seed) {
        return simulation(new Choices(seed)).run();
    }
}
