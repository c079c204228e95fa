package org.maftia.services.detection.coverage;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.services.detection.Alarm;

/**
 * What is known of a sensor.
 *
 * @param id unique
 * @param attributes in which sensors differ, such as site, operator, implementation: equal ones may fall together
 * @param assets in its scope; {@link #EVERYTHING} alone stands for all
 * @param components of data that it looks at
 * @param techniques that its rules are about
 * @param decrypts whether it reads what is encrypted on the line
 * @param cost in whatever unit all sensors have; at most {@link #COST_MAX}
 */
public record Sensor(
        String id,
        SortedMap<String, String> attributes,
        SortedSet<String> assets,
        SortedSet<String> components,
        SortedSet<String> techniques,
        boolean decrypts,
        long cost) {
    /** The scope that contains all assets. */
    public static final String EVERYTHING = "*";

    /** Sums over all sensors stay far from overflow. */
    public static final long COST_MAX = 1_000_000_000_000L;

    public Sensor {
        if (id.isEmpty() || !Alarm.isClean(id) || cost < 0 || cost > COST_MAX) {
            throw new IllegalArgumentException("a sensor has a name and a cost from 0 to " + COST_MAX);
        }
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        assets = Collections.unmodifiableSortedSet(new TreeSet<>(assets));
        components = Collections.unmodifiableSortedSet(new TreeSet<>(components));
        techniques = Collections.unmodifiableSortedSet(new TreeSet<>(techniques));
    }

    /** Why a sensor does not see a class at an asset; the first that holds, in this order. */
    public enum Blindness {
        SCOPE("asset out of scope"),
        SOURCE("does not look at such data"),
        ENCRYPTED("traces are encrypted"),
        RULE("no rule");

        private final String text;

        Blindness(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }

    /** Whether the asset is in its scope. */
    public boolean covers(Asset asset) {
        return assets.contains(asset.id()) || assets.contains(EVERYTHING);
    }

    /** Whether one of its rules is about the class. */
    public boolean hasRuleFor(AttackClass attack) {
        return techniques.stream().anyMatch(attack::isFoundBy);
    }
}
