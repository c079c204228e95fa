package org.maftia.server.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.simulator.Scenario;
import org.maftia.simulator.Scenarios;
import org.maftia.simulator.ServiceTrial;

/** The scenarios that the command line knows by name. */
public final class KnownScenarios {
    private KnownScenarios() {}

    public static List<Scenario<?, ?>> all() {
        List<Scenario<?, ?>> all = new ArrayList<>();
        all.add(Scenarios.replica(new RegisterTrial()));
        all.add(Scenarios.delayedLeaders(new RegisterTrial()));
        all.add(Scenarios.reconfiguration(new RegisterTrial()));
        all.add(Scenarios.refresh(new RegisterTrial()));
        all.add(Scenarios.resharing(new RegisterTrial()));
        all.add(Scenarios.hybrid(new RegisterTrial()));
        all.add(Scenarios.observation());
        all.addAll(Scenarios.protocols());
        return List.copyOf(all);
    }

    /** The service with which whole replicas are tried. */
    public static ServiceTrial trial() {
        return new RegisterTrial();
    }

    public static List<String> names() {
        return all().stream().<String>map(Scenario::name).toList();
    }

    public static Optional<Scenario<?, ?>> named(String name) {
        for (Scenario<?, ?> scenario : all()) {
            if (scenario.name().equals(name)) {
                return Optional.of(scenario);
            }
        }
        return Optional.empty();
    }
}
