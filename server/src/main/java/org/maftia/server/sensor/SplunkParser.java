package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/** What Splunk exports of an index of EVE lines: each stands as a text in {@code result._raw}, or in {@code _raw}. */
final class SplunkParser implements RecordParser {
    private final EveParser lines;

    SplunkParser(ParserSetting setting) {
        this.lines = new EveParser(setting);
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        return JsonRecord.read(bytes, offset, length, parser -> {
            @Nullable String line = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                boolean object = parser.nextToken() == JsonToken.START_OBJECT;
                if (name.equals("result") && object) {
                    line = raw(parser);
                } else if (name.equals("_raw")) {
                    line = JsonRecord.text(parser);
                } else {
                    parser.skipChildren();
                }
            }
            JsonRecord.end(parser);
            if (line == null) {
                throw new BadRecord(Reason.TYPE);
            }
            byte[] inner = line.strip().getBytes(StandardCharsets.UTF_8);
            return lines.parse(inner, 0, inner.length);
        });
    }

    private static @Nullable String raw(JsonParser parser) throws IOException {
        @Nullable String line = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean raw = parser.currentName().equals("_raw");
            parser.nextToken();
            if (raw) {
                line = JsonRecord.text(parser);
            } else {
                parser.skipChildren();
            }
        }
        return line;
    }
}
