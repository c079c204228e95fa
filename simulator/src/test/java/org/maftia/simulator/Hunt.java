package org.maftia.simulator;

import org.jspecify.annotations.Nullable;

/** Looks for a failing seed. Loaded by each {@link Mutant} anew; only JDK types cross its border. */
public final class Hunt {
    private Hunt() {}

    /** The first failure among so many seeds, in words, or null. */
    public static @Nullable String find(String scenario, long seeds) {
        Scenario<?, ?> hunted = named(scenario);
        for (long seed = 0; seed < seeds; seed++) {
            Outcome outcome = hunted.run(seed);
            Violation violation = outcome.violation();
            if (violation != null) {
                return "seed " + seed + ": " + violation.getMessage();
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
            case "reconfiguration" -> Scenarios.reconfiguration(trial);
            default -> Scenarios.replica(trial);
        };
    }
}
