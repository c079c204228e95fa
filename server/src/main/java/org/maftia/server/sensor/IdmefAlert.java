package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;

/**
 * One {@code Alert} while its elements go by. Of several sources and targets the first that has an address counts. The time
 * is the text of {@code CreateTime}; where that cannot be read its {@code ntpstamp}, and else now, which is counted. The
 * hash is of names, attributes and texts in order, so that neither prefixes nor line ends matter.
 */
final class IdmefAlert {
    /** Names and addresses; longer texts are of no use here. */
    private static final int TEXT_LENGTH_MAX = 4096;

    private final ParserSetting setting;
    private final Alarm.Builder alarm = new Alarm.Builder();
    private final List<String> path = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final MessageDigest digest;
    private @Nullable String classification;
    private @Nullable String createTime;
    private @Nullable String ntpStamp;
    private @Nullable Address src;
    private @Nullable Address dst;
    private @Nullable String targetName;
    private String addressCategory = "";

    IdmefAlert(ParserSetting setting) {
        this.setting = setting;
        alarm.sensor(setting.sensor());
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    void open(String name, XMLStreamReader reader) {
        path.add(name);
        text.setLength(0);
        digest("<" + name);
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            digest(reader.getAttributeLocalName(i) + "=" + reader.getAttributeValue(i));
        }
        switch (String.join("/", path)) {
            case "Analyzer" -> analyzer(reader);
            case "CreateTime" -> ntpStamp = reader.getAttributeValue(null, "ntpstamp");
            case "Classification" -> classification = reader.getAttributeValue(null, "text");
            case "Assessment/Impact" -> impact(reader);
            case "Source/Node/Address", "Target/Node/Address" ->
                addressCategory = orEmpty(reader.getAttributeValue(null, "category"));
            default -> {
                // nothing of interest, or only its text
            }
        }
    }

    private void digest(String part) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        digest.update(bytes);
        digest.update((byte) 0);
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    private void analyzer(XMLStreamReader reader) {
        String id = orEmpty(reader.getAttributeValue(null, "analyzerid")).strip();
        String name = orEmpty(reader.getAttributeValue(null, "name")).strip();
        String sensor = id.isEmpty() || id.equals("0") ? name : id; // 0: it has none, RFC 4765 section 3.2.2
        if (!sensor.isEmpty()) {
            alarm.sensor(sensor);
        }
    }

    private void impact(XMLStreamReader reader) {
        alarm.severity(
                switch (orEmpty(reader.getAttributeValue(null, "severity"))) {
                    case "info" -> 1;
                    case "low" -> 2;
                    case "medium" -> 3;
                    case "high" -> 4;
                    default -> 0;
                });
        @Nullable String type = reader.getAttributeValue(null, "type");
        if (type != null) {
            alarm.category(type);
        }
    }

    void text(String part) {
        int room = TEXT_LENGTH_MAX - text.length();
        text.append(part, 0, Math.min(room, part.length()));
    }

    void close() throws BadRecord {
        String content = text.toString().strip();
        digest(content);
        switch (String.join("/", path)) {
            case "CreateTime" -> createTime = content;
            case "Source/Node/Address/address" -> src = src == null && isIp() ? Fields.addressOrName(content) : src;
            case "Target/Node/Address/address" -> dst = dst == null && isIp() ? Fields.addressOrName(content) : dst;
            case "Target/Node/name" -> targetName = targetName == null && !content.isEmpty() ? content : targetName;
            case "Source/Service/port" -> alarm.srcPort(content.isEmpty() ? Alarm.NONE : Fields.port(content));
            case "Target/Service/port" -> alarm.dstPort(content.isEmpty() ? Alarm.NONE : Fields.port(content));
            case "Target/Service/protocol" -> alarm.proto(Fields.proto(content));
            default -> {
                // nothing of interest
            }
        }
        path.removeLast();
        text.setLength(0);
    }

    private boolean isIp() {
        return addressCategory.startsWith("ipv") || addressCategory.isEmpty() || addressCategory.equals("unknown");
    }

    Alarm build() throws BadRecord {
        if (classification == null || classification.isBlank()) {
            throw new BadRecord(Reason.TYPE);
        }
        alarm.type("idmef:" + classification.strip()).src(src).dst(dst).host(targetName);
        try {
            return alarm.time(time().micros())
                    .rawHash(Digest.of(digest.digest()))
                    .build();
        } catch (IllegalArgumentException e) {
            throw new BadRecord(Reason.FIELD);
        }
    }

    private Timestamp time() {
        @Nullable Timestamp time = createTime == null ? null : Timestamp.iso(createTime);
        if (time == null) {
            setting.tally().countOtherClock();
            time = ntpStamp == null ? null : Timestamp.ntp(ntpStamp.strip());
        } else if (!time.zoned()) {
            setting.tally().countUnzoned();
        }
        return time == null ? new Timestamp(setting.nowMicros(), true) : time;
    }

    @Override
    public String toString() {
        return "Alert " + orEmpty(classification) + " " + orEmpty(createTime);
    }
}
