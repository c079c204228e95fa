package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Attribute;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;
import org.maftia.services.detection.filter.Filter;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Gates;

/**
 * Four teams of a penetration test, whose alarms are attacks and nothing else: mined, they are a summary of the incident. As
 * filters all of them must be refused.
 */
class CanaryCorpusTest {
    private static final Hierarchies SITE =
            Hierarchies.of(List.of(Attribute.TYPE, Attribute.SRC, Attribute.DST, Attribute.DST_PORT, Attribute.HOUR));

    private static void read(int team, AlarmTable table, SortedSet<String> types) throws Exception {
        AlarmReader reader = new AlarmReader(Optional.empty(), Optional.empty(), Reading.NOW_MICROS, Progress.silent());
        String file = AlarmData.folder()
                .resolve("cptc-2017/NationalTeam" + team + ".json.gz")
                .toString();
        reader.read(file, InputStream.nullInputStream(), alarm -> {
            table.add(alarm);
            types.add(alarm.type());
        });
    }

    private static long refused(List<Cluster> clusters, SortedSet<String> canaries) {
        FilterSet set = FilterSet.empty(SITE).proposed(clusters, 0, 1);
        assertThat(set.filters()).hasSize(clusters.size());
        Gates gates = new Gates(canaries, Gates.SEVERITY_DENIED, new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
        return set.filters().values().stream()
                .map((Filter each) -> gates.refusals(set, each, 0))
                .filter(reasons -> reasons.contains("alarms of its type occur in a known attack"))
                .count();
    }

    @Test
    void allClustersAreOfTheAttackersNetworkAndNoneBecomesAFilter() throws Exception {
        AlarmTable table = new AlarmTable(SITE);
        SortedSet<String> types = new TreeSet<>();
        for (int team = 1; team <= 4; team++) {
            read(team, table, types);
        }
        assertThat(table.alarms()).isEqualTo(18_351);
        assertThat(table.size()).isEqualTo(6_305);
        List<Cluster> clusters = new Miner(SITE).typePinned(table, 50);
        assertThat(clusters).hasSize(38);
        assertThat(clusters)
                .allMatch(each -> each.where().nodes().stream()
                        .anyMatch(node -> node.value().startsWith("10.0.254.")));
        long covered = clusters.stream().mapToLong(each -> each.tally().count()).sum();
        assertThat((2000 * covered + table.alarms()) / (2 * table.alarms())).isEqualTo(900); // rounded
        assertThat(refused(clusters, types)).isEqualTo(38);
    }

    /** What three teams did is a canary for most of what a fourth does, but not for all: it is no substitute for review. */
    @Test
    void theOtherTeamsAreCanaries() throws Exception {
        long all = 0;
        long refused = 0;
        for (int team = 1; team <= 4; team++) {
            SortedSet<String> others = new TreeSet<>();
            for (int other = 1; other <= 4; other++) {
                if (other != team) {
                    read(other, new AlarmTable(SITE), others);
                }
            }
            AlarmTable table = new AlarmTable(SITE);
            read(team, table, new TreeSet<>());
            List<Cluster> clusters = new Miner(SITE).typePinned(table, 50);
            all += clusters.size();
            refused += refused(clusters, others);
        }
        assertThat(refused + " of " + all).isEqualTo("57 of 67");
    }
}
