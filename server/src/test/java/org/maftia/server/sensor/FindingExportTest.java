package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;

/** Findings against the schemas of those who define them, over the clusters of real logs. */
class FindingExportTest {
    /** What a detection finding inherits, of that which is used here (OCSF's base event and finding). */
    private static final Set<String> INHERITED = Set.of(
            "activity_id",
            "category_uid",
            "class_uid",
            "type_uid",
            "severity_id",
            "status_id",
            "time",
            "start_time",
            "end_time",
            "count",
            "message",
            "metadata",
            "finding_info");

    private static List<ClusterView> views() throws Exception {
        Hierarchies hierarchies = Hierarchies.ofNothing();
        List<ClusterView> views = new ArrayList<>();
        for (String file :
                List.of("eve/attack-pcaps.eve-alerts.json.gz", "host-logs/OpenSSH_2k.log.gz", "wazuh", "zeek")) {
            AlarmReader reader =
                    new AlarmReader(Optional.empty(), Optional.empty(), Reading.NOW_MICROS, Progress.silent());
            AlarmTable table = new AlarmTable(hierarchies);
            reader.read(AlarmData.folder().resolve(file).toString(), InputStream.nullInputStream(), table::add);
            ClusterView.Window window = ClusterView.Window.of(table);
            new Miner(hierarchies)
                    .typePinned(table).stream()
                            .map(cluster -> ClusterView.of(cluster, hierarchies, window, reader.titles()))
                            .forEach(views::add);
        }
        assertThat(views).hasSizeGreaterThan(20);
        return views;
    }

    @Test
    void messagesOfIdmefv2AreValid() throws Exception {
        Path schema = AlarmData.folder().resolve("schemas/IDMEFv2.draft-08.schema.json");
        SchemaCheck check = new SchemaCheck(schema);
        for (ClusterView view : views()) {
            assertThat(check.faults(FindingExport.idmefv2(view, Reading.NOW_MICROS)))
                    .isEmpty();
        }
        JsonNode wrong = new ObjectMapper().readTree("{\"Version\":\"2.D.V08\",\"ID\":\"x\",\"Extra\":1}");
        assertThat(check.faults(wrong)).hasSize(4); // the check finds what is wrong
    }

    @Test
    void findingsOfOcsfUseItsAttributes() throws Exception {
        JsonNode schema = new ObjectMapper()
                .readTree(AlarmData.folder()
                        .resolve("schemas/ocsf-detection_finding-1.9.0-dev.json")
                        .toFile());
        for (ClusterView view : views()) {
            JsonNode finding = FindingExport.ocsf(view, Reading.NOW_MICROS);
            finding.fieldNames()
                    .forEachRemaining(name -> assertThat(INHERITED.contains(name)
                                    || schema.get("attributes").has(name))
                            .as(name)
                            .isTrue());
            assertThat(finding.get("category_uid").asInt()).isEqualTo(2);
            assertThat(finding.get("severity_id").asInt()).isBetween(0, 6);
            assertThat(finding.get("start_time").asLong())
                    .isLessThanOrEqualTo(finding.get("end_time").asLong());
        }
    }

    /** The same cluster has the same id, so that who imports it twice sees it. */
    @Test
    void idsFollowFromTheCluster() throws Exception {
        ClusterView view = views().getFirst();
        JsonNode one = FindingExport.ocsf(view, Reading.NOW_MICROS);
        JsonNode other = FindingExport.ocsf(view, Reading.NOW_MICROS + 5_000_000);
        assertThat(one.get("finding_info")).isEqualTo(other.get("finding_info"));
    }
}
