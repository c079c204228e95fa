package org.maftia.services.detection.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.maftia.services.detection.Alarm;

/** The figures of the benchmark on the labelled networks, to the alarm: a change of the miner that moves one shows here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenTest {
    private static final String EXFILTRATION = "S-Dns-Qry3";

    private List<LabelledNetwork> networks = List.of();

    @BeforeAll
    void read() throws IOException {
        networks = AlarmData.networks(2);
    }

    /** Tuples; alarms of training; clusters; others and attack alarms of the test. */
    @Test
    void theNetworksAreThoseOfTheTable() {
        assertThat(NetworkBenchmark.typePinned(networks, 200))
                .extracting(each -> "%s: %d; %d; %d; %d; %d"
                        .formatted(
                                each.network(),
                                each.tuples(),
                                each.training(),
                                each.clusters(),
                                each.rows().getFirst().others(),
                                each.rows().getFirst().attack()))
                .containsExactly(
                        "fox: 940; 22522; 11; 30668; 419914",
                        "russellmitchell: 730; 16037; 8; 18549; 10958",
                        "santos: 923; 80578; 13; 35634; 14567",
                        "shaw: 803; 19932; 9; 44789; 6061");
    }

    /** Removed others and lost attack alarms, network by network. */
    @Test
    void typePinnedClusters() {
        List<NetworkBenchmark> results = NetworkBenchmark.typePinned(networks, 200);
        assertThat(rows(results))
                .containsExactly(
                        "every cluster a filter: 23161,2 18248,49 35071,3404 43356,0",
                        "reviewed: 23161,2 18248,49 35067,2 43356,0",
                        "reviewed + guard: 23161,2 18151,13 35067,2 43173,0",
                        "reviewed + guard + canary: 21030,0 15524,0 30932,0 37424,0",
                        "reviewed + guard, only narrow: 14272,0 8042,0 14836,0 19695,0");
        assertThat(sums(results))
                .containsExactly(
                        "92.4 % removed, 3455 lost, 0 of 34 silenced",
                        "92.4 % removed, 53 lost, 0 of 34 silenced",
                        "92.2 % removed, 17 lost, 0 of 34 silenced",
                        "80.9 % removed, 0 lost, 0 of 34 silenced",
                        "43.8 % removed, 0 lost, 0 of 34 silenced");
    }

    @Test
    void anotherGuard() {
        assertThat(sums(NetworkBenchmark.typePinned(networks, 100)).get(2))
                .isEqualTo("90.5 % removed, 17 lost, 0 of 34 silenced");
        assertThat(sums(NetworkBenchmark.typePinned(networks, 300)).get(2))
                .isEqualTo("92.4 % removed, 17 lost, 0 of 34 silenced");
    }

    /** Chosen by two networks, judged by the other two. */
    @Test
    void tunedOnTwoNetworks() {
        Tuning there = Tuning.of(networks.subList(0, 2), networks.subList(2, 4));
        assertThat(sums(there.tuned())).containsExactly("95.5 % removed, 3 lost, 0 of 17 silenced");
        assertThat(sums(there.reported())).containsExactly("96.5 % removed, 0 lost, 0 of 17 silenced");
        assertThat(there.isReached()).isTrue();
        Tuning back = Tuning.of(networks.subList(2, 4), networks.subList(0, 2));
        assertThat(sums(back.tuned())).containsExactly("97.3 % removed, 2 lost, 0 of 17 silenced");
        assertThat(sums(back.reported())).containsExactly("95.9 % removed, 9 lost, 0 of 17 silenced");
        assertThat(back.isReached()).isTrue();
    }

    /**
     * The reason for review: data that leaves slowly by DNS looks like a persistent cause, and the miner proposes to hide it. Who
     * looks at the days of training sees the attack, and then none of its alarms is hidden.
     */
    @Test
    void theSlowExfiltrationIsHiddenUntilSomebodyLooks() {
        LabelledNetwork santos = networks.get(2);
        List<Evidence> evidence = new Replay(santos).evidence(santos.mine());
        Evidence proposed = evidence.stream()
                .filter(each -> each.cluster().where().type().value().equals(EXFILTRATION))
                .findFirst()
                .orElseThrow();
        assertThat(proposed.cluster().where().toString()).startsWith("S-Dns-Qry3, internal");
        assertThat(proposed.cluster().tally().count()).isEqualTo(22_311);
        assertThat(hidden(santos, evidence)).isEqualTo(3_402);
        List<Evidence> reviewed = evidence.stream()
                .filter(each -> each.attacks() == 0 && each.everyDay())
                .toList();
        assertThat(reviewed).isNotEmpty();
        assertThat(hidden(santos, reviewed)).isZero();
        assertThat(santos.test().stream().filter(GoldenTest::isExfiltration)).hasSize(3_402);
    }

    private static boolean isExfiltration(Alarm alarm) {
        return alarm.type().equals(EXFILTRATION) && "dnsteal".equals(alarm.label());
    }

    /** Alarms of the exfiltration, after training, that some filter covers. */
    private static long hidden(LabelledNetwork network, List<Evidence> filters) {
        return network.test().stream()
                .filter(GoldenTest::isExfiltration)
                .map(network.hierarchies()::leaf)
                .filter(leaf -> filters.stream()
                        .anyMatch(each ->
                                network.hierarchies().covers(each.cluster().where(), leaf)))
                .count();
    }

    /** Generalised types make filters that swallow attacks; that is why these clusters are never offered as filters. */
    @Test
    void classicClusters() {
        assertThat(classic(2000))
                .containsExactly(
                        "20 clusters",
                        "99.1 % removed, 450637 lost, 26 of 34 silenced",
                        "89.3 % removed, 423555 lost, 2 of 34 silenced",
                        "26.8 % removed, 0 lost, 0 of 34 silenced");
        assertThat(classic(200))
                .containsExactly(
                        "336 clusters",
                        "97.5 % removed, 440508 lost, 24 of 34 silenced",
                        "95.4 % removed, 417219 lost, 9 of 34 silenced",
                        "86.3 % removed, 0 lost, 0 of 34 silenced");
        assertThat(classic(50))
                .containsExactly(
                        "643 clusters",
                        "92.9 % removed, 3404 lost, 1 of 34 silenced",
                        "92.9 % removed, 2 lost, 1 of 34 silenced",
                        "87.6 % removed, 0 lost, 0 of 34 silenced");
    }

    private List<String> classic(int sizeBasisPoints) {
        List<NetworkBenchmark> results = NetworkBenchmark.classic(networks, sizeBasisPoints);
        List<String> lines = new ArrayList<>(sums(results));
        lines.addFirst(results.stream().mapToInt(NetworkBenchmark::clusters).sum() + " clusters");
        return lines;
    }

    private static List<String> rows(List<NetworkBenchmark> networks) {
        List<Outcome> first = networks.getFirst().rows();
        return IntStream.range(0, first.size())
                .mapToObj(row -> first.get(row).policy() + ":"
                        + networks.stream()
                                .map(each -> each.rows().get(row))
                                .map(each -> " " + each.removed() + "," + each.lost())
                                .collect(Collectors.joining()))
                .toList();
    }

    private static List<String> sums(List<NetworkBenchmark> networks) {
        return NetworkBenchmark.sum(networks).stream()
                .map(each -> tenths(each.removed(), each.others()) + " removed, " + each.lost() + " lost, "
                        + each.silenced().size() + " of " + each.steps() + " silenced")
                .toList();
    }

    /** Percent, rounded to tenths. */
    private static String tenths(long part, long whole) {
        long tenths = (2000 * part + whole) / (2 * whole);
        return tenths / 10 + "." + tenths % 10 + " %";
    }
}
