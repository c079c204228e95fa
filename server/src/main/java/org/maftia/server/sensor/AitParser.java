package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

    AitParser(ParserSetting setting) {
        this.setting = setting;
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        String line = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (line.equals(HEADER)) {
            setting.tally().countSkipped("header");
            return null;
        }
        List<String> columns = columns(line);
        if (columns.size() != COLUMNS) {
            throw new BadRecord(Reason.SYNTAX);
        }
        if (columns.get(4).isEmpty()) {
            throw new BadRecord(Reason.TYPE);
        }
        String name = columns.get(1);
        setting.titles().note(columns.get(4), name);
        int colon = name.indexOf(':');
        alarm.clear().sensor(colon > 0 ? name.substring(0, colon) : setting.sensor());
        alarm.time(setting.checked(Timestamp.epochSeconds(columns.get(0))).micros());
        alarm.src(Fields.addressOrName(columns.get(2))).host(columns.get(3).isEmpty() ? null : columns.get(3));
        alarm.type(columns.get(4)).category(columns.get(5)).label(columns.get(6));
        try {
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
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
