package org.maftia.server.sensor;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;

/** What fields of many formats have in common. */
final class Fields {
    private static final int PORT_MAX = 65_535;

    private Fields() {}

    /** A port in decimal. */
    static int port(String text) throws BadRecord {
        TextScan scan = new TextScan(text);
        int port = scan.digits(1, 5);
        if (scan.isFailed() || !scan.isAtEnd() || port > PORT_MAX) {
            throw new BadRecord(Reason.FIELD);
        }
        return port;
    }

    /** An address, without the zone that may stand behind it; null for none. */
    static @Nullable Address address(@Nullable String text) throws BadRecord {
        if (text == null || text.isEmpty()) {
            return null;
        }
        Optional<Address> address = Address.parse(withoutZone(text));
        if (address.isEmpty()) {
            throw new BadRecord(Reason.ADDRESS);
        }
        return address.get();
    }

    /** An address, or null for a name or anything else. */
    static @Nullable Address addressOrName(@Nullable String text) {
        return text == null ? null : Address.parse(withoutZone(text)).orElse(null);
    }

    private static String withoutZone(String text) {
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }

    /** A protocol in the one way to write it. */
    static @Nullable String proto(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        return switch (text) {
            case "TCP" -> "tcp"; // nearly all; the texts of a table are then the same object
            case "UDP" -> "udp";
            default -> text.toLowerCase(Locale.ROOT);
        };
    }

    /**
     * Sets what stands as {@code address:port}, {@code [address]:port} or {@code address} in the log of a sensor. For version
     * 6 without brackets a port is what stands behind the last colon, since these logs always write one where the protocol
     * has ports.
     */
    static Endpoint endpoint(String text, boolean portExpected) throws BadRecord {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        boolean six = text.indexOf(':') != colon;
        if (bracketed) {
            int close = text.indexOf(']');
            boolean ported = close > 0 && close + 1 == colon;
            if (close < 0 || (!ported && close + 1 != text.length())) {
                throw new BadRecord(Reason.ADDRESS);
            }
            int port = ported ? port(text.substring(colon + 1)) : Alarm.NONE;
            return new Endpoint(address(text.substring(1, close)), port);
        }
        if (colon < 0 || (six && !portExpected)) {
            return new Endpoint(address(text), Alarm.NONE);
        }
        return new Endpoint(address(text.substring(0, colon)), port(text.substring(colon + 1)));
    }

    /** One end of a connection. */
    record Endpoint(@Nullable Address address, int port) {}

    /** Suricata's and Snort's priorities, 1 the most urgent, on the scale of {@link Alarm#severity}. */
    static int severityOfPriority(int priority) {
        return switch (priority) {
            case 1 -> 4;
            case 2 -> 3;
            case 3 -> 2;
            default -> priority > 3 ? 1 : 0;
        };
    }

    /** Wazuh's levels 0 to 16 (its rules' classification) on the scale of {@link Alarm#severity}. */
    static int severityOfLevel(int level) {
        if (level >= 15) {
            return 5;
        }
        if (level >= 12) {
            return 4;
        }
        if (level >= 7) {
            return 3;
        }
        return level >= 4 ? 2 : 1;
    }

    /** A small number that the record is not worth refusing for. */
    static int small(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        TextScan scan = new TextScan(text);
        int value = scan.digits(1, 4);
        return scan.isFailed() || !scan.isAtEnd() ? 0 : value;
    }

    /** A number that names a rule. */
    static String ruleNumber(@Nullable String text) throws BadRecord {
        if (text == null) {
            throw new BadRecord(Reason.TYPE);
        }
        TextScan scan = new TextScan(text);
        long value = scan.number(1, 18);
        if (scan.isFailed() || !scan.isAtEnd()) {
            throw new BadRecord(Reason.TYPE);
        }
        return Long.toString(value);
    }
}
