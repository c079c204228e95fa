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
 * @param <I> inputs of a replica
 * @param <O> outputs of a replica
 */
public record Scenario<I, O>(
        String name, int stepsMax, Function<Draw, Limits> limits, Function<World, Subject<I, O>> subjects) {
    Simulation<I, O> simulation(Choices choices) {
        return new Simulation<>(choices, stepsMax, limits.apply(choices.at(Choices.Purpose.WORLD, 3)), subjects);
    }

    /** One run. */
    public Outcome run(long seed) {
        return simulation(new Choices(seed)).run();
    }
}
