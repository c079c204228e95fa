package org.maftia.services.detection.coverage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.services.detection.coverage.AttackClass.Requirement;

class SensorSelectionTest {
    private static final List<Requirement> REQUIREMENTS = List.of(Requirement.values());
    private static final List<Asset> ASSETS = List.of(new Asset("mail", "linux"));

    private static List<AttackClass> attacks(SplittableRandom random, int count) {
        List<AttackClass> attacks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            attacks.add(Sites.attack(i, REQUIREMENTS.get(random.nextInt(REQUIREMENTS.size()))));
        }
        return attacks;
    }

    /** Whether the chosen sensors alone see each class that can be seen as well as it must be. */
    private static boolean suffices(ReplicaSet chosen, Coverage coverage, SensorTrust trust) {
        for (Coverage.Row row : coverage.rows()) {
            Verdict left = Coverage.verdict(row.seeing().intersection(chosen), trust);
            Verdict all = row.verdict();
            boolean met = switch (row.attack().required()) {
                case NONE -> true;
                case SEEN -> all.compareTo(Verdict.SEEN) < 0 || left.compareTo(Verdict.SEEN) >= 0;
                case CORROBORATED -> left == (all.compareTo(Verdict.SEEN) < 0 ? left : all);
            };
            if (!met) {
                return false;
            }
        }
        return true;
    }

    @Seeds(40)
    void nothingCheaperSuffices(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Sensor> sensors = Sites.sensors(random, 4 + random.nextInt(8), 4, 5);
        SensorTrust trust = Sites.trust(sensors, Sites.site(1), Clause.any(1));
        Coverage coverage = Coverage.of(sensors, attacks(random, 5), ASSETS, trust);
        SensorSelection selection = SensorSelection.cheapest(coverage, trust);
        assertThat(selection.proved()).isTrue();
        assertThat(suffices(selection.chosen(), coverage, trust)).isTrue();
        long cheapest = Long.MAX_VALUE;
        for (long bits = 0; bits < 1L << sensors.size(); bits++) {
            ReplicaSet chosen = new ReplicaSet(bits);
            long cost = chosen.toList().stream()
                    .mapToLong(i -> sensors.get(i).cost())
                    .sum();
            if (cost < cheapest && suffices(chosen, coverage, trust)) {
                cheapest = cost;
            }
        }
        assertThat(selection.cost()).isEqualTo(cheapest);
    }

    @Test
    void whatCannotBeSeenIsNamedAndLeftAside() {
        List<Sensor> sensors = Sites.sensors(new SplittableRandom(3), 5, 5, 3);
        SensorTrust trust = Sites.trust(sensors, Clause.any(1));
        Coverage coverage = Coverage.of(sensors, List.of(Sites.attack(9, Requirement.SEEN)), ASSETS, trust);
        SensorSelection selection = SensorSelection.cheapest(coverage, trust);
        assertThat(selection.unreachable()).hasSize(1);
        assertThat(selection.chosen()).isEqualTo(ReplicaSet.EMPTY);
    }

    /** Sixty sensors, thirty techniques: the search ends with its proof. */
    @Seeds(4)
    void sixtySensorsAreChosenFromExactly(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Sensor> sensors = Sites.sensors(random, 60, 12, 30);
        SensorTrust trust = Sites.trust(sensors, Sites.site(1));
        List<AttackClass> attacks = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            attacks.add(Sites.attack(i, Requirement.SEEN));
        }
        Coverage coverage = Coverage.of(sensors, attacks, ASSETS, trust);
        SensorSelection selection = SensorSelection.cheapest(coverage, trust);
        assertThat(suffices(selection.chosen(), coverage, trust)).isTrue();
        assertThat(selection.proved()).isTrue();
    }
}
