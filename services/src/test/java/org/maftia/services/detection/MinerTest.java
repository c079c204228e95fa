package org.maftia.services.detection;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;

/** Clusters depend on the alarms alone, and cover what they say they cover. */
class MinerTest {
    private static final Hierarchies ALL = Hierarchies.ofNothing();

    private static AlarmTable table(List<Alarm> alarms) {
        AlarmTable table = new AlarmTable(ALL);
        alarms.forEach(table::add);
        return table;
    }

    @Seeds(60)
    void theOrderOfAlarmsDoesNotMatter(long seed) {
        Random random = new Random(seed);
        List<Alarm> alarms = AlarmTableTest.alarms(random, 300 + random.nextInt(1000));
        List<String> pinned = describe(new Miner(ALL).typePinned(table(alarms)));
        List<String> classic = describe(new Miner(ALL).classic(table(alarms), 1000));
        Collections.shuffle(alarms, random);
        assertThat(describe(new Miner(ALL).typePinned(table(alarms)))).isEqualTo(pinned);
        assertThat(describe(new Miner(ALL).classic(table(alarms), 1000))).isEqualTo(classic);
    }

    /** Types may be mined apart, on different machines. */
    @Seeds(40)
    void typesAreMinedAlone(long seed) {
        Random random = new Random(seed);
        List<Alarm> alarms = AlarmTableTest.alarms(random, 300 + random.nextInt(1000));
        List<String> apart = new ArrayList<>();
        alarms.stream().map(Alarm::type).distinct().sorted().forEach(type -> {
            List<Alarm> some =
                    alarms.stream().filter(each -> each.type().equals(type)).toList();
            apart.addAll(describe(new Miner(ALL).typePinned(table(some), 50)));
        });
        assertThat(describe(new Miner(ALL).typePinned(table(alarms), 50))).isEqualTo(apart);
    }

    /** Each cluster has the alarms below it that no earlier one has, and enough of them; no alarm is counted twice. */
    @Seeds(60)
    void clustersCoverWhatTheySay(long seed) {
        Random random = new Random(seed);
        List<Alarm> alarms = AlarmTableTest.alarms(random, 300 + random.nextInt(1000));
        AlarmTable table = table(alarms);
        for (List<Cluster> clusters : List.of(new Miner(ALL).typePinned(table), new Miner(ALL).classic(table, 500))) {
            List<AlarmTable.Row> rest = new ArrayList<>(table.rows());
            for (Cluster cluster : clusters) {
                List<AlarmTable.Row> below = rest.stream()
                        .filter(row -> ALL.covers(cluster.where(), row.tuple()))
                        .toList();
                assertThat(below).hasSize(cluster.tuples());
                assertThat(below.stream().mapToLong(row -> row.tally().count()).sum())
                        .isEqualTo(cluster.tally().count())
                        .isGreaterThanOrEqualTo(cluster.sizeMin());
                rest.removeAll(below);
            }
        }
    }

    /** One reading of the paper's loop, without any of the miner's shortcuts, comes to the same clusters. */
    @Seeds(25)
    void theFirstClusterIsThatOfThePaper(long seed) {
        Random random = new Random(seed);
        List<Alarm> alarms = AlarmTableTest.alarms(random, 200 + random.nextInt(400));
        AlarmTable table = table(alarms);
        TreeMap<Tuple, Long> counts = new TreeMap<>();
        table.rows().forEach(row -> counts.put(row.tuple(), row.tally().count()));
        long sizeMin = 1 + random.nextInt(alarms.size());
        Lattice lattice = new Lattice(ALL, table.rows());
        int[][] tuples =
                table.rows().stream().map(row -> lattice.encode(row.tuple())).toArray(int[][]::new);
        long[] sums =
                table.rows().stream().mapToLong(row -> row.tally().count()).toArray();
        int[] found = new Generalisation(lattice, tuples, sums, false).heuristic(sizeMin);
        assertThat(found).isNotNull();
        assertThat(lattice.decode(found)).isEqualTo(paper(counts, sizeMin));
    }

    private static Tuple paper(TreeMap<Tuple, Long> start, long sizeMin) {
        TreeMap<Tuple, Long> tuples = start;
        while (true) {
            long most = Collections.max(tuples.values());
            if (most >= sizeMin) {
                return tuples.entrySet().stream()
                        .filter(entry -> entry.getValue() == most)
                        .findFirst()
                        .orElseThrow()
                        .getKey();
            }
            int chosen = -1;
            long least = Long.MAX_VALUE;
            for (int i = 0; i < ALL.attributes().size(); i++) {
                int place = i;
                TreeMap<Node, Long> column = new TreeMap<>();
                tuples.forEach((tuple, count) -> column.merge(tuple.nodes().get(place), count, Long::sum));
                boolean open = column.keySet().stream().anyMatch(node -> !node.isAny());
                long commonest = Collections.max(column.values());
                if (open && commonest < least) {
                    least = commonest;
                    chosen = i;
                }
            }
            TreeMap<Tuple, Long> merged = new TreeMap<>();
            int place = chosen;
            tuples.forEach((tuple, count) -> {
                List<Node> nodes = new ArrayList<>(tuple.nodes());
                nodes.set(place, ALL.parent(ALL.attributes().get(place), nodes.get(place)));
                merged.merge(new Tuple(nodes), count, Long::sum);
            });
            tuples = merged;
        }
    }

    /** A mail server that a scanner looks at each hour, and some noise. */
    @Test
    void aPlantedCauseIsFound() {
        Random random = new Random(7);
        List<Alarm> alarms = AlarmTableTest.alarms(random, 200);
        for (int i = 0; i < 2000; i++) {
            alarms.add(new Alarm.Builder()
                    .time(1_700_000_000_000_000L + i * 100_000_000L)
                    .sensor("s")
                    .type("suricata:1:2210044")
                    .src(Address.v4(0xcb007100 | random.nextInt(256)))
                    .dst(Address.parse("10.0.0.25").orElseThrow())
                    .dstPort(25)
                    .build());
        }
        Cluster cluster = new Miner(ALL).typePinned(table(alarms)).getFirst();
        assertThat(cluster.where()).hasToString("suricata:1:2210044, 203.0.113.0/24, 10.0.0.25, 25, -, any");
        assertThat(cluster.tally().count()).isEqualTo(2000);
    }

    @Test
    void nothingIsFoundInNothing() {
        assertThat(new Miner(ALL).typePinned(table(List.of()))).isEmpty();
        assertThat(new Miner(ALL).classic(table(List.of()), 100)).isEmpty();
    }

    private static List<String> describe(List<Cluster> clusters) {
        return clusters.stream()
                .map(each -> each.where() + " " + each.sizeMin() + " " + each.tuples() + " "
                        + each.tally().count() + " " + each.tally().samples())
                .toList();
    }
}
