package org.maftia.server.sensor;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * {@code alert_json} of Snort 3 (its manual, "Alert Logging"): {@code snort:gid:sid}. A site chooses which fields are
 * written; whatever names the rule and the time will do. {@code seconds} goes before {@code timestamp}, which has neither
 * year nor offset.
 */
final class SnortParser implements RecordParser {
    private final ParserSetting setting;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();
    private @Nullable String timestamp;
    private @Nullable String seconds;
    private @Nullable String rule;
    private @Nullable String group;
    private @Nullable String signature;
    private @Nullable String title;
    private @Nullable String proto;
    private int srcPort;
    private int dstPort;

    SnortParser(ParserSetting setting) {
        this.setting = setting;
    }

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        alarm.clear().sensor(setting.sensor());
        timestamp = null;
        seconds = null;
        rule = null;
        group = null;
        signature = null;
        title = null;
        proto = null;
        srcPort = Alarm.NONE;
        dstPort = Alarm.NONE;
        return JsonRecord.read(bytes, offset, length, parser -> {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                field(parser);
            }
            JsonRecord.end(parser);
            String type = type();
            setting.titles().note(type, title == null ? null : FastLogParser.unquoted(title));
            alarm.type(type).proto(Fields.proto(proto));
            if (FastLogParser.hasPorts(proto)) {
                alarm.srcPort(srcPort).dstPort(dstPort);
            }
            alarm.time(setting.checked(time()).micros());
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
        });
    }

    private String type() throws BadRecord {
        if (rule == null) {
            return "snort:" + Fields.ruleNumber(group == null ? "1" : group) + ":" + Fields.ruleNumber(signature);
        }
        String[] parts = rule.split(":", -1);
        if (parts.length < 2) {
            throw new BadRecord(Reason.TYPE);
        }
        return "snort:" + Fields.ruleNumber(parts[0]) + ":" + Fields.ruleNumber(parts[1]);
    }

    private @Nullable Timestamp time() throws BadRecord {
        if (seconds != null) {
            return Timestamp.epochSeconds(seconds);
        }
        return timestamp == null
                ? null
                : Timestamp.unzoned(
                        SlashedTime.read(timestamp, true, setting.nowMicros()).micros());
    }

    private void field(JsonParser parser) throws IOException, BadRecord {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
            case "timestamp" -> timestamp = JsonRecord.text(parser);
            case "seconds" -> seconds = JsonRecord.text(parser);
            case "rule" -> rule = JsonRecord.text(parser);
            case "gid" -> group = JsonRecord.text(parser);
            case "sid" -> signature = JsonRecord.text(parser);
            case "msg" -> title = JsonRecord.text(parser);
            case "class" -> category(JsonRecord.text(parser));
            case "priority" -> alarm.severity(Fields.severityOfPriority(Fields.small(JsonRecord.text(parser))));
            case "proto" -> proto = JsonRecord.text(parser);
            case "src_addr" -> alarm.src(Fields.address(JsonRecord.text(parser)));
            case "dst_addr" -> alarm.dst(Fields.address(JsonRecord.text(parser)));
            case "src_port" -> srcPort = JsonRecord.port(parser);
            case "dst_port" -> dstPort = JsonRecord.port(parser);
            case "src_ap" -> {
                Fields.Endpoint end = endpoint(parser);
                alarm.src(end.address());
                srcPort = end.port();
            }
            case "dst_ap" -> {
                Fields.Endpoint end = endpoint(parser);
                alarm.dst(end.address());
                dstPort = end.port();
            }
            default -> parser.skipChildren();
        }
    }

    private void category(@Nullable String text) {
        alarm.category(text == null || text.equals("none") ? null : text);
    }

    /** {@code address:port}, with port 0 where the protocol has none, and {@code :0} for packets without addresses. */
    private static Fields.Endpoint endpoint(JsonParser parser) throws IOException, BadRecord {
        @Nullable String text = JsonRecord.text(parser);
        return text == null || text.isEmpty() ? new Fields.Endpoint(null, Alarm.NONE) : Fields.endpoint(text, true);
    }
}
