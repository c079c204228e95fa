package org.maftia.server.sensor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;

/**
 * What OpenSSH's server and the PAM modules under it write, by fixed templates. Names of users come from strangers and may
 * look like the rest of a message: so the address is taken only from where sshd writes it.
 */
final class SshdMessage {
    private static final String REPEATED = "message repeated ";
    private static final int LOW = 2;
    private static final int INFORMATIONAL = 1;

    /**
     * One kind of message.
     *
     * @param name becomes {@code sshd:<name>}
     * @param severity of {@link Alarm#severity}
     * @param phrases any of which it begins with, or contains where it begins with a star
     */
    private record Template(String name, int severity, List<String> phrases) {
        boolean fits(String message) {
            for (String phrase : phrases) {
                boolean within = phrase.startsWith("*");
                if (within ? message.contains(phrase.substring(1)) : message.startsWith(phrase)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** The first that fits is taken. */
    private static final List<Template> TEMPLATES = List.of(
            new Template(
                    "failed-password-invalid-user",
                    LOW,
                    List.of("Failed password for invalid user ", "Failed password for illegal user ")),
            new Template("failed-password", LOW, List.of("Failed password for ")),
            new Template(
                    "retries-exceeded",
                    LOW,
                    List.of(
                            "PAM service(sshd) ignoring max retries",
                            "error: maximum authentication attempts exceeded",
                            "Disconnecting: Too many authentication failures",
                            "*Too many authentication failures [preauth]")),
            new Template(
                    "invalid-user",
                    LOW,
                    List.of("Invalid user ", "Illegal user ", "input_userauth_request: invalid user ")),
            new Template(
                    "pam-failure",
                    LOW,
                    List.of(
                            "pam_unix(sshd:auth): ",
                            "pam_sss(sshd:auth): ",
                            "authentication failure;",
                            "check pass; user unknown",
                            "error: PAM: ",
                            "PAM ")),
            new Template("reverse-mapping", LOW, List.of("reverse mapping checking ", "Address ")),
            new Template(
                    "disconnect",
                    INFORMATIONAL,
                    List.of(
                            "Received disconnect from ",
                            "error: Received disconnect from ",
                            "Disconnected from ",
                            "Disconnecting")),
            new Template("closed", INFORMATIONAL, List.of("Connection closed by ", "Connection reset by ")),
            new Template("no-identification", INFORMATIONAL, List.of("Did not receive identification string from ")));

    /** Forms that name the address first, before anything that the peer can choose. */
    private static final List<String> ADDRESS_BEHIND = List.of(
            "Received disconnect from ",
            "error: Received disconnect from ",
            "Disconnected from ",
            "Connection closed by ",
            "Connection reset by ",
            "Did not receive identification string from ",
            "Address ");

    private SshdMessage() {}

    /** Whether a log's program name is one of sshd's: with a module behind it, or that of one of its parts. */
    static boolean isSshd(String program) {
        return switch (program) {
            case "sshd", "sshd-session", "sshd-auth", "sshd(pam_unix)" -> true;
            default -> false;
        };
    }

    /** Sets type, severity and what of the connection the message tells. */
    static void read(String text, Alarm.Builder alarm) throws BadRecord {
        String message = unrepeated(text.strip());
        alarm.type("sshd:other").proto("tcp");
        for (Template template : TEMPLATES) {
            if (template.fits(message)) {
                alarm.type("sshd:" + template.name()).severity(template.severity());
                break;
            }
        }
        remote(message, alarm);
    }

    /** The daemon of the log joins equal messages: {@code message repeated 5 times: [ Failed password for … ]}. */
    private static String unrepeated(String message) {
        int open = message.startsWith(REPEATED) ? message.indexOf(": [") : -1;
        boolean closed = message.endsWith("]");
        return open < 0 || !closed
                ? message
                : message.substring(open + 3, message.length() - 1).strip();
    }

    /** Each form has its own place for the address, because users and peers choose the texts around it. */
    private static void remote(String message, Alarm.Builder alarm) throws BadRecord {
        for (String prefix : ADDRESS_BEHIND) {
            if (message.startsWith(prefix) && addressAt(message, prefix.length(), alarm)) {
                return;
            }
        }
        int rhost = message.indexOf("rhost=");
        int port = message.lastIndexOf(" port ");
        int from = message.lastIndexOf(" from ");
        int bracket = message.startsWith("reverse mapping checking ") ? message.indexOf(" [") : -1;
        if (bracket >= 0 && addressAt(message, bracket + 2, alarm)) {
            return;
        }
        if (rhost >= 0 && addressAt(message, rhost + "rhost=".length(), alarm)) {
            return;
        }
        if (port > 0 && addressAt(message, message.lastIndexOf(' ', port - 1) + 1, alarm)) {
            return;
        }
        if (from >= 0) {
            addressAt(message, from + " from ".length(), alarm);
        }
    }

    /** Takes an address that stands there, and the port that may follow; says whether there was one. */
    private static boolean addressAt(String message, int from, Alarm.Builder alarm) throws BadRecord {
        int end = from;
        while (end < message.length() && " ],;".indexOf(message.charAt(end)) < 0) {
            end++;
        }
        boolean colon = end > from && message.charAt(end - 1) == ':';
        @Nullable Address address = Fields.addressOrName(message.substring(from, colon ? end - 1 : end));
        if (address == null) {
            return false;
        }
        alarm.src(address);
        if (message.startsWith(" port ", end)) {
            int begin = end + " port ".length();
            int last = begin;
            while (last < message.length() && message.charAt(last) >= '0' && message.charAt(last) <= '9') {
                last++;
            }
            alarm.srcPort(Fields.port(message.substring(begin, last)));
        }
        return true;
    }
}
