package org.maftia.server.configuration;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * {@code [trust]} as it stands in the file. What it means, and whether it can be, the floor {@code trust} of core says.
 *
 * @param model {@code asynchronous}, or {@code hybrid}: with a trusted component beside each replica
 * @param attributes in which replicas differ; their order matters
 * @param tolerate the clauses, of which any one may come true
 * @param form how joint clauses are compiled
 * @param sharing {@code strong} or {@code plain}
 * @param formula an explicit quorum formula, as JSON; the file may name another file instead, which is read
 * @param where the line of the table, for messages
 */
public record TrustEntry(
        String model,
        List<String> attributes,
        List<Clause> tolerate,
        String form,
        String sharing,
        Optional<String> formula,
        String where) {
    public TrustEntry {
        attributes = List.copyOf(attributes);
        tolerate = List.copyOf(tolerate);
    }

    /**
     * What may fall together: the parts of a clause mean "and".
     *
     * @param most how many classes of an attribute; the name {@code any} counts single replicas
     * @param sets literal sets of replicas, by id
     */
    public record Clause(SortedMap<String, Integer> most, List<List<String>> sets) {
        public Clause {
            most = Collections.unmodifiableSortedMap(new TreeMap<>(most));
            sets = List.copyOf(sets);
        }

        /** The clause in TOML. */
        @Override
        public String toString() {
            List<String> parts = new ArrayList<>();
            most.forEach((name, count) -> parts.add(name + " = " + count));
            if (!sets.isEmpty()) {
                List<String> texts = new ArrayList<>();
                sets.forEach(set -> texts.add("[\"" + String.join("\", \"", set) + "\"]"));
                parts.add("sets = [" + String.join(", ", texts) + "]");
            }
            return "{ " + String.join(", ", parts) + " }";
        }
    }

    static final String ASYNCHRONOUS = "asynchronous";
    static final String HYBRID = "hybrid";

    /** 4096 nodes of a few dozen characters. */
    private static final int FORMULA_LENGTH_MAX = 1 << 20;

    private static final String EXAMPLE = "tolerate = [ { site = 1, os = 1 }, { any = 2 } ]";

    /** @param base directory of the file, to find the one that {@code formula} names */
    static TrustEntry read(Section section, Path base) throws ConfigurationException {
        List<Clause> clauses = new ArrayList<>();
        for (Object element : section.list("tolerate", EXAMPLE)) {
            if (!(element instanceof TomlTable table)) {
                throw section.error("tolerate", "must be a list of tables", "for example " + EXAMPLE);
            }
            clauses.add(clause(section, table));
        }
        Optional<String> formula = formula(section, base);
        if (clauses.isEmpty() && formula.isEmpty()) {
            throw new ConfigurationException(
                    section.where() + ": [trust] says nothing about what may fall", "for example " + EXAMPLE);
        }
        TrustEntry entry = new TrustEntry(
                choice(section, "model", ASYNCHRONOUS, List.of(ASYNCHRONOUS, HYBRID)),
                section.texts("attributes"),
                clauses,
                section.text("form", "exact"),
                choice(section, "sharing", "strong", List.of("strong", "plain")),
                formula,
                section.where());
        try {
            TrustPolicy.Form.parse(entry.form);
        } catch (TrustException e) {
            throw section.error("form", "is unknown: " + entry.form, e.hint());
        }
        if (section.text("quorums").isPresent()) {
            throw section.error(
                    "quorums",
                    "names a separate quorum system, which is not part of this version",
                    "leave it out: quorums then follow from the fault structure");
        }
        section.finish();
        return entry;
    }

    private static Optional<String> formula(Section section, Path base) throws ConfigurationException {
        Optional<String> value = section.text("formula");
        if (value.isEmpty() || value.get().stripLeading().startsWith("{")) {
            return value;
        }
        Path file = base.resolve(value.get());
        try {
            if (Files.size(file) > FORMULA_LENGTH_MAX) {
                throw section.error("formula", "names a file that is too long", "a formula has 4096 nodes at most");
            }
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw section.error(
                    "formula",
                    "names a file that cannot be read: " + file,
                    "give its path from the configuration's own");
        }
    }

    /** Whether the group relies on a trusted component beside each replica, and needs Q2 only. */
    public boolean isHybrid() {
        return model.equals(HYBRID);
    }

    /**
     * What core compiles.
     *
     * @param ids of the replicas, by index
     * @throws TrustException where the formula is none
     */
    TrustPolicy policy(List<String> ids) {
        List<TrustPolicy.Clause> clauses = new ArrayList<>();
        for (Clause clause : tolerate) {
            if (clause.sets.isEmpty()) {
                SortedMap<String, Integer> classes = new TreeMap<>(clause.most);
                @Nullable Integer any = classes.remove("any");
                clauses.add(new TrustPolicy.Clause.Joint(classes, any == null ? 0 : any));
            } else {
                clauses.add(new TrustPolicy.Clause.Sets(clause.sets));
            }
        }
        return new TrustPolicy(
                isHybrid() ? TrustPolicy.Model.HYBRID : TrustPolicy.Model.ASYNCHRONOUS,
                attributes,
                clauses,
                TrustPolicy.Form.parse(form),
                sharing.equals("plain") ? TrustPolicy.Sharing.PLAIN : TrustPolicy.Sharing.STRONG,
                formula.map(json -> Formula.parse(json, ids)));
    }

    private static String choice(Section section, String key, String otherwise, List<String> choices)
            throws ConfigurationException {
        String value = section.text(key, otherwise);
        if (!choices.contains(value)) {
            throw section.error(key, "is unknown: " + value, "one of " + String.join(", ", choices));
        }
        return value;
    }

    private static Clause clause(Section section, TomlTable table) throws ConfigurationException {
        SortedMap<String, Integer> most = new TreeMap<>();
        List<List<String>> sets = new ArrayList<>();
        for (String name : table.keySet()) {
            @Nullable Object value = table.get(List.of(name));
            if (name.equals("sets") && value instanceof TomlArray array) {
                sets.addAll(sets(section, array));
            } else if (name.equals("crash")) {
                throw section.error(
                        "tolerate",
                        "names crashes apart from corruption, which is not part of this version",
                        "count them among those that may be corrupted");
            } else if (value instanceof Long count && count >= 0 && count <= ReplicaSet.SIZE_MAX) {
                most.put(name, (int) (long) count);
            } else {
                throw section.error(
                        "tolerate",
                        "has a clause with a wrong '" + name + "'",
                        "write ATTRIBUTE = COUNT, any = COUNT or sets = [[\"r1\", \"r2\"]]");
            }
        }
        if (most.isEmpty() == sets.isEmpty()) {
            throw section.error(
                    "tolerate",
                    sets.isEmpty() ? "has an empty clause" : "has a clause that mixes sets with counts",
                    "for example " + EXAMPLE + "; sets have a clause of their own");
        }
        return new Clause(most, sets);
    }

    private static List<List<String>> sets(Section section, TomlArray array) throws ConfigurationException {
        List<List<String>> sets = new ArrayList<>();
        for (Object element : array.toList()) {
            List<String> set = new ArrayList<>();
            if (element instanceof TomlArray ids) {
                for (Object id : ids.toList()) {
                    set.add(String.valueOf(id));
                }
            }
            if (set.isEmpty()) {
                throw section.error("tolerate", "has a wrong set", "for example sets = [[\"r1\", \"r2\"]]");
            }
            sets.add(List.copyOf(set));
        }
        return sets;
    }
}
