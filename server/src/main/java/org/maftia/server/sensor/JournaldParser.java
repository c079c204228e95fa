package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * What {@code journalctl -o json} writes (systemd, "Journal Export Formats"): entries of sshd become alarms, those of other
 * programs are passed over. The time is microseconds as text; a message that is no clean UTF-8 is an array of its bytes.
 */
final class JournaldParser implements RecordParser {
    private final ParserSetting setting;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();
    private @Nullable String time;
    private @Nullable String identifier;
    private @Nullable String command;
    private @Nullable String message;
    private @Nullable String host;

    JournaldParser(ParserSetting setting) {
        this.setting = setting;
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        alarm.clear().sensor(setting.sensor());
        time = null;
        identifier = null;
        command = null;
        message = null;
        host = null;
        return JsonRecord.read(bytes, offset, length, parser -> {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser);
            }
            JsonRecord.end(parser);
            String program = identifier != null ? identifier : command != null ? command : "journal";
            if (!SshdMessage.isSshd(program)) {
                setting.tally().countSkipped(program);
                return null;
            }
            if (message == null) {
                throw new BadRecord(Reason.TYPE);
            }
            SshdMessage.read(message, alarm);
            if (host != null && !host.isBlank()) {
                alarm.host(host).sensor(host);
            }
            alarm.time(setting.checked(time == null ? null : Timestamp.epochMicros(time))
                    .micros());
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
        });
    }

    private void field(JsonParser parser) throws IOException, BadRecord {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
            case "__REALTIME_TIMESTAMP" -> time = JsonRecord.text(parser);
            case "SYSLOG_IDENTIFIER" -> identifier = textOrBytes(parser);
            case "_COMM" -> command = textOrBytes(parser);
            case "_HOSTNAME" -> host = textOrBytes(parser);
            case "MESSAGE" -> message = textOrBytes(parser);
            default -> parser.skipChildren();
        }
    }

    private static @Nullable String textOrBytes(JsonParser parser) throws IOException, BadRecord {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return JsonRecord.text(parser);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        @Nullable String first = null;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) { // a field that occurs twice
                first = first == null ? parser.getText() : first;
                continue;
            }
            if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new BadRecord(Reason.FIELD);
            }
            int value = Fields.small(parser.getText());
            if (value > 255) {
                throw new BadRecord(Reason.FIELD);
            }
            bytes.write(value);
        }
        return first == null ? bytes.toString(StandardCharsets.UTF_8) : first;
    }
}
