package org.maftia.services.detection;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;

/**
 * What a sensor reported: when, who says so, and which of the sensor's rules it was; all else may be missing. A value of
 * this class is bounded, and its texts are clean (see {@link #clean}): they can be printed anywhere.
 *
 * @param timeMicros since 1970, UTC, before the year 10000
 * @param sensor who reports
 * @param type what, with the sensor's kind before it: {@code suricata:1:2210044}
 * @param src where it came from
 * @param dst where it went
 * @param srcPort 0 to 65535, or {@link #NONE}
 * @param dstPort likewise
 * @param proto in lower case: {@code tcp}
 * @param host the name of the machine that it is about
 * @param severity 0 unknown, 1 informational, 2 low, 3 medium, 4 high, 5 critical (OCSF severity_id)
 * @param category the sensor's own class of such alarms
 * @param attackIds ids of ATT&amp;CK techniques, at most {@link #ATTACK_IDS_MAX}
 * @param innerType the type of an alarm of another sensor that this one wraps, so that one event which came in through two
 *     feeds is recognised
 * @param rawHash SHA-256 of the record as it came, which names it
 * @param label in labelled data the step of the attack that it belongs to, or {@link #HARMLESS}; null in all other data
 */
public record Alarm(
        long timeMicros,
        String sensor,
        String type,
        @Nullable Address src,
        @Nullable Address dst,
        int srcPort,
        int dstPort,
        @Nullable String proto,
        @Nullable String host,
        int severity,
        @Nullable String category,
        List<String> attackIds,
        @Nullable String innerType,
        @Nullable Digest rawHash,
        @Nullable String label) {
    /** No port. */
    public static final int NONE = -1;

    /** The label of alarms that belong to no attack. */
    public static final String HARMLESS = "-";

    /** Of each text: longer than any name of a rule or a host, short enough to keep many. */
    public static final int TEXT_LENGTH_MAX = 512;

    /** The same in UTF-8. */
    static final int TEXT_BYTES_MAX = 3 * TEXT_LENGTH_MAX;

    /** More techniques than one rule can tell apart. */
    public static final int ATTACK_IDS_MAX = 16;

    public static final int SEVERITY_MAX = 5;

    /** The first microsecond of the year 10000: nothing that writes a date copes with more. */
    public static final long TIME_MICROS_END = 253_402_300_800_000_000L;

    private static final int PORT_MAX = 65535;

    public Alarm {
        check(timeMicros >= 0 && timeMicros < TIME_MICROS_END, "time");
        check(!sensor.isEmpty() && isClean(sensor), "sensor");
        check(!type.isEmpty() && isClean(type), "type");
        check(srcPort >= NONE && srcPort <= PORT_MAX, "source port");
        check(dstPort >= NONE && dstPort <= PORT_MAX, "destination port");
        check(proto == null || isClean(proto), "protocol");
        check(host == null || isClean(host), "host");
        check(severity >= 0 && severity <= SEVERITY_MAX, "severity");
        check(category == null || isClean(category), "category");
        check(attackIds.size() <= ATTACK_IDS_MAX, "list of techniques");
        attackIds = List.copyOf(attackIds);
        for (String id : attackIds) {
            check(isClean(id), "technique");
        }
        check(innerType == null || isClean(innerType), "inner type");
        check(label == null || isClean(label), "label");
    }

    private static void check(boolean valid, String what) {
        if (!valid) {
            throw new IllegalArgumentException("no valid " + what + " of an alarm");
        }
    }

    /** Whether labels say that it belongs to an attack. */
    public boolean isAttack() {
        return label != null && !label.equals(HARMLESS);
    }

    /** Whether a text is short enough and has neither control characters nor halves of a surrogate pair. */
    public static boolean isClean(String text) {
        if (text.length() > TEXT_LENGTH_MAX) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f) {
                continue; // nearly always
            }
            int letter = text.codePointAt(i);
            if (Character.isSurrogate(c) && letter == c || isUnprintable(letter)) {
                return false;
            }
            i += Character.charCount(letter) - 1;
        }
        return true;
    }

    /** Controls, line separators, and formats such as those that turn the direction of what follows. */
    private static boolean isUnprintable(int letter) {
        return switch (Character.getType(letter)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /**
     * What a record may hold of a text: a control character, with which one could play a trick on a terminal, becomes a
     * space, half a surrogate pair U+FFFD, and what is too long is cut off.
     */
    public static String clean(String text) {
        if (isClean(text)) {
            return text;
        }
        int length = Math.min(text.length(), TEXT_LENGTH_MAX);
        StringBuilder cleaned = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean pair =
                    Character.isHighSurrogate(c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                int letter = Character.toCodePoint(c, text.charAt(++i));
                cleaned.appendCodePoint(isUnprintable(letter) ? ' ' : letter);
            } else {
                cleaned.append(Character.isSurrogate(c) ? '\ufffd' : isUnprintable(c) ? ' ' : c);
            }
        }
        return cleaned.toString();
    }

    /**
     * Puts an alarm together from what a record has. May be used again after {@link #clear}. Texts are cleaned here; numbers
     * out of range make {@link #build} throw {@link IllegalArgumentException}.
     */
    public static final class Builder {
        private long timeMicros = -1;
        private String sensor = "";
        private String type = "";
        private @Nullable Address src;
        private @Nullable Address dst;
        private int srcPort = NONE;
        private int dstPort = NONE;
        private @Nullable String proto;
        private @Nullable String host;
        private int severity;
        private @Nullable String category;
        private List<String> attackIds = List.of();
        private @Nullable String innerType;
        private @Nullable Digest rawHash;
        private @Nullable String label;

        /** Forgets everything. */
        public Builder clear() {
            timeMicros = -1;
            sensor = "";
            type = "";
            src = null;
            dst = null;
            srcPort = NONE;
            dstPort = NONE;
            proto = null;
            host = null;
            severity = 0;
            category = null;
            attackIds = List.of();
            innerType = null;
            rawHash = null;
            label = null;
            return this;
        }

        /** Microseconds since 1970. */
        public Builder time(long micros) {
            timeMicros = micros;
            return this;
        }

        public Builder sensor(String text) {
            sensor = clean(text);
            return this;
        }

        public Builder type(String text) {
            type = clean(text);
            return this;
        }

        public Builder src(@Nullable Address address) {
            src = address;
            return this;
        }

        public Builder dst(@Nullable Address address) {
            dst = address;
            return this;
        }

        public Builder srcPort(int port) {
            srcPort = port;
            return this;
        }

        public Builder dstPort(int port) {
            dstPort = port;
            return this;
        }

        public Builder proto(@Nullable String text) {
            proto = cleanOrNull(text);
            return this;
        }

        public Builder host(@Nullable String text) {
            host = cleanOrNull(text);
            return this;
        }

        public Builder severity(int ofFive) {
            severity = ofFive;
            return this;
        }

        public Builder category(@Nullable String text) {
            category = cleanOrNull(text);
            return this;
        }

        /** The first {@link #ATTACK_IDS_MAX} of them, each once, in their order. */
        public Builder attackIds(List<String> ids) {
            attackIds = ids.stream()
                    .map(Alarm::clean)
                    .distinct()
                    .limit(ATTACK_IDS_MAX)
                    .toList();
            return this;
        }

        public Builder innerType(@Nullable String text) {
            innerType = cleanOrNull(text);
            return this;
        }

        public Builder rawHash(@Nullable Digest digest) {
            rawHash = digest;
            return this;
        }

        public Builder label(@Nullable String text) {
            label = cleanOrNull(text);
            return this;
        }

        private static @Nullable String cleanOrNull(@Nullable String text) {
            return text == null ? null : clean(text);
        }

        /**
         * The alarm.
         *
         * @throws IllegalArgumentException if time, sensor or type is missing, or a number is out of its range
         */
        public Alarm build() {
            return new Alarm(
                    timeMicros,
                    sensor,
                    type,
                    src,
                    dst,
                    srcPort,
                    dstPort,
                    proto,
                    host,
                    severity,
                    category,
                    attackIds,
                    innerType,
                    rawHash,
                    label);
        }
    }
}
