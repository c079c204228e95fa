package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * Suricata's EVE (its manual, "EVE JSON Format"): alerts become {@code suricata:gid:sid}, other events are passed over.
 * Decoder alerts lack ports, flow, and even addresses and protocol.
 */
final class EveParser implements RecordParser {
    private static final String ALERT = "alert";

    private final ParserSetting setting;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();
    private @Nullable String event;
    private @Nullable String time;
    private @Nullable String group;
    private @Nullable String signature;
    private @Nullable String title;

    EveParser(ParserSetting setting) {
        this.setting = setting;
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        alarm.clear().sensor(setting.sensor());
        event = null;
        time = null;
        group = null;
        signature = null;
        title = null;
        return JsonRecord.read(bytes, offset, length, parser -> {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser);
                if (event != null && !event.equals(ALERT)) {
                    setting.tally().countSkipped(event);
                    return null;
                }
            }
            JsonRecord.end(parser);
            if (event == null) {
                throw new BadRecord(Reason.TYPE);
            }
            String type = type(group, signature);
            setting.titles().note(type, title);
            alarm.type(type);
            alarm.time(
                    setting.checked(time == null ? null : Timestamp.iso(time)).micros());
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
        });
    }

    private void field(JsonParser parser) throws IOException, BadRecord {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
            case "timestamp" -> time = JsonRecord.text(parser);
            case "event_type" -> event = JsonRecord.text(parser);
            case "src_ip" -> alarm.src(Fields.address(JsonRecord.text(parser)));
            case "src_port" -> alarm.srcPort(JsonRecord.port(parser));
            case "dest_ip" -> alarm.dst(Fields.address(JsonRecord.text(parser)));
            case "dest_port" -> alarm.dstPort(JsonRecord.port(parser));
            case "proto" -> alarm.proto(Fields.proto(JsonRecord.text(parser)));
            case "host" -> sensor(JsonRecord.text(parser));
            case ALERT -> alert(parser);
            default -> parser.skipChildren();
        }
    }

    /** The key {@code sensor-name} of its configuration is written as {@code host}. */
    private void sensor(@Nullable String name) {
        if (name != null && !name.isBlank()) {
            alarm.sensor(name);
        }
    }

    private void alert(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "gid" -> group = JsonRecord.text(parser);
                case "signature_id" -> signature = JsonRecord.text(parser);
                case "signature" -> title = JsonRecord.text(parser);
                case "category" -> alarm.category(JsonRecord.text(parser));
                case "severity" -> alarm.severity(Fields.severityOfPriority(Fields.small(JsonRecord.text(parser))));
                case "metadata" -> metadata(parser);
                default -> parser.skipChildren();
            }
        }
    }

    private void metadata(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        List<String> ids = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean technique = parser.currentName().equals("mitre_technique_id");
            parser.nextToken();
            if (technique) {
                ids.addAll(JsonRecord.texts(parser, Alarm.ATTACK_IDS_MAX));
            } else {
                parser.skipChildren();
            }
        }
        if (!ids.isEmpty()) {
            alarm.attackIds(ids);
        }
    }

    /** {@code suricata:gid:sid}; the group of old versions without one is 1. */
    static String type(@Nullable String group, @Nullable String signature) throws BadRecord {
        return "suricata:" + Fields.ruleNumber(group == null ? "1" : group) + ":" + Fields.ruleNumber(signature);
    }
}
