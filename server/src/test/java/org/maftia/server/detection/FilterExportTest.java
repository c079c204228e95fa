package org.maftia.server.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;
import org.maftia.services.detection.filter.Filter;
import org.maftia.services.detection.filter.FilterSet;

/** What a sensor is told is never wider than the filter, and what is saved is what is read. */
class FilterExportTest {
    private static final Hierarchies SITE = Hierarchies.ofNothing();

    @TempDir
    private Path folder;

    /** A hundred alarms of one source, at all hours. */
    private static FilterSet set(String type, String dst, int port) {
        AlarmTable table = new AlarmTable(SITE);
        for (int i = 0; i < 480; i++) {
            table.add(new Alarm.Builder()
                    .time(i * 1_800_000_000L)
                    .sensor("s")
                    .type(type)
                    .src(Address.parse("10.0.0." + (9 + i % 2 * 20)).orElseThrow())
                    .dst(Address.parse(dst + (1 + i % 30)).orElse(null))
                    .dstPort(port < 0 ? -port + i % 50 : port)
                    .build());
        }
        return FilterSet.empty(SITE).proposed(new Miner(SITE).typePinned(table), 0, 10);
    }

    private static FilterExport.Result export(String type, String dst, int port, FilterExport.Target target) {
        FilterSet set = set(type, dst, port);
        assertThat(set.filters()).hasSize(1);
        return FilterExport.of(first(set), SITE, target, true, 119_000);
    }

    /** Both addresses are in the filter, and Suricata suppresses by one of them only. */
    @Test
    void whatASensorCannotSayIsRefused() {
        FilterExport.Result both = export("suricata:1:99", "192.0.2.", 25, FilterExport.Target.SURICATA);
        assertThat(both.lines()).isEmpty();
        assertThat(both.refusals())
                .anyMatch(each -> each.startsWith("src, dst:"))
                .anyMatch(each -> each.startsWith("dstPort:"));
        FilterExport.Result none = export("suricata:1:99", "none", 25, FilterExport.Target.SURICATA);
        assertThat(none.refusals()).anyMatch(each -> each.startsWith("dst: "));
        FilterSet set = set("wazuh:5710", "192.0.2.", 25);
        Filter filter = first(set);
        assertThat(FilterExport.of(filter, SITE, FilterExport.Target.WAZUH, false, 119_000)
                        .refusals())
                .containsExactly("host: wazuh cannot say -");
        FilterExport.Result other = export("wazuh:5710", "192.0.2.", 25, FilterExport.Target.SIGMA);
        assertThat(other.refusals()).containsExactly("type: wazuh:5710 is no rule of sigma");
    }

    @Test
    void wazuhGetsAChildOfLevelZero() {
        assertThat(export("wazuh:5710", "192.0.2.", 25, FilterExport.Target.WAZUH)
                        .lines())
                .containsExactly(
                        "<group name=\"maftia,\">",
                        "  <rule id=\"119000\" level=\"0\">",
                        "    <if_sid>5710</if_sid>",
                        "    <srcip>10.0.0.0/24</srcip>",
                        "    <dstip>192.0.2.0/24</dstip>",
                        "    <dstport>^25$</dstport>",
                        "    <description>maftia filter " + id("wazuh:5710", "192.0.2.") + "</description>",
                        "  </rule>",
                        "</group>");
    }

    private static String id(String type, String dst) {
        return set(type, dst, 25).filters().firstKey();
    }

    @Test
    void sigmaGetsAFilter() {
        String rule = "sigma:5013cf4d-9c1a-4d1b-8a0c-5f7a3f9f0c11";
        assertThat(export(rule, "192.0.2.", 25, FilterExport.Target.SIGMA).lines())
                .contains("    - " + rule.substring(6), "    src_ip|cidr:", "      - '10.0.0.0/24'", "    dst_port: 25")
                .endsWith("  condition: not selection");
    }

    /** Without a destination in the hierarchies, a source alone is left, which Suricata and Snort can say. */
    @Test
    void suricataAndSnortSuppressBySource() {
        Hierarchies sources = Hierarchies.of(List.of(Attribute.TYPE, Attribute.SRC));
        for (String sensor : List.of("suricata", "snort")) {
            AlarmTable table = new AlarmTable(sources);
            for (int i = 0; i < 100; i++) {
                table.add(new Alarm.Builder()
                        .time(i)
                        .sensor("s")
                        .type(sensor + ":1:99")
                        .src(Address.v4(0x0a000000 | i))
                        .build());
            }
            FilterSet set = FilterSet.empty(sources).proposed(new Miner(sources).typePinned(table), 0, 1);
            Filter filter = first(set);
            FilterExport.Target target =
                    sensor.equals("snort") ? FilterExport.Target.SNORT3 : FilterExport.Target.SURICATA;
            List<String> lines =
                    FilterExport.of(filter, sources, target, false, 1).lines();
            assertThat(lines)
                    .contains(
                            sensor.equals("snort")
                                    ? "  { gid = 1, sid = 99, track = 'by_src', ip = '10.0.0.0/24' },"
                                    : "suppress gen_id 1, sig_id 99, track by_src, ip 10.0.0.0/24");
        }
    }

    @Test
    void aDocumentThatSomebodyEditedIsRefused() throws IOException {
        FilterDirectory directory = new FilterDirectory(folder.resolve("d"));
        assertThat(directory.load()).isEmpty();
        FilterSet set = set("wazuh:5710", "192.0.2.", 25);
        directory.save(set);
        assertThat(directory.load().orElseThrow().toBytes()).isEqualTo(set.toBytes());
        Path document = folder.resolve("d/filters");
        byte[] bytes = Files.readAllBytes(document);
        bytes[7]++;
        Files.write(document, bytes);
        assertThatThrownBy(directory::load).isInstanceOf(IOException.class).hasMessageContaining("changed");
    }

    private static Filter first(FilterSet set) {
        return set.filters().values().iterator().next();
    }
}
