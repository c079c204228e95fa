package org.maftia.server.configuration;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/**
 * Values given on the command line, by the dotted name of their key. Each must be asked for: {@link #requireAllUsed}
 * refuses those that no key of the configuration answers to.
 */
public final class Overrides {
    private final SortedMap<String, String> values;
    private final Set<String> used = new LinkedHashSet<>();

    private Overrides(SortedMap<String, String> values) {
        this.values = Collections.unmodifiableSortedMap(values);
    }

    public static Overrides none() {
        return new Overrides(new TreeMap<>());
    }

    /** Parses arguments of the form KEY=VALUE; a later one replaces an earlier one. */
    public static Overrides parse(List<String> arguments) throws ConfigurationException {
        SortedMap<String, String> values = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals <= 0) {
                throw new ConfigurationException(
                        "--set " + argument + ": not of the form KEY=VALUE", "for example --set rsa.bits=2048");
            }
            values.put(
                    argument.substring(0, equals).strip(),
                    argument.substring(equals + 1).strip());
        }
        return new Overrides(values);
    }

    /** The arguments again, sorted by key. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        values.forEach((key, value) -> arguments.add(key + "=" + value));
        return List.copyOf(arguments);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The value as it stands on the command line. */
    @Nullable
    String raw(String key) {
        @Nullable String value = values.get(key);
        if (value != null) {
            used.add(key);
        }
        return value;
    }

    /** The value as TOML has it; what is no TOML is a string. */
    @Nullable
    Object value(String key) {
        @Nullable String raw = raw(key);
        if (raw == null) {
            return null;
        }
        TomlParseResult parsed = Toml.parse("value = " + raw);
        return parsed.hasErrors() ? raw : parsed.get("value");
    }

    void requireAllUsed(Set<String> knownKeys) throws ConfigurationException {
        for (String key : values.keySet()) {
            if (!used.contains(key)) {
                throw new ConfigurationException(
                        "--set " + key + ": there is no such key", Spelling.suggestion(key, knownKeys));
            }
        }
    }
}
