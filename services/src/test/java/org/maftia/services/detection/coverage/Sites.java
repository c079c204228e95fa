package org.maftia.services.detection.coverage;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.trust.TrustPolicy;

/** Sites drawn by seed, for tests. */
final class Sites {
    private static final String COMPONENT = "network traffic";

    private Sites() {}

    static AttackClass attack(int number, AttackClass.Requirement required) {
        return new AttackClass("T" + (1000 + number), "linux", COMPONENT, false, required);
    }

    /** Sensors on some sites, each with rules for a part of the techniques. */
    static List<Sensor> sensors(SplittableRandom random, int count, int sites, int techniques) {
        List<Sensor> sensors = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            SortedSet<String> rules = new TreeSet<>();
            for (int technique = 0; technique < techniques; technique++) {
                if (random.nextInt(100) < 45) {
                    rules.add("T" + (1000 + technique));
                }
            }
            SortedMap<String, String> attributes = new TreeMap<>();
            attributes.put("site", "site" + random.nextInt(sites));
            sensors.add(new Sensor(
                    "s" + i,
                    attributes,
                    new TreeSet<>(List.of(Sensor.EVERYTHING)),
                    new TreeSet<>(List.of(COMPONENT)),
                    rules,
                    false,
                    1 + random.nextInt(20)));
        }
        return sensors;
    }

    static SensorTrust trust(List<Sensor> sensors, TrustPolicy.Clause... clauses) {
        return SensorTrust.compile(
                TrustPolicy.of(TrustPolicy.Model.HYBRID, List.of("site"), List.of(clauses)), sensors);
    }

    static TrustPolicy.Clause site(int count) {
        SortedMap<String, Integer> classes = new TreeMap<>();
        classes.put("site", count);
        return new TrustPolicy.Clause.Joint(classes, 0);
    }
}
