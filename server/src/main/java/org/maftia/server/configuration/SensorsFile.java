package org.maftia.server.configuration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.server.sensor.RuleTechniques;
import org.maftia.services.detection.coverage.Asset;
import org.maftia.services.detection.coverage.AttackClass;
import org.maftia.services.detection.coverage.Sensor;
import org.maftia.services.detection.coverage.VoteBounds;

/**
 * The sensors of a site, its assets, the classes of attacks that matter to it, and which sensors may fall together:
 *
 * {@snippet lang="toml" :
 * [trust]
 * tolerate = [ { site = 1 }, { implementation = 1 } ]
 *
 * [[asset]]
 * id = "mail"
 * platform = "linux"
 *
 * [[class]]
 * technique = "T1110"
 * platform = "linux"
 * component = "network traffic"
 * required = "seen"              # or "corroborated"; left out: only reported on
 *
 * [[sensor]]
 * id = "nids-1"
 * scope = "network"
 * sources = ["network traffic"]
 * rules = ["suricata.rules"]     # ATT&CK ids are taken from them
 * techniques = ["T1046"]         # and these besides
 * cost = 100
 * attributes = { site = "zurich", implementation = "suricata" }
 * missed = 500                   # measured, of ten thousand attacks; and false alarms
 * false = 20
 * alarms = ["suricata:1:2"]      # beginnings of the types of its alarms in a replay
 * }
 *
 * @param sensors member i of the policy is sensor i
 * @param entries the same, with what is only for measuring
 */
