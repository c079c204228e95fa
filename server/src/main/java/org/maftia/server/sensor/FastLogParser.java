package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * {@code fast.log} of Suricata and Snort, one alert a line: {@code 08/06/2020-05:19:48.886764  [**] [1:2200073:2] text [**]
 * [Classification: c] [Priority: 3] {TCP} 192.0.2.1:80 -> 198.51.100.2:443}. Suricata writes the whole year, Snort does
 * not; by that the types are told apart. Neither writes an offset: UTC is assumed and counted.
 */
final class FastLogParser implements RecordParser {
    private static final String MARK = "[**]";
    private static final String CLASSIFICATION = "[Classification: ";
    private static final String PRIORITY = "[Priority: ";

    private final ParserSetting setting;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();

    FastLogParser(ParserSetting setting) {
        this.setting = setting;
    }

    @Override
    public Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        String line = new String(bytes, offset, length, StandardCharsets.UTF_8);
        alarm.clear().sensor(setting.sensor());
        int mark = line.indexOf(MARK);
        int text = mark < 0 ? -1 : line.indexOf(MARK, mark + MARK.length());
        if (text < 0) {
            throw new BadRecord(Reason.SYNTAX);
        }
        @Nullable String rule = ruleAt(line, mark + MARK.length());
        int titleAt = line.indexOf(']', line.indexOf('[', mark + MARK.length())) + 1;
        String title = title(line.substring(Math.min(titleAt, text), text).strip());
        String unquoted = unquoted(title);
        boolean suricata = time(line.substring(0, mark).strip(), !unquoted.equals(title));
        if (rule == null) {
            throw new BadRecord(Reason.TYPE);
        }
        String type = (suricata ? "suricata:" : "snort:") + rule;
        setting.titles().note(type, unquoted);
        alarm.type(type);
        tail(line.substring(text + MARK.length()), suricata);
        try {
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
        } catch (IllegalArgumentException e) {
            throw new BadRecord(Reason.FIELD);
        }
    }

    /** Without the interface that Snort writes before it, if it was told to: {@code <eth0> text}. */
    private static String title(String text) {
        int end = text.startsWith("<") ? text.indexOf("> ") : -1;
        return end < 0 ? text : text.substring(end + 1).strip();
    }

    /** Snort 3 writes the words of a rule with the quotes around them. */
    static String unquoted(String title) {
        boolean quoted = title.length() >= 2 && title.startsWith("\"") && title.endsWith("\"");
        return quoted ? title.substring(1, title.length() - 1) : title;
    }

    /** Suricata writes two numbers for every protocol, Snort only for some: these have ports. */
    static boolean hasPorts(@Nullable String proto) {
        return proto != null && (proto.equals("TCP") || proto.equals("UDP") || proto.equals("SCTP"));
    }

    /**
     * Reads the time, and passes over what a sensor in the line did with the packet: {@code [Drop]}, {@code [wDrop]}.
     *
     * @return whether the year has four digits
     */
    private boolean time(String text, boolean three) throws BadRecord {
        int blank = text.indexOf(' ');
        String behind = blank < 0 ? "" : text.substring(blank).strip();
        if (!behind.isEmpty() && !(behind.startsWith("[") && behind.endsWith("]"))) {
            throw new BadRecord(Reason.SYNTAX);
        }
        SlashedTime time = SlashedTime.read(blank < 0 ? text : text.substring(0, blank), three, setting.nowMicros());
        alarm.time(setting.checked(Timestamp.unzoned(time.micros())).micros());
        return time.fullYear();
    }

    /** {@code gid:sid} of the {@code [gid:sid:rev]} that stands there after blanks. */
    private static @Nullable String ruleAt(String line, int from) {
        int at = from;
        while (at < line.length() && line.charAt(at) == ' ') {
            at++;
        }
        TextScan scan = new TextScan(line, at);
        scan.expect('[');
        long group = scan.number(1, 10);
        scan.expect(':');
        long signature = scan.number(1, 18);
        scan.expect(':');
        scan.number(1, 10);
        scan.expect(']');
        return scan.isFailed() ? null : group + ":" + signature;
    }

    /** The type of the alert that a log line of another kind quotes. */
    static @Nullable String typeWithin(String text) {
        int mark = text.indexOf(MARK);
        @Nullable String rule = mark < 0 ? null : ruleAt(text, mark + MARK.length());
        return rule == null ? null : "suricata:" + rule;
    }

    private void tail(String tail, boolean suricata) throws BadRecord {
        int category = tail.indexOf(CLASSIFICATION);
        int priority = tail.indexOf(PRIORITY);
        if (category >= 0 && tail.indexOf(']', category) > 0) {
            alarm.category(tail.substring(category + CLASSIFICATION.length(), tail.indexOf(']', category)));
        }
        if (priority >= 0 && tail.indexOf(']', priority) > 0) {
            String number = tail.substring(priority + PRIORITY.length(), tail.indexOf(']', priority));
            alarm.severity(Fields.severityOfPriority(Fields.small(number)));
        }
        int brace = tail.indexOf('{');
        int close = tail.indexOf('}', Math.max(brace, 0));
        if (brace < 0 || close < 0) {
            return; // alerts of the decoder quote the packet instead
        }
        String proto = tail.substring(brace + 1, close);
        int arrow = tail.indexOf(" -> ", close);
        if (arrow < 0) {
            return;
        }
        boolean ported = hasPorts(proto);
        Fields.Endpoint src = Fields.endpoint(tail.substring(close + 1, arrow).strip(), ported || suricata);
        Fields.Endpoint dst = Fields.endpoint(tail.substring(arrow + 4).strip(), ported || suricata);
        alarm.proto(Fields.proto(proto)).src(src.address()).dst(dst.address());
        if (ported) {
            alarm.srcPort(src.port()).dstPort(dst.port());
        }
    }
}
