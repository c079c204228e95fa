package org.maftia.services.detection.coverage;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.trust.ReplicaSet;

/**
 * The matrix of classes and assets against sensors. Equal for equal inputs, whoever computes it.
 *
 * @param sensors sensor i is member i of the sets
 * @param rows by class, then in the order of the assets
 */
public record Coverage(List<Sensor> sensors, List<Row> rows) {
    /** Rows beyond which a table helps nobody: 700 techniques at some hundred assets. */
    public static final int ROWS_MAX = 1 << 17;

    public Coverage {
        sensors = List.copyOf(sensors);
        rows = List.copyOf(rows);
    }

    /**
     * A class at an asset.
     *
     * @param seeing the sensors that see it
     * @param blind why the others do not, by their ids
     */
    public record Row(
            AttackClass attack,
            Asset asset,
            ReplicaSet seeing,
            SortedMap<String, Sensor.Blindness> blind,
            Verdict verdict) {
        public Row {
            blind = Collections.unmodifiableSortedMap(new TreeMap<>(blind));
        }
    }

    /**
     * Sensors with an attribute in common, and what nobody sees when these fail for a common reason.
     *
     * @param value of the attribute
     * @param rows of the matrix whose sensors all share it
     */
    public record CommonMode(String attribute, String value, ReplicaSet sensors, List<Row> rows) {
        public CommonMode {
            rows = List.copyOf(rows);
        }
    }

    /**
     * Computes the matrix. A class stands at those assets whose platform is its own.
     *
     * @throws IllegalArgumentException where it would have more than {@link #ROWS_MAX} rows
     */
    public static Coverage of(List<Sensor> sensors, List<AttackClass> attacks, List<Asset> assets, SensorTrust trust) {
        List<Row> rows = new ArrayList<>();
        for (AttackClass attack : attacks.stream().sorted().distinct().toList()) {
            for (Asset asset : assets) {
                if (asset.platform().equals(attack.platform())) {
                    rows.add(row(sensors, attack, asset, trust));
                }
            }
            if (rows.size() > ROWS_MAX) {
                throw new IllegalArgumentException("more than " + ROWS_MAX + " pairs of a class and an asset");
            }
        }
        return new Coverage(sensors, rows);
    }

    private static Row row(List<Sensor> sensors, AttackClass attack, Asset asset, SensorTrust trust) {
        ReplicaSet seeing = ReplicaSet.EMPTY;
        SortedMap<String, Sensor.Blindness> blind = new TreeMap<>();
        for (int i = 0; i < sensors.size(); i++) {
            Sensor sensor = sensors.get(i);
            if (!sensor.covers(asset)) {
                blind.put(sensor.id(), Sensor.Blindness.SCOPE);
            } else if (!sensor.components().contains(attack.component())) {
                blind.put(sensor.id(), Sensor.Blindness.SOURCE);
            } else if (attack.encrypted() && !sensor.decrypts()) {
                blind.put(sensor.id(), Sensor.Blindness.ENCRYPTED);
            } else if (!sensor.hasRuleFor(attack)) {
                blind.put(sensor.id(), Sensor.Blindness.RULE);
            } else {
                seeing = seeing.with(i);
            }
        }
        return new Row(attack, asset, seeing, blind, verdict(seeing, trust));
    }

    /** What a set of sensors is worth. */
    public static Verdict verdict(ReplicaSet seeing, SensorTrust trust) {
        if (seeing.isEmpty()) {
            return Verdict.BLIND;
        }
        if (!trust.isKernel(seeing)) {
            return Verdict.FRAGILE;
        }
        return trust.isCorroborating(seeing) ? Verdict.CORROBORATED : Verdict.SEEN;
    }

    /**
     * Attributes that several sensors share and that make some class invisible when they fail, those that concern most rows
     * first.
     */
    public List<CommonMode> commonModes() {
        SortedSet<String> attributes = new TreeSet<>();
        sensors.forEach(sensor -> attributes.addAll(sensor.attributes().keySet()));
        List<CommonMode> modes = new ArrayList<>();
        for (String attribute : attributes) {
            SortedMap<String, ReplicaSet> values = new TreeMap<>();
            for (int i = 0; i < sensors.size(); i++) {
                String value = sensors.get(i).attributes().getOrDefault(attribute, "");
                if (!value.isEmpty()) {
                    values.merge(value, ReplicaSet.of(i), ReplicaSet::union);
                }
            }
            values.forEach((value, sharing) -> {
                List<Row> lost = rows.stream()
                        .filter(row -> !row.seeing().isEmpty() && sharing.containsAll(row.seeing()))
                        .toList();
                if (sharing.size() > 1 && !lost.isEmpty()) {
                    modes.add(new CommonMode(attribute, value, sharing, lost));
                }
            });
        }
        modes.sort(
                (one, other) -> Integer.compare(other.rows().size(), one.rows().size())); // stable: then by name
        return modes;
    }

    /** The ids of the sensors of a set, in their order. */
    public List<String> names(ReplicaSet set) {
        return set.toList().stream().map(i -> sensors.get(i).id()).toList();
    }

    /** Rows with this verdict. */
    public List<Row> with(Verdict verdict) {
        return rows.stream().filter(row -> row.verdict() == verdict).toList();
    }
}
