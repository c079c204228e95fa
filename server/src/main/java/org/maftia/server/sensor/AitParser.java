package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;

/**
 * The labelled alarms of the AIT Alert Data Set: {@code time,name,ip,host,short,time_label,event_label}. The type is the
 * column {@code short} as it stands, so that figures can be compared with those that others measured. The lines are
 * not sorted. A header may name the columns in another order, with others between them, and without any but time and type.
 */
final class AitParser implements RecordParser {
    /** How its files begin. */
    static final String HEADER = "time,name,ip,host,short,time_label,event_label";

    private static final List<String> NAMES = List.of(HEADER.split(","));

    private static final int COLUMNS = 7;

    /** Of tables that somebody else has put more into. */
    private static final int COLUMNS_MAX = 64;

    private final ParserSetting setting;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();
    private final FieldTexts texts = new FieldTexts();

    /** Where the columns of a plain line end. */
    private final int[] ends = new int[COLUMNS];

    /** In which column of the input each of the names stands, or -1. */
    private int[] places = {0, 1, 2, 3, 4, 5, 6};

    private int width = COLUMNS;
    private boolean usual = true;

    AitParser(ParserSetting setting) {
        this.setting = setting;
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        if (usual && isPlain(bytes, offset, length)) {
            return plain(bytes, offset, length);
        }
        String line = new String(bytes, offset, length, StandardCharsets.UTF_8);
        List<String> columns = columns(line);
        boolean timed = columns.size() == width && Timestamp.epochSeconds(text(columns, 0)) != null;
        if (!timed && isHeader(columns)) { // names of rules and hosts come from strangers, times do not
            arrange(columns);
            setting.tally().countSkipped("header");
            return null;
        }
        if (columns.size() != width) {
            throw new BadRecord(Reason.SYNTAX);
        }
        String name = text(columns, 1);
        int colon = name.indexOf(':');
        begin(text(columns, 4), name, colon > 0 ? name.substring(0, colon) : setting.sensor(), text(columns, 0));
        Address address = Fields.addressOrName(text(columns, 2));
        return alarm(address, text(columns, 3), text(columns, 5), text(columns, 6), hash.of(bytes, offset, length));
    }

    /** Whether a line names columns, those of the time and the type among them. */
    static boolean isHeader(String line) {
        try {
            return isHeader(columns(line));
        } catch (BadRecord e) {
            return false; // quotes that are not closed
        }
    }

    private static boolean isHeader(List<String> columns) {
        return place(columns, "time") >= 0 && place(columns, "short") >= 0;
    }

    private static int place(List<String> columns, String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).strip().equalsIgnoreCase(name)) {
                return i;
            }
        }
        return -1;
    }

    private void arrange(List<String> columns) {
        places = NAMES.stream().mapToInt(name -> place(columns, name)).toArray();
        width = columns.size();
        usual = width == COLUMNS && Arrays.equals(places, new int[] {0, 1, 2, 3, 4, 5, 6});
    }

    /** What stands under one of the names; empty where there is no such column. */
    private String text(List<String> columns, int name) {
        return places[name] < 0 ? "" : columns.get(places[name]).strip();
    }

    /** Whether there are neither quotes nor letters beyond ASCII, and as many columns as there must be: nearly always. */
    private boolean isPlain(byte[] bytes, int offset, int length) {
        int column = 0;
        int end = offset + length;
        for (int i = offset; i < end; i++) {
            byte b = bytes[i];
            if (b < 0 || b == '"') {
                return false;
            }
            if (b == ',') {
                if (column == COLUMNS - 1) {
                    return false;
                }
                ends[column++] = i;
            }
        }
        ends[column] = end;
        return column == COLUMNS - 1;
    }

    private @Nullable Alarm plain(byte[] bytes, int offset, int length) throws BadRecord {
        String time = new String(bytes, offset, ends[0] - offset, StandardCharsets.US_ASCII);
        if (time.equals("time") && new String(bytes, offset, length, StandardCharsets.US_ASCII).equals(HEADER)) {
            setting.tally().countSkipped("header");
            return null;
        }
        String name = text(bytes, 1);
        int colon = name.indexOf(':');
        int nameBegin = ends[0] + 1;
        String sensor =
                colon > 0 ? texts.of(bytes, nameBegin, nameBegin + colon).text() : setting.sensor();
        begin(text(bytes, 4), name, sensor, time);
        Address address = texts.of(bytes, ends[1] + 1, ends[2]).address();
        return alarm(address, text(bytes, 3), text(bytes, 5), text(bytes, 6), hash.of(bytes, offset, length));
    }

    private String text(byte[] bytes, int column) {
        return texts.of(bytes, ends[column - 1] + 1, ends[column]).text();
    }

    private void begin(String type, String name, String sensor, String time) throws BadRecord {
        if (type.isEmpty()) {
            throw new BadRecord(Reason.TYPE);
        }
        setting.titles().note(type, name);
        alarm.clear().sensor(sensor).type(type);
        @Nullable Timestamp seconds = Timestamp.epochSeconds(time);
        alarm.time(
                setting.checked(seconds == null ? Timestamp.iso(time) : seconds).micros());
    }

    private Alarm alarm(@Nullable Address address, String host, String category, String label, Digest rawHash)
            throws BadRecord {
        alarm.src(address).host(host.isEmpty() ? null : host).category(category.isEmpty() ? null : category);
        alarm.label(label.isEmpty() ? null : label);
        try {
            return alarm.rawHash(rawHash).build();
        } catch (IllegalArgumentException e) {
            throw new BadRecord(Reason.FIELD);
        }
    }

    /** The fields of the line (RFC 4180, without line feeds inside of quotes), one more than there may be at most. */
    static List<String> columns(String line) throws BadRecord {
        List<String> columns = new ArrayList<>();
        int at = 0;
        while (at <= line.length() && columns.size() <= COLUMNS_MAX) {
            if (at < line.length() && line.charAt(at) == '"') {
                StringBuilder field = new StringBuilder();
                at = quoted(line, at + 1, field);
                columns.add(field.toString());
            } else {
                int comma = line.indexOf(',', at);
                int end = comma < 0 ? line.length() : comma;
                columns.add(line.substring(at, end));
                at = end + 1;
            }
        }
        return columns;
    }

    /** @return where the next field begins */
    private static int quoted(String line, int from, StringBuilder field) throws BadRecord {
        int at = from;
        while (at < line.length()) {
            char c = line.charAt(at);
            boolean quote = c == '"';
            if (quote && (at + 1 == line.length() || line.charAt(at + 1) == ',')) {
                return at + 2;
            }
            if (quote && line.charAt(at + 1) != '"') {
                break;
            }
            field.append(c);
            at += quote ? 2 : 1;
        }
        throw new BadRecord(Reason.SYNTAX);
    }
}
