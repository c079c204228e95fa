package org.maftia.server.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Node;
import org.maftia.services.detection.Prefix;
import org.maftia.services.detection.Tuple;
import org.maftia.services.detection.filter.Filter;
import org.maftia.services.detection.filter.Learnt;
import org.maftia.services.detection.filter.Stage;

/**
 * Whatever the filter: an alarm that an exported line would suppress, read as the sensor's manual says, lies below the
 * filter. Filters and alarms are drawn near one another.
 */
class FilterExportWidthTest {
    private static final int FILTERS = 4_000;
    private static final int ALARMS = 60;
    private static final Pattern SURICATA =
            Pattern.compile("suppress gen_id (\\d+), sig_id (\\d+), track by_(src|dst), ip (\\S+)");
    private static final Pattern SNORT =
            Pattern.compile(" *\\{ gid = (\\d+), sid = (\\d+), track = 'by_(src|dst)', ip = '(\\S+)' },");
    private static final List<String> ADDRESSES = List.of(
            "10.0.0.9",
            "10.0.0.200",
            "10.0.1.9",
            "192.0.2.1",
            "192.0.3.1",
            "203.0.113.5",
            "2001:db8::1",
            "2001:db8::2",
            "2001:db8:0:1::1",
            "fd00::1",
            "::1");
    private static final List<String> TYPES =
            List.of("suricata:1:99", "snort:1:99", "wazuh:5710", "sigma:5013cf4d-9c1a-4d1b-8a0c-5f7a3f9f0c11");
    private static final List<Hierarchies> SITES = List.of(
            Hierarchies.ofNothing(),
            Hierarchies.of(List.of(Attribute.TYPE, Attribute.SRC)),
            Hierarchies.of(List.of(Attribute.TYPE, Attribute.DST, Attribute.DST_PORT)),
            new Hierarchies(
                    List.of(Attribute.TYPE, Attribute.SRC, Attribute.DST),
                    List.of(Prefix.parse("203.0.113.0/24").orElseThrow()),
                    new TreeMap<>(),
                    List.of(),
                    60));

    @Test
    void noExportIsWiderThanItsFilter() {
        SplittableRandom random = new SplittableRandom(7);
        int[] written = new int[FilterExport.Target.values().length];
        int[] suppressed = new int[written.length];
        for (int i = 0; i < FILTERS; i++) {
            int kind = random.nextInt(written.length);
            FilterExport.Target target = FilterExport.Target.values()[kind];
            Hierarchies site = SITES.get(random.nextInt(SITES.size()));
            boolean hostless = random.nextBoolean();
            Tuple where = place(site, alarm(TYPES.get(kind), true, random), random);
            List<String> lines = FilterExport.of(filter(where), site, target, hostless, 119_000)
                    .lines();
            written[kind] += lines.isEmpty() ? 0 : 1;
            for (int j = 0; j < ALARMS && !lines.isEmpty(); j++) {
                // A sensor has alarms of its own kind only; whoever says --hostless vouches that it names no host.
                Alarm alarm = alarm(TYPES.get(kind), hostless, random);
                if (suppresses(target, lines, alarm)) {
                    suppressed[kind]++;
                    assertThat(site.covers(where, site.leaf(alarm)))
                            .as("%s hides %s, which does not lie below %s", lines, alarm, where)
                            .isTrue();
                }
            }
        }
        assertThat(IntStream.of(written)).allMatch(count -> count > 20);
        assertThat(IntStream.of(suppressed)).allMatch(count -> count > 20);
    }

    private static Alarm alarm(String type, boolean hostless, SplittableRandom random) {
        int port = List.of(Alarm.NONE, 0, 22, 25, 1023, 1024, 40_000).get(random.nextInt(7));
        return new Alarm.Builder()
                .time(random.nextInt(48) * 3_600_000_000L)
                .sensor("s")
                .type(type)
                .src(address(random))
                .dst(address(random))
                .dstPort(port)
                .host(hostless || random.nextBoolean() ? null : "mail")
                .build();
    }

