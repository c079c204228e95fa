package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds by looking at its beginning what an input is. A few broken records at the beginning do not hide the format. */
final class FormatFinder {
    /** How much of an input is looked at: a few dozen records. */
    static final int HEAD_LENGTH_MAX = 1 << 16;

    private static final JsonFactory JSON = new JsonFactory();

    /** Keys that a record of journald cannot lack. */
    private static final String JOURNAL_TIME = "__REALTIME_TIMESTAMP";

    private FormatFinder() {}

    /**
     * What was found.
     *
     * @param lines whether each record is a line of its own
     * @param divisible whether lines are understood without those before them; otherwise a header says what the columns are
     */
    record Found(Format format, boolean lines, boolean divisible) {
        Found(Format format, boolean lines) {
            this(format, lines, true);
        }
    }

    /** The format, or empty for none that is known. */
    static Optional<Found> find(byte[] head, int length) {
        int begin = begin(head, length);
        if (begin == length) {
            return Optional.empty();
        }
        if (head[begin] == '<' && !isPriority(head, begin, length)) {
            String text = new String(head, begin, length - begin, StandardCharsets.UTF_8);
            return text.contains("IDMEF-Message") ? Optional.of(new Found(Format.IDMEF, false)) : Optional.empty();
        }
        for (int from = begin; from < length; from = behindLine(head, from, length)) {
            Optional<Found> found = findAt(head, from, length);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static int begin(byte[] head, int length) {
        int begin = length >= 3 && head[0] == (byte) 0xef && head[1] == (byte) 0xbb && head[2] == (byte) 0xbf ? 3 : 0;
        while (begin < length && head[begin] <= ' ' && head[begin] >= 0) {
            begin++;
        }
        return begin;
    }

    /** {@code <38>}, as syslog has it on a network. */
    private static boolean isPriority(byte[] head, int at, int length) {
        return at + 1 < length && head[at + 1] >= '0' && head[at + 1] <= '9';
    }

    private static int behindLine(byte[] head, int from, int length) {
        int at = from;
        while (at < length && head[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, length);
    }

    private static Optional<Found> findAt(byte[] head, int from, int length) {
        int at = from;
        while (at < length && (head[at] <= ' ' && head[at] >= 0 || head[at] == '[')) {
            at++;
        }
        if (at < length && head[at] == '{') {
            boolean array = at > from || (from > 0 && head[from - 1] == '[');
            boolean lines = !array && isOneLine(head, at, length);
            return json(head, at, length).map(format -> new Found(format, lines));
        }
        int end = behindLine(head, from, length);
        String line = new String(head, from, end - from, StandardCharsets.UTF_8).strip();
        return text(line);
    }

    private static Optional<Found> text(String line) {
        if (AitParser.isHeader(line)) {
            return Optional.of(new Found(Format.AIT, true, line.equals(AitParser.HEADER)));
        }
        if (ZeekColumns.isHeader(line)) {
            return Optional.of(new Found(Format.ZEEK, true, false));
        }
        if (line.contains("[**]") && line.matches("\\d\\d/\\d\\d(/\\d\\d(\\d\\d)?)?-\\d\\d:.*")) {
            return Optional.of(new Found(Format.FAST, true));
        }
        boolean sshd = line.contains("sshd") && SyslogParser.isLine(line);
        return sshd ? Optional.of(new Found(Format.SSHD, true)) : Optional.empty();
    }

    /** Whether the object ends before its line does. */
    private static boolean isOneLine(byte[] head, int from, int length) {
        int depth = 0;
        boolean inText = false;
        for (int i = from; i < length; i++) {
            byte b = head[i];
            if (b == '\n') {
                return false;
            }
            if (inText) {
                i = b == '\\' ? i + 1 : i;
                inText = b != '"';
            } else if (b == '"') {
                inText = true;
            } else if (b == '{') {
                depth++;
            } else if (b == '}' && --depth == 0) {
                return true;
            }
        }
        return true; // longer than what is looked at: nobody prints so much for people
    }

    private static Optional<Format> json(byte[] head, int from, int length) {
        SortedSet<String> keys = new TreeSet<>();
        try (JsonParser parser = JSON.createParser(head, from, length - from)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                keys.add(parser.currentName());
                parser.nextToken();
                parser.skipChildren();
            }
        } catch (IOException e) {
            return byKeys(keys); // cut off or broken: what was seen may tell
        }
        return byKeys(keys);
    }

    private static Optional<Format> byKeys(SortedSet<String> keys) {
        boolean numbered = keys.contains("preview") || keys.contains("offset") || keys.contains("lastrow");
        if (keys.contains("_raw") || keys.contains("result") && (numbered || keys.size() == 1)) {
            return Optional.of(Format.CPTC);
        }
        boolean managed = keys.contains("agent") || keys.contains("manager") || keys.contains("decoder");
        if (keys.contains("rule") && managed) {
            return Optional.of(Format.WAZUH);
        }
        if (keys.contains(JOURNAL_TIME) || keys.contains("__CURSOR")) {
            return Optional.of(Format.JOURNALD);
        }
        if (keys.contains("event_type") && keys.contains("timestamp")) {
            return Optional.of(Format.EVE);
        }
        boolean snort = keys.contains("rule") || keys.contains("sid");
        if (snort && (keys.contains("timestamp") || keys.contains("seconds"))) {
            return Optional.of(Format.SNORT);
        }
        boolean zeek = keys.contains("ts") && (keys.contains("note") || keys.contains("name") || keys.contains("uid"));
        return keys.contains("_path") || zeek ? Optional.of(Format.ZEEK) : Optional.empty();
    }
}
