package org.maftia.simulator;

import org.jspecify.annotations.Nullable;
import org.maftia.simulator.wan.WanTrials;

/** Looks for a failing seed. Loaded by each {@link Mutant} anew; only JDK types cross its border. */
public final class Hunt {
    /** A run takes a second, and a bug of timers shows in every one. */
    private static final long WIDE_AREA_SEEDS_MAX = 4;

    private Hunt() {}

    /** The first failure among so many seeds from the given one on, in words, or null. */
    public static @Nullable String find(String scenario, long from, long seeds) {
        if (scenario.startsWith("wan-")) {
            return findInWideArea(scenario, Math.min(seeds, WIDE_AREA_SEEDS_MAX));
        }
        Scenario<?, ?> hunted = named(scenario);
        for (long seed = from; seed < from + seeds; seed++) {
            Outcome outcome = hunted.run(seed);
            Violation violation = outcome.violation();
            if (violation != null) {
                return "seed " + seed + ": " + violation.getMessage();
            }
        }
        return null;
    }

    private static @Nullable String findInWideArea(String trial, long seeds) {
        for (long seed = 0; seed < seeds; seed++) {
            String broken = WanTrials.broken(trial, new RegisterTrial(), seed);
            if (broken != null) {
                return "seed " + seed + ": " + broken;
            }
        }
        return null;
    }

    private static Scenario<?, ?> named(String name) {
        for (Scenario<?, ?> protocol : Scenarios.protocols()) {
            if (protocol.name().equals(name)) {
                return protocol;
            }
        }
        RegisterTrial trial = new RegisterTrial();
        return switch (name) {
            case "delayed-leaders" -> Scenarios.delayedLeaders(trial);
            case "hybrid" -> Scenarios.hybrid(trial);
            case "observation" -> Scenarios.observation();
            case "refresh" -> Scenarios.refresh(trial);
            case "resharing" -> Scenarios.resharing(trial);
            case "reconfiguration" -> Scenarios.reconfiguration(trial);
            default -> Scenarios.replica(trial);
        };
    }
}
