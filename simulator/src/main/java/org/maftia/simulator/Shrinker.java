package org.maftia.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Makes a failing run simpler: drops decisions (faults, corrupted replicas, their deeds, unfair deliveries) as long as
 * the run still breaks a promise. Delta debugging (Zeller, Hildebrandt, "Simplifying and isolating failure-inducing
 * input", IEEE TSE 2002) over the decisions that did something.
 */
final class Shrinker {
    private final Scenario<?, ?> scenario;
    private final long seed;
    private final IntConsumer progress;
    private int runsLeft;
    private int runs;
    private List<Choices.Choice> dropped = List.of();
    private List<Choices.Choice> taken;
    private Outcome best;

    private Shrinker(Scenario<?, ?> scenario, Outcome failure, int candidatesMax, IntConsumer progress) {
        this.scenario = scenario;
        this.progress = progress;
        this.seed = failure.seed();
        this.runsLeft = candidatesMax;
        this.best = failure;
        progress.accept(++runs);
        Simulation<?, ?> again = scenario.simulation(new Choices(seed));
        again.run();
        this.taken = again.taken();
    }

    /**
     * The simplest failing run found.
     *
     * @param outcome of the simplest run
     * @param kept decisions that did something in it
     */
    record Shrunk(Outcome outcome, List<Choices.Choice> kept) {}

    /**
     * @param failure an outcome that failed
     * @param candidatesMax how many runs to spend on simpler ones
     * @param progress hears of each run before it begins, from 1; the first repeats the failure to see what its decisions were
     */
    static Shrunk shrink(Scenario<?, ?> scenario, Outcome failure, int candidatesMax, IntConsumer progress) {
        Shrinker shrinker = new Shrinker(scenario, failure, candidatesMax, progress);
        int size = Math.max(1, shrinker.taken.size() / 2);
        while (shrinker.runsLeft > 0) {
            boolean simpler = shrinker.pass(size);
            if (!simpler && size == 1) {
                break;
            }
            size = simpler ? Math.min(size, Math.max(1, shrinker.taken.size() / 2)) : Math.max(1, size / 2);
        }
        return new Shrunk(shrinker.best, shrinker.taken);
    }

    /** Tries to drop each run of {@code size} decisions, last ones first; what follows a change is drawn anew. */
    private boolean pass(int size) {
        boolean simpler = false;
        int end = taken.size();
        while (end > 0 && runsLeft > 0) {
            int start = Math.max(0, end - size);
            List<Choices.Choice> more = new ArrayList<>(dropped);
            more.addAll(taken.subList(start, end));
            if (adopt(more)) {
                simpler = true;
                end = Math.min(start, taken.size());
            } else {
                end = start;
            }
        }
        return simpler;
    }

    private boolean adopt(List<Choices.Choice> drop) {
        runsLeft--;
        progress.accept(++runs);
        Simulation<?, ?> candidate = scenario.simulation(new Choices(seed, drop));
        Outcome outcome = candidate.run();
        List<Choices.Choice> then = candidate.taken();
        // Fewer decisions, or as many in fewer steps: anything else would go round in circles.
        boolean simpler = then.size() < taken.size() || (then.size() == taken.size() && outcome.steps() < best.steps());
        boolean longer = outcome.steps() > best.steps() + best.steps() / 8;
        if (!outcome.failed() || !simpler || longer) {
            return false;
        }
        dropped = drop;
        taken = then;
        best = outcome;
        return true;
    }
}
