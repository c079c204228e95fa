package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustPolicy;
import org.maftia.services.detection.coverage.Asset;
import org.maftia.services.detection.coverage.AttackClass;
import org.maftia.services.detection.coverage.Coverage;
import org.maftia.services.detection.coverage.Incident;
import org.maftia.services.detection.coverage.Measurement;
import org.maftia.services.detection.coverage.Sensor;
import org.maftia.services.detection.coverage.SensorTrust;

/** Prediction against what was recorded. */
class CaptureReplayTest {
    private static final String COMPONENT = "network traffic";

    @TempDir
    private Path directory;

    /** The figure of docs/detection.md, by the tags of the rules that fired. */
    @Test
    void tagsOfRulesPredictFourOfFiveRecordings() throws Exception {
        Path eve = AlarmData.folder().resolve("eve");
        CaptureReplay replay = new CaptureReplay();
        replay.read(eve.resolve("attack-pcaps.eve-alerts.json.gz").toString());
        replay.read(eve.resolve("attack-pcaps.eve-other.json.gz").toString());
        List<Incident> incidents =
                replay.incidents(eve.resolve("otrf-attack-labels.csv"), List.of(List.of("suricata:1:20")));
        assertThat(incidents).hasSize(43);
        TreeSet<String> techniques = new TreeSet<>();
        incidents.forEach(incident -> incident.techniques().forEach(id -> techniques.add(id.substring(0, 5))));
        techniques.remove("T0000"); // the label of one that ATT&CK has no technique for
        List<AttackClass> attacks = new ArrayList<>();
        techniques.forEach(
                id -> attacks.add(new AttackClass(id, "windows", COMPONENT, false, AttackClass.Requirement.NONE)));
        Sensor sensor = new Sensor(
                "nids",
                new TreeMap<>(),
                new TreeSet<>(List.of(Sensor.EVERYTHING)),
                new TreeSet<>(List.of(COMPONENT)),
                new TreeSet<>(List.of("T1021", "T1190", "T1570")),
                false,
                1);
        TrustPolicy policy = TrustPolicy.of(TrustPolicy.Model.HYBRID, List.of(), List.of(TrustPolicy.Clause.any(1)));
        SensorTrust trust = SensorTrust.compile(policy, List.of(sensor));
        Coverage coverage = Coverage.of(List.of(sensor), attacks, List.of(new Asset("domain", "windows")), trust);
        Measurement measurement = Measurement.of(coverage, trust, ReplicaSet.of(0), incidents);
        assertThat(measurement.pairs()).isEqualTo(42);
        assertThat(measurement.agreed()).isEqualTo(34);
    }

    @Test
    void rulesOfThreeKindsNameTheirTechniques() throws Exception {
        Path rules = Files.writeString(directory.resolve("rules"), """
            alert tcp any any -> any any (msg:"a"; metadata:mitre_tactic_id TA0001, mitre_technique_id T1190; sid:1;)
            #alert tcp any any -> any any (msg:"off"; metadata:mitre_technique_id T1191; sid:2;)
            <rule id="5712" level="10"><mitre><id>T1110.001</id></mitre></rule>
            tags:
              - attack.credential_access
              - attack.t1003.006
            alert tcp any any -> any any (msg:"mentions T1234 only"; sid:3;)
            """);
        assertThat(RuleTechniques.read(rules)).containsExactly("T1003.006", "T1110.001", "T1190");
    }
}
