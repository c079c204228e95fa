package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * Zeek's logs {@code notice} and {@code weird} in JSON: {@code zeek:notice:<note>} and {@code zeek:weird:<name>}; others are
 * passed over. Which log it is says {@code _path}, else the name of the file. The keys of a connection are flat, with a
 * point inside: {@code id.orig_h}.
 */
final class ZeekParser implements RecordParser {
    private final ParserSetting setting;
    private final String pathOfInput;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();
    private @Nullable String path;
    private @Nullable String note;
    private @Nullable String name;
    private @Nullable Timestamp time;

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
        return JsonRecord.read(bytes, offset, length, parser -> {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser);
            }
            JsonRecord.end(parser);
            @Nullable String type = type();
            if (type == null) {
                return null;
            }
            alarm.type(type).time(setting.checked(time).micros());
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
        });
    }

    /** Null where the record is of another log. */
    private @Nullable String type() throws BadRecord {
        String log = path == null ? pathOfInput : path;
        boolean notice = log.equals("notice");
        if (!notice && !log.equals("weird")) {
            setting.tally().countSkipped(log.isEmpty() ? "zeek" : log);
            return null;
        }
        @Nullable String kind = notice ? note : name;
        if (kind == null || kind.isBlank()) {
            throw new BadRecord(Reason.TYPE);
        }
        return "zeek:" + log + ":" + kind;
    }

    private void field(JsonParser parser) throws IOException, BadRecord {
        String key = parser.currentName();
        parser.nextToken();
        switch (key) {
            case "_path" -> path = JsonRecord.text(parser);
            case "ts" -> time(parser);
            case "note" -> note = JsonRecord.text(parser);
            case "name" -> name = JsonRecord.text(parser);
            case "id.orig_h" -> alarm.src(Fields.address(JsonRecord.text(parser)));
            case "id.orig_p" -> alarm.srcPort(JsonRecord.port(parser));
            case "id.resp_h" -> alarm.dst(Fields.address(JsonRecord.text(parser)));
            case "id.resp_p" -> alarm.dstPort(JsonRecord.port(parser));
            case "proto" -> alarm.proto(Fields.proto(JsonRecord.text(parser)));
            case "peer", "peer_descr" -> sensor(JsonRecord.text(parser));
            default -> parser.skipChildren();
        }
    }

    /** Text in ISO 8601, or a decimal number of seconds. */
    private void time(JsonParser parser) throws IOException {
        boolean number = parser.currentToken().isNumeric();
        @Nullable String text = JsonRecord.text(parser);
        if (text != null) {
            time = number ? Timestamp.epochSeconds(text) : Timestamp.iso(text);
            if (time == null && !number) {
                time = Timestamp.epochSeconds(text);
            }
        }
    }

    private void sensor(@Nullable String peer) {
        if (peer != null && !peer.isBlank()) {
            alarm.sensor(peer);
        }
    }
}
