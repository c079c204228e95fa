package org.maftia.server.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Prefix;
import org.maftia.services.detection.filter.Filter;

/**
 * A filter in the language of a sensor, never wider than the filter: what the sensor cannot say is not left out, but a
 * reason to refuse. In particular no pass rule is made, because it would take the packet from all other rules too.
 */
public final class FilterExport {
    private FilterExport() {}

    /** Where filters can go. */
    public enum Target {
        SURICATA("suricata", Pattern.compile("suricata:(\\d{1,10}):(\\d{1,10})")),
        SNORT3("snort3", Pattern.compile("snort:(\\d{1,10}):(\\d{1,10})")),
        WAZUH("wazuh", Pattern.compile("wazuh:(\\d{1,6})")),
        SIGMA("sigma", Pattern.compile("sigma:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"));

        private final String id;
        private final Pattern types;

        Target(String id, Pattern types) {
            this.id = id;
            this.types = types;
        }

        /** The target of this name. */
        public static Optional<Target> named(String id) {
            return Arrays.stream(values())
                    .filter(target -> target.id.equals(id))
                    .findFirst();
        }
    }

    /**
     * What came of it.
     *
     * @param lines the filter; empty if it was refused
     * @param refusals why, each naming what the sensor cannot say
     */
    public record Result(List<String> lines, List<String> refusals) {}

    /**
     * The filter for one sensor.
     *
     * @param hostless whether the caller vouches that this sensor never names a host, so that a filter for alarms without one
     *     is a filter for all its alarms
     * @param firstRuleId of Wazuh's numbers of rules a free one, with as many free after it as the filter has networks
     */
    public static Result of(Filter filter, Hierarchies hierarchies, Target target, boolean hostless, int firstRuleId) {
        List<String> refusals = new ArrayList<>();
        String type = filter.where().type().value();
        Matcher matcher = target.types.matcher(type);
        if (!matcher.matches()) {
            refusals.add("type: " + type + " is no rule of " + target.id);
        }
        List<Prefix> sources = List.of();
        List<Prefix> destinations = List.of();
        String port = "";
        for (int i = 1; i < filter.where().nodes().size(); i++) {
            Attribute attribute = hierarchies.attributes().get(i);
            Node node = filter.where().nodes().get(i);
            boolean vacuous = hostless && attribute == Attribute.HOST && node.isAbsent();
            if (node.isAny() || vacuous) {
                continue;
            }
            boolean address = attribute == Attribute.SRC || attribute == Attribute.DST;
            List<Prefix> networks = address ? networks(hierarchies, node) : List.of();
            boolean exactPort = attribute == Attribute.DST_PORT && node.level() == 0 && !node.isAbsent();
            boolean portsSaid = target == Target.WAZUH || target == Target.SIGMA;
            if (attribute == Attribute.SRC && !networks.isEmpty()) {
                sources = networks;
            } else if (attribute == Attribute.DST && !networks.isEmpty()) {
                destinations = networks;
            } else if (exactPort && portsSaid) {
                port = node.value();
            } else {
                refusals.add(attribute.text() + ": " + target.id + " cannot say " + node);
            }
        }
        if (target == Target.SURICATA || target == Target.SNORT3) {
            if (sources.isEmpty() == destinations.isEmpty()) {
                refusals.add("src, dst: " + target.id + " suppresses by one of them, not by both or none");
            }
        }
        if (!refusals.isEmpty()) {
            return new Result(List.of(), refusals);
        }
        List<String> lines = new ArrayList<>();
        switch (target) {
            case SURICATA -> suricata(matcher, sources, destinations, lines);
            case SNORT3 -> snort(matcher, sources, destinations, lines);
            case WAZUH -> wazuh(filter, matcher.group(1), sources, destinations, port, firstRuleId, lines);
            case SIGMA -> sigma(filter, matcher.group(1), sources, destinations, port, lines);
        }
        return new Result(lines, List.of());
    }

    /** Exactly the addresses below a node; empty if no list of networks is that. */
    private static List<Prefix> networks(Hierarchies hierarchies, Node node) {
        if (node.isAbsent()) {
            return List.of();
        }
        if (node.level() <= Hierarchies.SUBNET_LEVEL) {
            return Prefix.parse(node.value()).stream().toList();
        }
        return node.value().equals(Hierarchies.INTERNAL) ? hierarchies.internalNetworks() : List.of();
    }

    /** For threshold.config: one line for each network, as each suppresses its own part. */
    private static void suricata(Matcher rule, List<Prefix> sources, List<Prefix> destinations, List<String> lines) {
        String track = sources.isEmpty() ? "by_dst" : "by_src";
        for (Prefix network : sources.isEmpty() ? destinations : sources) {
            lines.add("suppress gen_id " + rule.group(1) + ", sig_id " + rule.group(2) + ", track " + track + ", ip "
                    + network);
        }
    }

    private static void snort(Matcher rule, List<Prefix> sources, List<Prefix> destinations, List<String> lines) {
        String track = sources.isEmpty() ? "by_dst" : "by_src";
        lines.add("suppress = {");
        for (Prefix network : sources.isEmpty() ? destinations : sources) {
            lines.add("  { gid = " + rule.group(1) + ", sid = " + rule.group(2) + ", track = '" + track + "', ip = '"
                    + network + "' },");
        }
        lines.add("}");
    }

    /** Children of level 0, one for each pair of networks. */
    private static void wazuh(
            Filter filter,
            String rule,
            List<Prefix> sources,
            List<Prefix> destinations,
            String port,
            int firstRuleId,
            List<String> lines) {
        int id = firstRuleId;
        lines.add("<group name=\"maftia,\">");
        for (Optional<Prefix> source : orNone(sources)) {
            for (Optional<Prefix> destination : orNone(destinations)) {
                lines.add("  <rule id=\"" + id++ + "\" level=\"0\">");
                lines.add("    <if_sid>" + rule + "</if_sid>");
                source.ifPresent(network -> lines.add("    <srcip>" + network + "</srcip>"));
                destination.ifPresent(network -> lines.add("    <dstip>" + network + "</dstip>"));
                if (!port.isEmpty()) {
                    lines.add("    <dstport>^" + port + "$</dstport>");
                }
                lines.add("    <description>maftia filter " + filter.id() + "</description>");
                lines.add("  </rule>");
            }
        }
        lines.add("</group>");
    }

    private static List<Optional<Prefix>> orNone(List<Prefix> networks) {
        return networks.isEmpty()
                ? List.of(Optional.empty())
                : networks.stream().map(Optional::of).toList();
    }

    private static void sigma(
            Filter filter,
            String rule,
            List<Prefix> sources,
            List<Prefix> destinations,
            String port,
            List<String> lines) {
        lines.add("title: maftia filter " + filter.id());
        lines.add("filter:");
        lines.add("  rules:");
        lines.add("    - " + rule);
        lines.add("  selection:");
        addNetworks("src_ip", sources, lines);
        addNetworks("dst_ip", destinations, lines);
        if (!port.isEmpty()) {
            lines.add("    dst_port: " + port);
        }
        lines.add("  condition: not selection");
    }

    private static void addNetworks(String field, List<Prefix> networks, List<String> lines) {
        if (!networks.isEmpty()) {
            lines.add("    " + field + "|cidr:");
            networks.forEach(network -> lines.add("      - '" + network + "'"));
        }
    }
}
