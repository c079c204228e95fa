package org.maftia.server.sensor;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import org.maftia.services.detection.Address;

/**
 * A guess at what makes a cluster of alarms, and what to do about it. A hint for whoever reviews, from the rule's number or
 * words and the shape of the cluster; nothing depends on it.
 */
final class RootCause {
    private RootCause() {}

    /** Words of rules, in lower case, and what is usually behind them; the first that fits. */
    private record Hint(List<String> words, String text) {}

    private static final List<Hint> HINTS = List.of(
            new Hint(
                    List.of("invalid checksum", "bad checksum"),
                    "checksums are made by the network card after the capture: switch the offload off at the capture"
                            + " host, or checksum validation in the sensor"),
            new Hint(
                    List.of(
                            "suricata stream",
                            "data_before_established",
                            "ack_underflow",
                            "above_hole",
                            "possible_split"),
                    "the sensor does not see all packets: look at drops and at routes that pass it by"),
            new Hint(
                    List.of("invalid_server_cert", "certificate", "self signed", "suricata tls", "ssl::", "x509"),
                    "a certificate or TLS version that the sensor does not know: add the site's own authority, renew,"
                            + " or update the client"),
            new Hint(
                    List.of("apt ", "package management", "windows update", "update", "clamav", "freshclam"),
                    "software that fetches its updates: expected where it is installed"),
            new Hint(
                    List.of("failed-password", "invalid-user", "login failed", "authentication fail", "pam-failure"),
                    "guessed passwords from outside, or inside a job with an old one: close the port, or find the job"),
            new Hint(
                    List.of("scan", "sweep", " ping", "no-identification", "probe"),
                    "probes: a scanner of the site's own, or of the whole internet"),
            new Hint(
                    List.of("user-agent", "user agent", "curl", "python-requests", "monitoring", "nagios", "zabbix"),
                    "a program of the site that polls: monitoring or a script"),
            new Hint(
                    List.of("dns"),
                    "name look-ups: a resolver or client that asks unusually; long random names are data"),
            new Hint(
                    List.of("frag", "invalid protocol", "packet too small", "decode", "weird"),
                    "packets that no sound stack sends: a faulty device or tunnel, or a fuzzer"),
            new Hint(List.of("policy", "info "), "use of a service that a rule of policy names: allowed here or not?"));

    /** The guess, or empty for none. */
    static Optional<String> of(
            String type, Optional<String> title, SequencedMap<String, String> where, List<ClusterView.Flag> flags) {
        boolean serious = flags.contains(ClusterView.Flag.SEVERE)
                || flags.contains(ClusterView.Flag.TECHNIQUES)
                || flags.contains(ClusterView.Flag.ATTACKS);
        if (serious) {
            return Optional.empty(); // a harmless guess would only talk somebody out of looking
        }
        String words = (title.orElse("") + " " + type).toLowerCase(Locale.ROOT);
        for (Hint hint : HINTS) {
            if (hint.words().stream().anyMatch(words::contains)) {
                return Optional.of(hint.text());
            }
        }
        boolean oneMachine = Address.parse(where.getOrDefault("src", "")).isPresent();
        if (flags.contains(ClusterView.Flag.STEADY)) {
            return Optional.of("a timer: the same rate at all hours" + (oneMachine ? ", from one machine" : ""));
        }
        return oneMachine ? Optional.of("one machine: its software or its configuration") : Optional.empty();
    }
}
