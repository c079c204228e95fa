package org.maftia.server.sensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the lines that begin with {@code #} say of a log in Zeek's own form: the name of the log, its columns, and what parts
 * them. Each header replaces what an earlier one said, so that logs may stand one behind the other.
 */
final class ZeekColumns {
    private static final String SEPARATOR = "#separator ";
    private static final String FIELDS = "#fields";

    /** Far more than any log of Zeek has. */
    private static final int COLUMNS_MAX = 512;

    private char separator = '\t';
    private String unset = "-";
    private @Nullable String path;
    private List<String> names = List.of();

    /** Whether the line belongs to a header. */
    static boolean isHeader(String line) {
        return line.startsWith(SEPARATOR) || line.startsWith(FIELDS + "\t");
    }

    /** Takes in a line that begins with {@code #}; those that say nothing of interest are passed over. */
    void header(String line) throws BadRecord {
        if (line.startsWith(SEPARATOR)) {
            separator = separator(line.substring(SEPARATOR.length()).strip());
            unset = "-";
            path = null;
            names = List.of();
            return;
        }
        int end = line.indexOf(separator);
        String key = end < 0 ? line : line.substring(0, end);
        String value = end < 0 ? "" : line.substring(end + 1);
        switch (key) {
            case "#unset_field" -> unset = value;
            case "#path" -> path = value;
            case FIELDS -> names = List.copyOf(split(value));
            default -> {
                // sets, types, and when the log was opened and closed
            }
        }
    }

    /** {@code \x09}, or the character itself. */
    private static char separator(String text) throws BadRecord {
        if (text.matches("\\\\x[0-9a-fA-F]{2}")) {
            return (char) Integer.parseInt(text, 2, 4, 16);
        }
        if (text.length() != 1) {
            throw new BadRecord(Reason.SYNTAX);
        }
        return text.charAt(0);
    }

    /** The log's name, or null where the header does not say. */
    @Nullable
    String path() {
        return path;
    }

    /** What the columns are called, in their order. */
    List<String> names() {
        return names;
    }

    /** The values of a line, as many as there are names; null where nothing is said. */
    List<@Nullable String> values(String line) throws BadRecord {
        List<String> texts = split(line);
        if (names.isEmpty() || texts.size() != names.size()) {
            throw new BadRecord(Reason.SYNTAX);
        }
        List<@Nullable String> values = new ArrayList<>(texts.size());
        for (String text : texts) {
            values.add(text.equals(unset) ? null : text);
        }
        return values;
    }

    private List<String> split(String line) throws BadRecord {
        List<String> parts = new ArrayList<>();
        int from = 0;
        while (from <= line.length()) {
            int end = line.indexOf(separator, from);
            int to = end < 0 ? line.length() : end;
            if (parts.size() == COLUMNS_MAX) {
                throw new BadRecord(Reason.FIELD);
            }
            parts.add(line.substring(from, to));
            from = to + 1;
        }
        return parts;
    }
}
