package org.maftia.services.detection.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.core.trust.TrustPolicy.Clause;
import org.maftia.services.detection.coverage.AttackClass.Requirement;

class CoverageTest {
    private static final Asset MAIL = new Asset("mail", "linux");
    private static final Asset DESK = new Asset("desk", "windows");

    private static Sensor sensor(String id, String asset, String component, String technique, boolean decrypts) {
        return new Sensor(
                id,
                new TreeMap<>(Map.of("site", "here")),
                new TreeSet<>(List.of(asset)),
                new TreeSet<>(List.of(component)),
                new TreeSet<>(List.of(technique)),
                decrypts,
                1);
    }

    @Test
    void eachSensorThatDoesNotSeeHasItsReason() {
        List<Sensor> sensors = List.of(
                sensor("scope", "desk", "traffic", "T1003", true),
                sensor("source", "*", "files", "T1003", true),
                sensor("encrypted", "*", "traffic", "T1003", false),
                sensor("rule", "mail", "traffic", "T1004", true),
                sensor("sees", "mail", "traffic", "T1003.006", true));
        AttackClass attack = new AttackClass("T1003", "linux", "traffic", true, Requirement.NONE);
        SensorTrust trust = Sites.trust(sensors, Clause.any(1));
        Coverage coverage = Coverage.of(sensors, List.of(attack), List.of(MAIL, DESK), trust);
        assertThat(coverage.rows()).hasSize(1); // the desk runs something else
        Coverage.Row row = coverage.rows().getFirst();
        assertThat(coverage.names(row.seeing())).containsExactly("sees");
        assertThat(row.blind())
                .containsEntry("scope", Sensor.Blindness.SCOPE)
                .containsEntry("source", Sensor.Blindness.SOURCE)
                .containsEntry("encrypted", Sensor.Blindness.ENCRYPTED)
                .containsEntry("rule", Sensor.Blindness.RULE)
                .hasSize(4);
        assertThat(row.verdict()).isEqualTo(Verdict.FRAGILE);
    }

    @Test
    void aRuleForATechniqueSaysNothingOfItsParts() {
        AttackClass part = new AttackClass("T1003.006", "linux", "traffic", false, Requirement.NONE);
        assertThat(part.isFoundBy("T1003")).isFalse();
        assertThat(part.isFoundBy("T1003.006")).isTrue();
        assertThat(new AttackClass("T1003", "linux", "traffic", false, Requirement.NONE).isFoundBy("T1003.006"))
                .isTrue();
        assertThatThrownBy(() -> new AttackClass("T103", "linux", "traffic", false, Requirement.NONE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Two sensors, one of which may fall: no group of replicas could work so, sensors can. */
    @Test
    void fewSensorsMayHaveAsManyFaultsAsTheyLike() {
        List<Sensor> two = Sites.sensors(new SplittableRandom(1), 2, 1, 3);
        SensorTrust trust = Sites.trust(two, Clause.any(1));
        assertThat(trust.maximalFaultSets()).containsExactlyInAnyOrder(ReplicaSet.of(0), ReplicaSet.of(1));
        assertThat(trust.isKernel(ReplicaSet.of(0, 1))).isTrue();
        assertThat(trust.isKernel(ReplicaSet.of(0))).isFalse();
        assertThat(trust.isCorroborating(ReplicaSet.of(0, 1))).isFalse();
        assertThat(Sites.trust(two, Clause.any(2)).maximalFaultSets()).containsExactly(ReplicaSet.of(0, 1));
    }

    @Test
    void aClauseOfWhatNoSensorHasIsRefused() {
        List<Sensor> sensors = Sites.sensors(new SplittableRandom(1), 4, 2, 3);
        TrustPolicy policy = TrustPolicy.of(
                TrustPolicy.Model.HYBRID, List.of(), List.of(new Clause.Sets(List.of(List.of("nobody")))));
        assertThatThrownBy(() -> SensorTrust.compile(policy, sensors)).isInstanceOf(TrustException.class);
    }

    /** The verdicts, straight from their definitions. */
    @Seeds(40)
    void verdictsAreWhatTheirDefinitionsSay(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Sensor> sensors = Sites.sensors(random, 3 + random.nextInt(8), 2 + random.nextInt(4), 6);
        SensorTrust trust = Sites.trust(sensors, Sites.site(1), Clause.any(1 + random.nextInt(2)));
        List<ReplicaSet> faults = trust.maximalFaultSets();
        for (int round = 0; round < 100; round++) {
            long half = random.nextLong();
            ReplicaSet seeing =
                    new ReplicaSet(half & random.nextLong()).intersection(ReplicaSet.firstOf(sensors.size()));
            boolean inOne = faults.stream().anyMatch(fault -> fault.containsAll(seeing));
            boolean inTwo = false;
            for (ReplicaSet one : faults) {
                for (ReplicaSet other : faults) {
                    inTwo |= one.union(other).containsAll(seeing);
                }
            }
            Verdict expected = seeing.isEmpty()
                    ? Verdict.BLIND
                    : inOne ? Verdict.FRAGILE : inTwo ? Verdict.SEEN : Verdict.CORROBORATED;
            assertThat(Coverage.verdict(seeing, trust)).isEqualTo(expected);
        }
    }

    @Test
    void whatAllSensorsOfAClassShareIsNamed() {
        List<Sensor> sensors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TreeMap<String, String> attributes = new TreeMap<>();
            attributes.put("site", "site" + i);
            attributes.put("ruleset", i < 3 ? "open" : "own");
            sensors.add(new Sensor(
                    "s" + i,
                    attributes,
                    new TreeSet<>(List.of("*")),
                    new TreeSet<>(List.of("network traffic")),
                    new TreeSet<>(i < 3 ? List.of("T1000", "T1001") : List.of("T1001")),
                    false,
                    1));
        }
        SensorTrust trust = Sites.trust(sensors, Clause.any(1));
        List<AttackClass> attacks = List.of(Sites.attack(0, Requirement.NONE), Sites.attack(1, Requirement.NONE));
        Coverage coverage = Coverage.of(sensors, attacks, List.of(MAIL), trust);
        assertThat(coverage.commonModes()).hasSize(1);
        Coverage.CommonMode mode = coverage.commonModes().getFirst();
        assertThat(mode.attribute() + "=" + mode.value()).isEqualTo("ruleset=open");
        assertThat(mode.rows())
                .singleElement()
                .matches(row -> row.attack().technique().equals("T1000"));
    }
}
