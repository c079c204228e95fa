package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * {@code fast.log} of Suricata and Snort, one alert a line: {@code 08/06/2020-05:19:48.886764  [**] [1:2200073:2] text [**]
 * [Classification: c] [Priority: 3] {TCP} 192.0.2.1:80 -> 198.51.100.2:443}. Suricata writes the year, Snort none or two
 * digits of it; by that the types are told apart. Neither writes an offset: UTC is assumed and counted.
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
        boolean suricata = time(line.substring(0, mark).strip());
        @Nullable String rule = ruleAt(line, mark + MARK.length());
        if (rule == null) {
            throw new BadRecord(Reason.TYPE);
        }
        String type = (suricata ? "suricata:" : "snort:") + rule;
        int titleAt = line.indexOf(']', line.indexOf('[', mark + MARK.length())) + 1;
        setting.titles().note(type, line.substring(Math.min(titleAt, text), text));
        alarm.type(type);
        tail(line.substring(text + MARK.length()), suricata);
        try {
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
        } catch (IllegalArgumentException e) {
            throw new BadRecord(Reason.FIELD);
        }
    }

    /** @return whether the year has four digits */
    private boolean time(String text) throws BadRecord {
        TextScan scan = new TextScan(text);
        int month = scan.digits(2, 2);
        scan.expect('/');
        int day = scan.digits(2, 2);
        int year = 0;
        boolean four = false;
        if (scan.accept('/')) {
            int begin = scan.position();
            year = scan.digits(2, 4);
            four = scan.position() - begin == 4;
            year = four ? year : 2000 + year;
        }
        scan.expect('-');
        boolean dated = year > 0;
        if (!dated) {
            year = YearGuess.newest(setting.nowMicros(), month, day, text.substring(scan.position()));
        }
        long micros = Timestamp.time(scan, year, month, day);
        if (scan.isFailed() || !scan.isAtEnd()) {
            throw new BadRecord(Reason.TIME);
        }
        alarm.time(setting.checked(Timestamp.unzoned(micros)).micros());
        return four;
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
        // Suricata writes two numbers for every protocol, Snort only for those that have ports.
        boolean ported = proto.equals("TCP") || proto.equals("UDP") || proto.equals("SCTP");
        Fields.Endpoint src = Fields.endpoint(tail.substring(close + 1, arrow).strip(), ported || suricata);
        Fields.Endpoint dst = Fields.endpoint(tail.substring(arrow + 4).strip(), ported || suricata);
        alarm.proto(Fields.proto(proto)).src(src.address()).dst(dst.address());
        if (ported) {
            alarm.srcPort(src.port()).dstPort(dst.port());
        }
    }
}
