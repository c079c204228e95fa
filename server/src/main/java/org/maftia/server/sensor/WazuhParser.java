package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * Wazuh's {@code alerts.json} of version 4: {@code wazuh:<rule.id>}. The alert of Suricata that may stand inside, decoded in
 * {@code data} or as a line in {@code full_log}, gives the inner type and whatever of the connection is missing outside.
 * What was taken out of Wazuh's index may have its time as {@code @timestamp} only.
 */
final class WazuhParser implements RecordParser {
    private final ParserSetting setting;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();
    private boolean ruled;
    private @Nullable String rule;
    private @Nullable String title;
    private @Nullable String time;
    private @Nullable String indexTime;
    private @Nullable String innerGroup;
    private @Nullable String innerSignature;
    private @Nullable String fullLog;

    WazuhParser(ParserSetting setting) {
        this.setting = setting;
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        alarm.clear().sensor(setting.sensor());
        ruled = false;
        rule = null;
        title = null;
        time = null;
        indexTime = null;
        innerGroup = null;
        innerSignature = null;
        fullLog = null;
        return JsonRecord.read(bytes, offset, length, parser -> {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser);
            }
            JsonRecord.end(parser);
            if (!ruled) {
                setting.tally().countSkipped("no rule"); // archives.json keeps what no rule was met by
                return null;
            }
            String type = "wazuh:" + Fields.ruleNumber(rule);
            setting.titles().note(type, title);
            alarm.type(type).innerType(innerType());
            @Nullable String stated = time == null ? indexTime : time;
            alarm.time(setting.checked(stated == null ? null : Timestamp.iso(stated))
                    .micros());
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
        });
    }

    private @Nullable String innerType() throws BadRecord {
        if (innerSignature != null) {
            return EveParser.type(innerGroup, innerSignature);
        }
        return fullLog == null ? null : FastLogParser.typeWithin(fullLog);
    }

    private void field(JsonParser parser) throws IOException, BadRecord {
        String name = parser.currentName();
        boolean object = parser.nextToken() == JsonToken.START_OBJECT;
        switch (name) {
            case "timestamp" -> time = JsonRecord.text(parser);
            case "@timestamp" -> indexTime = JsonRecord.text(parser);
            case "full_log" -> fullLog = JsonRecord.text(parser);
            case "rule", "agent", "manager", "data" -> {
                ruled |= name.equals("rule");
                while (object && parser.nextToken() == JsonToken.FIELD_NAME) {
                    String key = parser.currentName();
                    parser.nextToken();
                    switch (name) {
                        case "rule" -> rule(parser, key);
                        case "agent" -> agent(parser, key);
                        case "manager" -> manager(parser, key);
                        default -> data(parser, key);
                    }
                }
                if (!object) {
                    parser.skipChildren();
                }
            }
            default -> parser.skipChildren();
        }
    }

    private void rule(JsonParser parser, String key) throws IOException {
        switch (key) {
            case "id" -> rule = JsonRecord.text(parser);
            case "description" -> title = JsonRecord.text(parser);
            case "level" -> {
                @Nullable String level = JsonRecord.text(parser);
                alarm.severity(level == null ? 0 : Fields.severityOfLevel(Fields.small(level)));
            }
            case "groups" -> {
                List<String> groups = JsonRecord.texts(parser, 8);
                alarm.category(groups.isEmpty() ? null : String.join(",", groups));
            }
            case "mitre" -> {
                boolean object = parser.currentToken() == JsonToken.START_OBJECT;
                while (object && parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean ids = parser.currentName().equals("id");
                    parser.nextToken();
                    if (ids) {
                        alarm.attackIds(JsonRecord.texts(parser, Alarm.ATTACK_IDS_MAX));
                    } else {
                        parser.skipChildren();
                    }
                }
                if (!object) {
                    parser.skipChildren();
                }
            }
            default -> parser.skipChildren();
        }
    }

    private void agent(JsonParser parser, String key) throws IOException {
        @Nullable String text = JsonRecord.text(parser);
        if (key.equals("name") && text != null && !text.isBlank()) {
            alarm.host(text);
        }
    }

    private void manager(JsonParser parser, String key) throws IOException {
        @Nullable String text = JsonRecord.text(parser);
        if (key.equals("name") && text != null && !text.isBlank()) {
            alarm.sensor(text);
        }
    }

    /** Names of Wazuh's own decoders, and those of EVE which it passes on. */
    private void data(JsonParser parser, String key) throws IOException, BadRecord {
        switch (key) {
            case "srcip", "src_ip" -> source(JsonRecord.text(parser));
            case "dstip", "dest_ip" -> destination(JsonRecord.text(parser));
            case "srcport", "src_port" -> alarm.srcPort(JsonRecord.port(parser));
            case "dstport", "dest_port" -> alarm.dstPort(JsonRecord.port(parser));
            case "proto", "protocol" -> alarm.proto(Fields.proto(JsonRecord.text(parser)));
            case "alert" -> alert(parser);
            default -> parser.skipChildren();
        }
    }

    /** Decoders put names here too: then there is no address. */
    private void source(@Nullable String text) throws BadRecord {
        Fields.@Nullable Endpoint end = endpoint(text);
        if (end != null) {
            alarm.src(end.address());
            if (end.port() != Alarm.NONE) {
                alarm.srcPort(end.port());
            }
        }
    }

    private void destination(@Nullable String text) throws BadRecord {
        Fields.@Nullable Endpoint end = endpoint(text);
        if (end != null) {
            alarm.dst(end.address());
            if (end.port() != Alarm.NONE) {
                alarm.dstPort(end.port());
            }
        }
    }

    private static Fields.@Nullable Endpoint endpoint(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Fields.endpoint(text, false);
        } catch (BadRecord e) {
            return null; // a name, or what else a decoder took for an address; the alarm is worth more than the field
        }
    }

    private void alert(JsonParser parser) throws IOException {
        boolean object = parser.currentToken() == JsonToken.START_OBJECT;
        while (object && parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "gid" -> innerGroup = JsonRecord.text(parser);
                case "signature_id" -> innerSignature = JsonRecord.text(parser);
                default -> parser.skipChildren();
            }
        }
        if (!object) {
            parser.skipChildren();
        }
    }
}
