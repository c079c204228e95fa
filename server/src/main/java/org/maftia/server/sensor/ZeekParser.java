package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * Zeek's logs {@code notice} and {@code weird}, in JSON or in Zeek's own form: {@code zeek:notice:<note>} and
 * {@code zeek:weird:<name>}; others are passed over. Which log it is says {@code _path} or the header, else what the record
 * has, else the name of the file. The keys of a connection are flat, with a point inside: {@code id.orig_h}. Notices that
 * are about no connection, such as those of scans, name {@code src}, {@code dst} and {@code p} instead.
 */
final class ZeekParser implements RecordParser {
    private static final String NOTICE = "notice";
    private static final String WEIRD = "weird";

    /** Seconds have fewer digits until the year 5138, milliseconds have had more since 1973. */
    private static final int SECONDS_DIGITS_MAX = 11;

    private final ParserSetting setting;
    private final String pathOfInput;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();
    private final ZeekColumns columns = new ZeekColumns();
    private @Nullable String path;
    private @Nullable String note;
    private @Nullable String name;
    private @Nullable String time;
    private @Nullable String src;
    private @Nullable String dst;
    private @Nullable String port;
    private boolean connection;
    private boolean noticed;

    ZeekParser(ParserSetting setting) {
        this.setting = setting;
        this.pathOfInput = pathOf(setting.input());
    }

    /** {@code weird} of {@code /logs/weird.2024-01-01.json.gz}. */
    private static String pathOf(String input) {
        String file = input.substring(Math.max(input.lastIndexOf('/'), input.lastIndexOf('!')) + 1);
        int end = 0;
        while (end < file.length() && (Character.isLetter(file.charAt(end)) || file.charAt(end) == '_')) {
            end++;
        }
        return file.substring(0, end);
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        alarm.clear().sensor(setting.sensor());
        path = null;
        note = null;
        name = null;
        time = null;
        src = null;
        dst = null;
        port = null;
        connection = false;
        noticed = false;
        if (bytes[offset] != '{') {
            return line(bytes, offset, length);
        }
        return JsonRecord.read(bytes, offset, length, parser -> {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser);
            }
            JsonRecord.end(parser);
            return finish(bytes, offset, length);
        });
    }

    private @Nullable Alarm line(byte[] bytes, int offset, int length) throws BadRecord {
        String line = new String(bytes, offset, length, StandardCharsets.UTF_8);
        if (line.startsWith("#")) {
            columns.header(line);
            setting.tally().countSkipped("header");
            return null;
        }
        List<@Nullable String> values = columns.values(line);
        path = columns.path();
        for (int i = 0; i < values.size(); i++) {
            @Nullable String value = values.get(i);
            if (value != null) {
                value(columns.names().get(i), value);
            }
        }
        try {
            return finish(bytes, offset, length);
        } catch (IllegalArgumentException e) {
            throw new BadRecord(Reason.FIELD);
        }
    }

    private @Nullable Alarm finish(byte[] bytes, int offset, int length) throws BadRecord {
        @Nullable String type = type();
        if (type == null) {
            return null;
        }
        if (!connection) {
            alarm.src(Fields.addressOrName(src)).dst(Fields.addressOrName(dst));
            alarm.dstPort(port == null ? Alarm.NONE : Fields.port(port));
        }
        alarm.type(type).time(setting.checked(moment()).micros());
        return alarm.rawHash(hash.of(bytes, offset, length)).build();
    }

    /** Null where the record is of another log. */
    private @Nullable String type() throws BadRecord {
        String log = log();
        boolean notice = log.equals(NOTICE);
        if (!notice && !log.equals(WEIRD)) {
            setting.tally().countSkipped(log.isEmpty() ? "zeek" : log);
            return null;
        }
        @Nullable String kind = notice ? note : name;
        if (kind == null || kind.isBlank()) {
            throw new BadRecord(Reason.TYPE);
        }
        return "zeek:" + log + ":" + kind;
    }

    /** No other log has a {@code note}, and none but {@code weird} a name and the flag {@code notice}. */
    private String log() {
        if (path != null) {
            return path;
        }
        if (note != null) {
            return NOTICE;
        }
        return name != null && noticed ? WEIRD : pathOfInput;
    }

    private void field(JsonParser parser) throws IOException, BadRecord {
        String key = parser.currentName();
        parser.nextToken();
        if (key.equals("id") && parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() == JsonToken.FIELD_NAME) { // as tools that work on the logs write them
                String inner = "id." + parser.currentName();
                parser.nextToken();
                value(inner, JsonRecord.text(parser));
            }
        } else {
            value(key, JsonRecord.text(parser));
        }
    }

    private void value(String key, @Nullable String text) throws BadRecord {
        if (text == null || text.isEmpty()) {
            return;
        }
        switch (key) {
            case "_path" -> path = text;
            case "ts" -> time = text;
            case "note" -> note = text;
            case "name" -> name = text;
            case "notice" -> noticed = true;
            case "src" -> src = text;
            case "dst" -> dst = text;
            case "p" -> port = text;
            case "id.orig_h" -> {
                alarm.src(Fields.address(text));
                connection = true;
            }
            case "id.orig_p" -> alarm.srcPort(Fields.port(text));
            case "id.resp_h" -> alarm.dst(Fields.address(text));
            case "id.resp_p" -> alarm.dstPort(Fields.port(text));
            case "proto" -> alarm.proto(Fields.proto(text));
            case "peer", "peer_descr" -> alarm.sensor(text.isBlank() ? setting.sensor() : text);
            default -> {
                // nothing of interest
            }
        }
    }

    /** Text in ISO 8601, a decimal number of seconds, or a whole number of milliseconds. */
    private @Nullable Timestamp moment() {
        if (time == null) {
            return null;
        }
        @Nullable Timestamp iso = Timestamp.iso(time);
        if (iso != null) {
            return iso;
        }
        boolean millis = time.length() > SECONDS_DIGITS_MAX && time.indexOf('.') < 0;
        return millis ? Timestamp.epochMillis(time) : Timestamp.epochSeconds(time);
    }
}
