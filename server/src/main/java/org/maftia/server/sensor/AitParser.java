package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;

/**
 * The labelled alarms of the AIT Alert Data Set: {@code time,name,ip,host,short,time_label,event_label}. The type is the
 * column {@code short} as it stands, so that figures can be compared with those that others measured. The lines are
 * not sorted.
 */
final class AitParser implements RecordParser {
    /** How its files begin. */
    static final String HEADER = "time,name,ip,host,short,time_label,event_label";

    private static final int COLUMNS = 7;

    private final ParserSetting setting;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();
    private final FieldTexts texts = new FieldTexts();

    /** Where the columns of a plain line end. */
    private final int[] ends = new int[COLUMNS];

    AitParser(ParserSetting setting) {
        this.setting = setting;
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        if (isPlain(bytes, offset, length)) {
            return plain(bytes, offset, length);
        }
        String line = new String(bytes, offset, length, StandardCharsets.UTF_8);
        List<String> columns = columns(line);
        if (columns.size() != COLUMNS) {
            throw new BadRecord(Reason.SYNTAX);
        }
        String name = columns.get(1);
        int colon = name.indexOf(':');
        begin(columns.get(4), name, colon > 0 ? name.substring(0, colon) : setting.sensor(), columns.get(0));
        Address address = Fields.addressOrName(columns.get(2));
        return alarm(address, columns.get(3), columns.get(5), columns.get(6), hash.of(bytes, offset, length));
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
        alarm.time(setting.checked(Timestamp.epochSeconds(time)).micros());
    }

    private Alarm alarm(@Nullable Address address, String host, String category, String label, Digest rawHash)
            throws BadRecord {
        alarm.src(address).host(host.isEmpty() ? null : host).category(category).label(label);
        try {
            return alarm.rawHash(rawHash).build();
        } catch (IllegalArgumentException e) {
            throw new BadRecord(Reason.FIELD);
        }
    }

    /** The fields of the line (RFC 4180, without line feeds inside of quotes), one more than there may be at most. */
    static List<String> columns(String line) throws BadRecord {
        List<String> columns = new ArrayList<>(COLUMNS + 1);
        int at = 0;
        while (at <= line.length() && columns.size() <= COLUMNS) {
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
