package org.maftia.server.sensor;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Alarm;

/**
 * Lines of sshd in a log of syslog, with the time of RFC 3164 ({@code Dec 10 06:55:46}, no year, no offset) or of RFC 3339, or
 * wholly in the form of RFC 5424; lines of other programs are passed over.
 */
final class SyslogParser implements RecordParser {
    private static final int NAME_LENGTH_MAX = 255;

    private final ParserSetting setting;
    private final RecordHash hash = new RecordHash();
    private final Alarm.Builder alarm = new Alarm.Builder();

    SyslogParser(ParserSetting setting) {
        this.setting = setting;
    }

    /** What stands before the message. */
    private record Head(@Nullable Timestamp time, String host, String program, int messageAt) {}

    @Override
    public @Nullable Alarm parse(byte[] bytes, int offset, int length) throws BadRecord {
        String line = new String(bytes, offset, length, StandardCharsets.UTF_8);
        @Nullable Head head = head(line, setting.nowMicros());
        if (head == null) {
            throw new BadRecord(Reason.SYNTAX);
        }
        if (!SshdMessage.isSshd(head.program())) {
            setting.tally().countSkipped(head.program());
            return null;
        }
        alarm.clear().sensor(head.host()).host(head.host());
        SshdMessage.read(line.substring(Math.min(head.messageAt(), line.length())), alarm);
        alarm.time(setting.checked(head.time()).micros());
        try {
            return alarm.rawHash(hash.of(bytes, offset, length)).build();
        } catch (IllegalArgumentException e) {
            throw new BadRecord(Reason.FIELD);
        }
    }

    /** Whether the line begins as those of syslog do. */
    static boolean isLine(String line) {
        return head(line, 0) != null;
    }

    private static @Nullable Head head(String line, long nowMicros) {
        TextScan scan = new TextScan(line);
        if (scan.accept('<')) { // the priority, if the line came by network
            scan.digits(1, 3);
            scan.expect('>');
            if (line.startsWith("1 ", scan.position())) {
                return headOfVersion1(line, scan.position() + 2);
            }
        }
        boolean dated = scan.isAtDigit();
        @Nullable Timestamp time = dated ? Timestamp.iso(scan.word(40)) : undated(scan, nowMicros);
        scan.blanks();
        String host = scan.word(NAME_LENGTH_MAX);
        scan.blanks();
        String tag = scan.word(NAME_LENGTH_MAX);
        if (scan.isFailed()) {
            return null;
        }
        int end = 0; // "sshd[24200]:", "kernel:", "sshd(pam_unix)[19939]:", "syslogd 1.4.1:"
        while (end < tag.length() && tag.charAt(end) != '[' && tag.charAt(end) != ':') {
            end++;
        }
        return end == 0 ? null : new Head(time, host, tag.substring(0, end), scan.position());
    }

    /** {@code <34>1 TIME HOST PROGRAM PROCESS MESSAGE-ID STRUCTURED-DATA MESSAGE} (RFC 5424 section 6), from the time on. */
    private static @Nullable Head headOfVersion1(String line, int from) {
        TextScan scan = new TextScan(line, from);
        @Nullable Timestamp time = Timestamp.iso(scan.word(40));
        scan.expect(' ');
        String host = scan.word(NAME_LENGTH_MAX);
        scan.expect(' ');
        String program = scan.word(NAME_LENGTH_MAX);
        scan.expect(' ');
        scan.word(NAME_LENGTH_MAX);
        scan.expect(' ');
        scan.word(NAME_LENGTH_MAX);
        scan.expect(' ');
        int at = scan.isFailed() ? -1 : behindData(line, scan.position());
        return at < 0 ? null : new Head(time, host, program, at);
    }

    /** Behind {@code -}, or behind elements in brackets, in whose quotes a bracket may stand; -1 where there is neither. */
    private static int behindData(String line, int from) {
        if (line.startsWith("-", from)) {
            return from + 1;
        }
        int at = from;
        boolean quoted = false;
        while (at < line.length() && (quoted || at > from || line.charAt(at) == '[')) {
            char c = line.charAt(at);
            boolean last = c == ']' && !quoted && (at + 1 == line.length() || line.charAt(at + 1) != '[');
            quoted ^= c == '"';
            at += c == '\\' && quoted ? 2 : 1;
            if (last) {
                return at;
            }
        }
        return -1;
    }

    private static @Nullable Timestamp undated(TextScan scan, long nowMicros) {
        int month = Calendar.month(scan.word(3));
        scan.blanks();
        int day = scan.digits(1, 2);
        scan.expect(' ');
        String clock = scan.word(20);
        if (month == 0 || clock.length() < 8 || clock.charAt(2) != ':') {
            scan.fail();
        }
        if (scan.isFailed()) {
            return null;
        }
        int year = YearGuess.newest(nowMicros, month, day, clock);
        TextScan time = new TextScan(clock);
        long micros = Timestamp.time(time, year, month, day);
        return time.isAtEnd() ? Timestamp.unzoned(micros) : null;
    }
}
