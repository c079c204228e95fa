package org.maftia.server.configuration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;

/**
 * Who may change the group: {@code [[officer]]} and {@code [officers]}. Where nobody is named the replicas are the
 * officers, each with its own key, and a quorum of them may: no fault set can, and nobody else need keep a key.
 *
 * @param entries in the order of their indices; empty: the replicas
 * @param policy which of them together may, as a formula over their names in JSON; empty: more than half
 */
public record Officers(List<OfficerEntry> entries, Optional<String> policy) {
    /** The replicas themselves. */
    public static final Officers REPLICAS = new Officers(List.of(), Optional.empty());

    public Officers {
        entries = List.copyOf(entries);
    }

    /** The names, by index. */
    public List<String> names() {
        return entries.stream().map(OfficerEntry::name).toList();
    }

    /** Holds for sets of officers, by index, that may change the group; only where officers are named. */
    public Formula formula() {
        return policy.map(json -> Formula.parse(json, names()))
                .orElseGet(() -> Formula.select(entries.size() / 2 + 1, ReplicaSet.firstOf(entries.size())));
    }

    static Officers read(Section root) throws ConfigurationException {
        List<OfficerEntry> entries = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (Section section : root.sections("officer", "name")) {
            String name = section.requiredText("name");
            if (!name.matches(Configuration.NAME) || !names.add(name)) {
                throw section.error(
                        "name", "must be a short name of its own", "lower-case letters, digits and hyphens");
            }
            String key = section.requiredText("key");
            if (!key.matches("[0-9a-f]{64}")) {
                throw section.error(
                        "key", "must be an Ed25519 key, 64 digits of hex", "'maftia init --officer' prints it");
            }
            section.finish();
            entries.add(new OfficerEntry(name, key));
        }
        Section section = root.section("officers");
        Officers officers = new Officers(entries, section.text("policy"));
        section.finish();
        if (entries.size() > ReplicaSet.SIZE_MAX) {
            throw root.error("officer", "names too many officers", ReplicaSet.SIZE_MAX + " at most");
        }
        if (officers.policy.isPresent()) {
            try {
                officers.formula();
            } catch (TrustException e) {
                throw section.error("policy", "is no formula over officers: " + e.getMessage(), e.hint());
            }
        }
        return officers;
    }
}