public record SensorsFile(
        TrustPolicy policy,
        List<Sensor> sensors,
        List<Entry> entries,
        List<Asset> assets,
        List<AttackClass> classes,
        String where) {
    /** As many as are chosen from exactly; bystanders need the rest of the places. */
    private static final int SENSORS_MAX = 60;

    private static final List<String> SCOPES = List.of("network", "host", "application");

    public SensorsFile {
        sensors = List.copyOf(sensors);
        entries = List.copyOf(entries);
        assets = List.copyOf(assets);
        classes = List.copyOf(classes);
    }

    /**
     * What a sensor does in practice.
     *
     * @param scope {@code network}, {@code host} or {@code application}
     * @param missed attacks of ten thousand, if measured
     * @param falseAlarms of ten thousand occasions, if measured
     * @param alarms beginnings of the types of its alarms
     */
    public record Entry(String scope, Optional<Integer> missed, Optional<Integer> falseAlarms, List<String> alarms) {
        public Entry {
            alarms = List.copyOf(alarms);
        }
    }

    /**
     * Reads the file and the rules that it names.
     *
     * @param tolerate instead of the file's clauses, if present
     */
    public static SensorsFile read(Path file, Optional<TrustPolicy.Clause> tolerate) throws ConfigurationException {
        Section root = TomlFile.read(file);
        List<Sensor> sensors = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        SortedSet<String> ids = new TreeSet<>();
        Path directory = Invariant.present(file.toAbsolutePath().getParent(), "a file lies in a directory");
        for (Section section : root.sections("sensor", "id")) {
            Sensor sensor = sensor(section, directory);
            if (!ids.add(sensor.id())) {
                throw section.error("id", "is given twice: " + sensor.id(), "give one another id");
            }
            entries.add(entry(section));
            sensors.add(sensor);
            section.finish();
        }
        if (sensors.isEmpty() || sensors.size() > SENSORS_MAX) {
            throw new ConfigurationException(
                    file + ":1: there are " + sensors.size() + " [[sensor]]s",
                    "1 to " + SENSORS_MAX + " can be judged");
        }
        List<Asset> assets = assets(root);
        List<AttackClass> classes = classes(root);
        Section trust = root.section("trust");
        TrustPolicy policy = tolerate.isPresent()
                ? TrustPolicy.of(TrustPolicy.Model.HYBRID, List.of(), List.of(tolerate.get()))
                : policy(trust, directory, sensors);
        String where = trust.where();
        root.finish();
        return new SensorsFile(policy, sensors, entries, assets, classes, where);
    }

    /** The classes of another file: its tables {@code [[class]]}. */
    public static List<AttackClass> readClasses(Path file) throws ConfigurationException {
        Section root = TomlFile.read(file);
        List<AttackClass> classes = classes(root);
        root.finish();
        return classes;
    }

    private static TrustPolicy policy(Section section, Path directory, List<Sensor> sensors)
            throws ConfigurationException {
        TrustEntry entry = TrustEntry.read(section, directory);
        try {
            return entry.policy(sensors.stream().map(Sensor::id).toList());
        } catch (TrustException e) {
            throw new ConfigurationException(entry.where() + ": " + e.getMessage(), e.hint());
        }
    }

    private static Sensor sensor(Section section, Path directory) throws ConfigurationException {
        SortedSet<String> techniques = new TreeSet<>();
        for (String technique : section.texts("techniques")) {
            if (!AttackClass.isTechnique(technique)) {
                throw section.error("techniques", "has '" + technique + "'", "write T1003 or T1003.006");
            }
            techniques.add(technique);
        }
        for (String rules : section.texts("rules")) {
            try {
                techniques.addAll(RuleTechniques.read(directory.resolve(rules)));
            } catch (IOException e) {
                throw section.error(
                        "rules", "names a file that cannot be read: " + rules, "give its path from the file's own");
            }
        }
        List<String> assets = section.texts("assets");
        SortedMap<String, String> attributes =
                new TreeMap<>(section.texts("attributes", "attributes = { site = \"zurich\" }"));
        int cost = section.integer("cost", 1, 0, 1_000_000_000);
        try {
            return new Sensor(
                    section.requiredText("id"),
                    attributes,
                    new TreeSet<>(assets.isEmpty() ? List.of(Sensor.EVERYTHING) : assets),
                    new TreeSet<>(section.texts("sources")),
                    techniques,
                    section.flag("encrypted", false),
                    cost);
        } catch (IllegalArgumentException e) {
            throw section.error("id", "cannot be a sensor: " + e.getMessage(), "a short text without controls");
        }
    }

    private static Entry entry(Section section) throws ConfigurationException {
        String scope = section.text("scope", "network");
        if (!SCOPES.contains(scope)) {
            throw section.error("scope", "is unknown: " + scope, "one of " + String.join(", ", SCOPES));
        }
        int missed = section.integer("missed", -1, -1, VoteBounds.WHOLE);
        int wrong = section.integer("false", -1, -1, VoteBounds.WHOLE);
        return new Entry(
                scope,
                missed < 0 ? Optional.empty() : Optional.of(missed),
                wrong < 0 ? Optional.empty() : Optional.of(wrong),
                section.texts("alarms"));
    }

    private static List<Asset> assets(Section root) throws ConfigurationException {
        List<Asset> assets = new ArrayList<>();
        SortedSet<String> ids = new TreeSet<>();
        for (Section section : root.sections("asset", "id")) {
            String id = section.requiredText("id");
            String platform = section.requiredText("platform");
            section.finish();
            try {
                assets.add(new Asset(id, platform));
            } catch (IllegalArgumentException e) {
                throw section.error("id", "cannot be an asset: " + e.getMessage(), "'*' stands for all assets");
            }
            if (!ids.add(id)) {
                throw section.error("id", "is given twice: " + id, "give one another id");
            }
        }
        return assets;
    }

    private static List<AttackClass> classes(Section root) throws ConfigurationException {
        List<AttackClass> classes = new ArrayList<>();
        for (Section section : root.sections("class", "technique")) {
            String required = section.text("required", "none");
            Optional<AttackClass.Requirement> requirement = Arrays.stream(AttackClass.Requirement.values())
                    .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(required))
                    .findFirst();
            if (requirement.isEmpty()) {
                throw section.error("required", "is unknown: " + required, "one of none, seen, corroborated");
            }
            try {
                classes.add(new AttackClass(
                        section.requiredText("technique"),
                        section.requiredText("platform"),
                        section.requiredText("component"),
                        section.flag("encrypted", false),
                        requirement.get()));
            } catch (IllegalArgumentException e) {
                throw section.error("technique", "is no class: " + e.getMessage(), "write T1003 or T1003.006");
            }
            section.finish();
        }
        return classes;
    }
}