    private static @Nullable Address address(SplittableRandom random) {
        int number = random.nextInt(ADDRESSES.size() + 1);
        return number == ADDRESSES.size()
                ? null
                : Address.parse(ADDRESSES.get(number)).orElseThrow();
    }

    /** The alarm's own place, each attribute of which but the type is generalised so far or not at all. */
    private static Tuple place(Hierarchies site, Alarm alarm, SplittableRandom random) {
        List<Node> nodes = new ArrayList<>();
        for (Attribute attribute : site.attributes()) {
            int height = site.height(attribute);
            boolean rarely = attribute == Attribute.HOUR || attribute == Attribute.HOST;
            int level = attribute == Attribute.TYPE
                    ? 0
                    : rarely && random.nextInt(4) > 0 ? height : random.nextInt(height + 1);
            nodes.add(site.lifted(attribute, site.leaf(attribute, alarm), level));
        }
        return new Tuple(nodes);
    }

    private static Filter filter(Tuple where) {
        Learnt learnt = new Learnt(1, 1, 1, 1, 1, 0, new TreeSet<>(), 0, List.of());
        return new Filter("f-000000000000", where, true, Stage.ACTIVE, learnt, "Ada", "cause", 1, List.of());
    }

    private static boolean suppresses(FilterExport.Target target, List<String> lines, Alarm alarm) {
        return switch (target) {
            case SURICATA -> lines.stream().anyMatch(line -> suppresses(SURICATA.matcher(line), "suricata", alarm));
            case SNORT3 -> lines.stream().anyMatch(line -> suppresses(SNORT.matcher(line), "snort", alarm));
            case WAZUH -> wazuh(String.join("\n", lines), alarm);
            case SIGMA -> sigma(lines, alarm);
        };
    }

    private static boolean suppresses(Matcher line, String sensor, Alarm alarm) {
        if (!line.matches() || !alarm.type().equals(sensor + ":" + line.group(1) + ":" + line.group(2))) {
            return false;
        }
        return contains(line.group(4), line.group(3).equals("src") ? alarm.src() : alarm.dst());
    }

    private static boolean contains(String network, @Nullable Address address) {
        return address != null && Prefix.parse(network).orElseThrow().contains(address);
    }

    /** A rule's conditions hold together; one that is not there holds. */
    private static boolean wazuh(String document, Alarm alarm) {
        for (String rule : document.split("</rule>")) {
            Optional<String> parent = element(rule, "if_sid");
            boolean holds =
                    parent.filter(id -> alarm.type().equals("wazuh:" + id)).isPresent()
                            && element(rule, "srcip")
                                    .map(net -> contains(net, alarm.src()))
                                    .orElse(true)
                            && element(rule, "dstip")
                                    .map(net -> contains(net, alarm.dst()))
                                    .orElse(true)
                            && element(rule, "dstport")
                                    .map(regex -> alarm.dstPort() >= 0
                                            && Integer.toString(alarm.dstPort()).matches(regex))
                                    .orElse(true);
            if (holds) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> element(String rule, String name) {
        Matcher matcher = Pattern.compile("<" + name + ">(.*)</" + name + ">").matcher(rule);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The fields of a selection hold together, of a field's values one. */
    private static boolean sigma(List<String> lines, Alarm alarm) {
        boolean holds = lines.contains("    - " + alarm.type().substring("sigma:".length()));
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.endsWith("|cidr:")) {
                @Nullable Address address = line.contains("src_ip") ? alarm.src() : alarm.dst();
                boolean any = false;
                for (int j = i + 1; lines.get(j).startsWith("      - "); j++) {
                    any |= contains(lines.get(j).replaceAll("[ '-]", ""), address);
                }
                holds &= any;
            } else if (line.startsWith("    dst_port: ")) {
                holds &= line.endsWith(": " + alarm.dstPort());
            }
        }
        return holds;
    }
}
