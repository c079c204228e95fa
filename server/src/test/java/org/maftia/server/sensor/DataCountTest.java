package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.services.detection.Alarm;

/** Real logs, whole: every record is accounted for, and the alarms are as many as others counted. */
class DataCountTest {
    @ParameterizedTest
    @CsvSource({
        "eve/attack-pcaps.eve-alerts.json.gz, EVE, 50511, 0",
        "eve/attack-pcaps.eve-other.json.gz, EVE, 0, 10781",
        "eve/attack-pcaps.fast.log.gz, FAST, 50511, 0",
        "eve/suricata-verify.eve-alerts.json.gz, EVE, 90604, 0",
        "eve/suricata-verify.fast.log.gz, FAST, 90604, 0",
        "eve/first-org-conf-2015.alerts-only.json.gz, EVE, 136, 0",
        "eve/honeypot-2018.alerts-only.json.gz, EVE, 44, 0",
        "eve/wrccdc-2017.alerts-only.json.gz, EVE, 161, 0",
        "eve/wrccdc-2018.alerts-only.json.gz, EVE, 207, 0",
        "eve/test6-malicious.suricata.json.gz, EVE, 745, 4255",
        "cptc-2017/NationalTeam1.json.gz, CPTC, 4274, 0",
        "cptc-2017/NationalTeam2.json.gz, CPTC, 2923, 0",
        "cptc-2017/NationalTeam3.json.gz, CPTC, 3353, 0",
        "cptc-2017/NationalTeam4.json.gz, CPTC, 7801, 0",
        "zeek/weird.json.gz, ZEEK, 24202, 0",
        "zeek/notice.json.gz, ZEEK, 207, 0",
        "wazuh/ossec_insect.json.gz, WAZUH, 497, 0",
        "wazuh/ossec_spiral.json.gz, WAZUH, 865, 0",
        "host-logs/OpenSSH_2k.log.gz, SSHD, 2000, 0",
        "host-logs/Linux_2k.log.gz, SSHD, 677, 1323",
        "ait-ads/train-networks.zip, AIT, 720209, 4",
    })
    void everyRecordIsAccountedFor(String file, Format format, long alarms, long skipped) throws Exception {
        Reading reading = Reading.of(AlarmData.folder().resolve(file));
        assertThat(reading.tally().badByReason()).isEmpty();
        assertThat(reading.tally().damages()).isEmpty();
        assertThat(reading.reports()).allMatch(report -> report.format().equals(Optional.of(format)));
        assertThat(reading.alarms()).hasSize((int) alarms);
        assertThat(reading.tally().alarms()).isEqualTo(alarms);
        assertThat(reading.tally().skipped()).isEqualTo(skipped);
    }

    /** Of 19 samples with alerts two lack the classification that the RFC requires. */
    @Test
    void samplesOfIdmefAreAlertsAndHeartbeats() throws Exception {
        Reading reading = Reading.of(AlarmData.folder().resolve("idmef"));
        assertThat(reading.alarms()).hasSize(17);
        assertThat(reading.tally().skippedByKind()).containsOnly(Map.entry("Heartbeat", 5L));
        assertThat(reading.tally().badByReason()).containsOnlyKeys(Reason.TYPE);
        assertThat(reading.tally().bad()).isEqualTo(2);
    }

    @Test
    void logsOfOtherKindsAreNotRead() throws Exception {
        for (String file : List.of("Apache_2k.log.gz", "Windows_2k.log.gz")) {
            Reading reading = Reading.of(AlarmData.folder().resolve("host-logs").resolve(file));
            assertThat(reading.reports())
                    .singleElement()
                    .matches(report -> report.format().isEmpty());
            assertThat(reading.tally().records()).isZero();
        }
    }

    /** The traps of Suricata's alerts over odd packets, by the share of alarms that have them. */
    @Test
    void aQuarterOfAMillionOddAlertsLackWhatTheyLack() throws Exception {
        Reading reading = Reading.of(AlarmData.folder().resolve("eve/suricata-verify.eve-alerts.json.gz"));
        assertThat(reading.alarms())
                .filteredOn(alarm -> alarm.srcPort() == Alarm.NONE)
                .hasSize(48_354);
        assertThat(reading.alarms())
                .filteredOn(alarm -> alarm.src() == null && alarm.dst() == null && alarm.proto() == null)
                .hasSize(39);
        assertThat(reading.tally().unzoned()).isZero();
    }

    /** The same events in two formats are the same alarms, but for what the shorter format leaves out. */
    @Test
    void eveAndFastLogTellTheSame() throws Exception {
        List<Alarm> eve = Reading.of(AlarmData.folder().resolve("eve/attack-pcaps.eve-alerts.json.gz"))
                .alarms();
        List<Alarm> fast = Reading.of(AlarmData.folder().resolve("eve/attack-pcaps.fast.log.gz"))
                .alarms();
        for (int i = 0; i < eve.size(); i++) {
            Alarm one = eve.get(i);
            Alarm other = fast.get(i);
            assertThat(other.type()).isEqualTo(one.type());
            assertThat(other.timeMicros()).isEqualTo(one.timeMicros());
            assertThat(other.severity()).isEqualTo(one.severity());
            if (one.srcPort() != Alarm.NONE) {
                assertThat(other.src()).isEqualTo(one.src());
                assertThat(other.dstPort()).isEqualTo(one.dstPort());
            }
        }
    }

    @Test
    void quotedAlertsOfSuricataKeepTheirType() throws Exception {
        Reading reading = Reading.of(AlarmData.folder().resolve("wazuh/ossec_insect.json.gz"));
        assertThat(reading.alarms())
                .filteredOn(alarm -> alarm.type().equals("wazuh:86601"))
                .hasSize(87)
                .allMatch(
                        alarm -> alarm.innerType() != null && alarm.innerType().startsWith("suricata:1:"));
        assertThat(reading.alarms())
                .filteredOn(alarm -> alarm.type().equals("wazuh:20101"))
                .allMatch(alarm -> alarm.innerType() != null && alarm.dstPort() != Alarm.NONE);
    }
}
