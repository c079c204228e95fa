package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.testing.SmallDisk;

/** What an operator gets from {@code maftia detect mine}. */
class DetectMineTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private final Terminal terminal = new Terminal();
    private Path log = Path.of("");

    /** A resolver that asks every minute, a scanner of an hour, one attack, and a broken line. */
    @BeforeEach
    void writeLog() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int minute = 0; minute < 24 * 60; minute++) {
            lines.append(alert(minute, "10.0.0.53", "192.0.2.1", 53, 2_200_075, "SURICATA UDPv4 invalid checksum", 3));
        }
        for (int i = 0; i < 200; i++) {
            String target = "10.0.1." + (i + 1);
            lines.append(alert(600 + i % 60, "203.0.113.9", target, 22, 2_001_219, "ET SCAN Potential SSH Scan", 3));
        }
        lines.append(alert(700, "203.0.113.77", "10.0.1.5", 443, 2_030_001, "ET EXPLOIT something", 1));
        lines.append("{\"timestamp\":\"2024-03-01T00:00:00Z\",\"event_type\":\"alert\"\n");
        log = Files.writeString(directory.resolve("eve.json"), lines);
    }

    private static String alert(int minute, String src, String dst, int port, int sid, String text, int severity) {
        return String.format(
                Locale.ROOT,
                "{\"timestamp\":\"2024-03-01T%02d:%02d:00.000000+0000\",\"event_type\":\"alert\",\"src_ip\":\"%s\",\"src_port\":4000,\"dest_ip\":\"%s\",\"dest_port\":%d,\"proto\":\"UDP\",\"alert\":{\"gid\":1,\"signature_id\":%d,\"signature\":\"%s\",\"severity\":%d}}\n",
                minute / 60,
                minute % 60,
                src,
                dst,
                port,
                sid,
                text,
                severity);
    }

    @Test
    void theTableSaysWhatWhereWhenAndWhy() {
        String text = terminal.type(0, "detect", "mine", log, "--samples");
        assertThat(text)
                .contains("1. 1,440  suricata:1:2200075  SURICATA UDPv4 invalid checksum")
                .contains("where  src 10.0.0.53, dst 192.0.2.1, dstPort 53")
                .contains("when   2024-03-01T00:00:00Z to 2024-03-01T23:59:00Z, 1 day, up to 60 an hour")
                .contains("cause  likely checksums are made by the network card")
                .contains("note   external destination, steady rate")
                .contains("e.g.   {\"timestamp\":\"2024-03-01T")
                .contains("2. 200  suricata:1:2001219  ET SCAN Potential SSH Scan")
                .contains("where  src 203.0.113.9, dst 10.0.1.0/24, dstPort 22, hour 10")
                .contains("1,641 alarms of")
                .contains("2 clusters cover 99.9 % of them.")
                .contains("1 records refused: cut off by the end of its file");
    }

    @Test
    void jsonHoldsWhatTheContractNames() throws Exception {
        JsonNode result = JSON.readTree(terminal.type(0, "detect", "mine", "--json", log));
        assertThat(result.get("alarms").asLong()).isEqualTo(1_641);
        assertThat(result.get("unreadable").asLong()).isEqualTo(1);
        JsonNode cluster = result.get("clusters").get(1);
        assertThat(cluster.get("type").asText()).isEqualTo("suricata:1:2200075");
        assertThat(cluster.get("where").get("src").asText()).isEqualTo("10.0.0.53");
        assertThat(cluster.get("count").asLong()).isEqualTo(1_440);
        assertThat(cluster.get("peakPerHour").asLong()).isEqualTo(60);
        assertThat(cluster.get("grade").asText()).isEqualTo("narrow");
        assertThat(cluster.get("samples")).hasSize(3);
    }

    @Test
    void theInventoryNamesRolesAndNetworks() throws Exception {
        Path inventory = Files.writeString(
                directory.resolve("site.toml"),
                "[site]\nattributes = [\"type\", \"src\", \"dst\"]\ninternal = [\"192.0.2.0/24\"]\n");
        String text = terminal.type(0, "detect", "mine", "--inventory", inventory, log);
        assertThat(text).doesNotContain("external destination").doesNotContain("dstPort");
        Files.writeString(inventory, "[site]\ninternl = []\n");
        terminal.type(1, "detect", "mine", "--inventory", inventory, log);
        assertThat(terminal.errors()).contains("site.toml:2: unknown key 'site.internl'");
    }

    @Test
    void classicSummariesGeneraliseTypes() throws Exception {
        JsonNode result =
                JSON.readTree(terminal.type(0, "detect", "mine", "--json", "--classic", "--min-size", "0.5", log));
        assertThat(result.get("covered").asLong()).isGreaterThanOrEqualTo(1_600);
        terminal.type(1, "detect", "mine", "--classic", "--min-size", "x", log);
        assertThat(terminal.errors()).contains("'x' is no percentage");
    }

    @Test
    void whatIsNoLogIsRefused() throws Exception {
        Path other = Files.writeString(directory.resolve("other"), "nothing of interest\n");
        terminal.type(1, "detect", "mine", other);
        assertThat(terminal.errors()).contains("no alarms of a known format").contains("hint: formats are eve");
        terminal.type(1, "detect", "mine", directory.resolve("missing"));
        assertThat(terminal.errors()).contains("missing is missing");
    }

    @Test
    void exportsAreWrittenWhole() throws Exception {
        Path ocsf = directory.resolve("findings.json");
        Path tsv = directory.resolve("clusters.tsv");
        terminal.type(0, "detect", "mine", log, "--export", "ocsf=" + ocsf, "--export", "tsv=" + tsv);
        assertThat(Files.readAllLines(tsv)).hasSize(3);
        assertThat(Files.readAllLines(ocsf)).hasSize(2);
        JsonNode finding = JSON.readTree(Files.readAllLines(ocsf).get(1));
        assertThat(finding.get("class_uid").asInt()).isEqualTo(2004);
        assertThat(finding.get("type_uid").asInt()).isEqualTo(200_401);
        assertThat(finding.get("count").asLong()).isEqualTo(1_440);
    }

    @Test
    void aFullDiskLeavesTheOldFileAndNothingElse() throws Exception {
        Optional<SmallDisk> disk = SmallDisk.mount(directory.resolve("small"), 1);
        Assumptions.assumeTrue(disk.isPresent(), "no file system can be mounted here");
        try (SmallDisk small = disk.get()) {
            Path target = Files.writeString(directory.resolve("small/findings.json"), "old\n");
            small.fill();
            terminal.type(1, "detect", "mine", log, "--export", "ocsf=" + target);
            assertThat(terminal.errors()).contains("findings.json was not written, nor changed: No space left");
            assertThat(Files.readString(target)).isEqualTo("old\n");
            try (var left = Files.list(directory.resolve("small"))) {
                assertThat(left.map(path -> String.valueOf(path.getFileName())))
                        .containsExactlyInAnyOrder("findings.json", "filler");
            }
        }
    }
}
