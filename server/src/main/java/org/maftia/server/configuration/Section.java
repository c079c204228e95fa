package org.maftia.server.configuration;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * One table of the file while it is read. Remembers which keys were asked for, so that {@link #finish} can refuse the
 * others; looks at the command line before it looks at the file.
 */
final class Section {
    private final Source source;
    private final @Nullable TomlTable table;
    private final String prefix;
    private final int line;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(Source source, @Nullable TomlTable table, String prefix, int line) {
        this.source = source;
        this.table = table;
        this.prefix = prefix;
        this.line = line;
    }

    /**
     * What all sections of a file share.
     *
     * @param file the name for messages
     * @param overrides from the command line
     * @param keys collects the dotted names of all keys that were asked for
     */
    record Source(String file, Overrides overrides, Set<String> keys) {}

    static Section root(Source source, TomlTable table) {
        return new Section(source, table, "", 1);
    }

    /** A table of its own under this one; empty where the file has none. */
    Section section(String key) throws ConfigurationException {
        known.add(key);
        @Nullable Object value = inFile(key);
        if (value == null) {
            return new Section(source, null, prefix + key + ".", line);
        }
        if (!(value instanceof TomlTable child)) {
            throw error(key, "must be a table", "write [" + prefix + key + "] and its keys below it");
        }
        return new Section(source, child, prefix + key + ".", lineOf(key));
    }

    /** The tables of an array such as {@code [[replica]]}; each is named by its key {@code nameKey}. */
    List<Section> sections(String key, String nameKey) throws ConfigurationException {
        known.add(key);
        @Nullable Object value = inFile(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof TomlArray array) || !array.toList().stream().allMatch(TomlTable.class::isInstance)) {
            throw error(key, "must be tables", "write [[" + prefix + key + "]] before each of them");
        }
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            TomlTable child = array.getTable(i);
            @Nullable Object name = child.get(List.of(nameKey));
            String part = name instanceof String text ? text : Integer.toString(i + 1);
            sections.add(new Section(source, child, prefix + key + "." + part + ".", lineOf(array.inputPositionOf(i))));
        }
        return sections;
    }

    Optional<String> text(String key) throws ConfigurationException {
        @Nullable String override = override(key);
        if (override != null) {
            boolean quoted = override.length() >= 2 && override.startsWith("\"") && override.endsWith("\"");
            return Optional.of(quoted ? override.substring(1, override.length() - 1) : override);
        }
        @Nullable Object value = inFile(key);
        if (value == null) {
            return Optional.empty();
        }
        if (value instanceof String text) {
            return Optional.of(text);
        }
        throw error(key, "must be text", "put it between quotes");
    }

    String text(String key, String otherwise) throws ConfigurationException {
        return text(key).orElse(otherwise);
    }

    String requiredText(String key) throws ConfigurationException {
        Optional<String> value = text(key);
        if (value.isEmpty()) {
            throw new ConfigurationException(
                    source.file() + ":" + line + ": '" + prefix + key + "' is missing",
                    "add a line  " + key + " = \"...\"");
        }
        return value.get();
    }

    int integer(String key, int otherwise, int min, int max) throws ConfigurationException {
        @Nullable Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Long number && number >= min && number <= max) {
            return (int) (long) number;
        }
        throw error(key, "must be a whole number from " + min + " to " + max, "the default is " + otherwise);
    }

    boolean flag(String key, boolean otherwise) throws ConfigurationException {
        @Nullable Object value = value(key);
        if (value == null) {
            return otherwise;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw error(key, "must be true or false", "without quotes; the default is " + otherwise);
    }

    List<String> texts(String key) throws ConfigurationException {
        @Nullable Object value = value(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof TomlArray array)) {
            throw error(key, "must be a list of texts", "for example " + key + " = [\"site\", \"os\"]");
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            if (!(array.get(i) instanceof String text)) {
                throw error(key, "must be a list of texts", "put each element between quotes");
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /** A table whose keys are free, with texts as values. */
    SortedMap<String, String> texts(String key, String example) throws ConfigurationException {
        @Nullable Object value = value(key);
        SortedMap<String, String> texts = new TreeMap<>();
        if (value == null) {
            return texts;
        }
        if (!(value instanceof TomlTable map)) {
            throw error(key, "must be a table of texts", "for example " + example);
        }
        for (String name : map.keySet()) {
            if (!(map.get(List.of(name)) instanceof String text)) {
                throw error(key, "must be a table of texts", "for example " + example);
            }
            texts.put(name, text);
        }
        return texts;
    }

    /** The list under a key, elements of any kind; empty where there is none. */
    List<Object> list(String key, String example) throws ConfigurationException {
        @Nullable Object value = value(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof TomlArray array) {
            return array.toList();
        }
        throw error(key, "must be a list", "for example " + example);
    }

    /** The error that a key of this section is wrong. */
    ConfigurationException error(String key, String what, String hint) {
        String where = source.overrides().has(prefix + key)
                ? "--set " + prefix + key + ": "
                : source.file() + ":" + lineOf(key) + ": ";
        return new ConfigurationException(where + "'" + prefix + key + "' " + what, hint);
    }

    /** Where this section begins, for messages: {@code group.toml:12}. */
    String where() {
        return source.file() + ":" + line;
    }

    /** Refuses keys that nobody asked for. */
    void finish() throws ConfigurationException {
        if (table == null) {
            return;
        }
        for (String key : table.keySet()) {
            if (!known.contains(key)) {
                throw new ConfigurationException(
                        source.file() + ":" + lineOf(key) + ": unknown key '" + prefix + key + "'",
                        Spelling.suggestion(key, known));
            }
        }
    }

    private @Nullable Object value(String key) {
        known.add(key);
        source.keys().add(prefix + key);
        return source.overrides().has(prefix + key) ? source.overrides().value(prefix + key) : inFile(key);
    }

    private @Nullable String override(String key) {
        known.add(key);
        source.keys().add(prefix + key);
        return source.overrides().raw(prefix + key);
    }

    private @Nullable Object inFile(String key) {
        return table == null ? null : table.get(List.of(key));
    }

    private int lineOf(String key) {
        return table == null ? line : lineOf(table.inputPositionOf(List.of(key)));
    }

    private int lineOf(@Nullable TomlPosition position) {
        return position == null ? line : position.line();
    }
}
