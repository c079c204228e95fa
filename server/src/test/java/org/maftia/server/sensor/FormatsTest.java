package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.core.testing.Attack;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;

/** What each format's record becomes, field by field. */
class FormatsTest {
    private static @Nullable Address address(String text) {
        return Address.parse(text).orElse(null);
    }

    private static Alarm sshd(String message) throws Exception {
        return Reading.of("Dec 10 06:55:48 gate sshd[1]: " + message + "\n").only();
    }

    @Test
    void eve() throws Exception {
        Alarm alarm = Reading.of(Samples.EVE).only();
        assertThat(alarm.type()).isEqualTo("suricata:1:2200073");
        assertThat(alarm.timeMicros()).isEqualTo(1_596_691_188_886_764L);
        assertThat(alarm.sensor()).isEqualTo("eve");
        assertThat(alarm.src()).isEqualTo(address("192.0.2.5"));
        assertThat(alarm.dst()).isEqualTo(address("2001:db8::5"));
        assertThat(alarm.srcPort()).isEqualTo(53_796);
        assertThat(alarm.dstPort()).isEqualTo(80);
        assertThat(alarm.proto()).isEqualTo("tcp");
        assertThat(alarm.severity()).isEqualTo(4);
        assertThat(alarm.attackIds()).containsExactly("T1003");
        assertThat(alarm.rawHash()).isNotNull();
    }

    @Test
    void fastLogOfSuricataAndSnort() throws Exception {
        Alarm suricata = Reading.of(Samples.FAST).only();
        assertThat(suricata.type()).isEqualTo("suricata:1:2200073");
        assertThat(suricata.dst()).isEqualTo(address("198.51.100.5"));
        assertThat(suricata.dstPort()).isEqualTo(80);
        Reading reading = Reading.of(Samples.SNORT);
        Alarm snort = reading.only();
        assertThat(snort.type()).isEqualTo("snort:1:408");
        assertThat(snort.timeMicros()).isEqualTo(1_608_832_800_000_001L); // 2020, the newest year not after now
        assertThat(snort.dst()).isEqualTo(address("2001:db8::1"));
        assertThat(snort.dstPort()).isEqualTo(Alarm.NONE);
        assertThat(reading.tally().unzoned()).isEqualTo(1);
    }

    @Test
    void zeek() throws Exception {
        Alarm alarm = Reading.of(Samples.ZEEK).only();
        assertThat(alarm.type()).isEqualTo("zeek:notice:SSL::Invalid_Server_Cert");
        assertThat(alarm.timeMicros()).isEqualTo(1_521_911_720_629_574L);
        assertThat(alarm.src()).isEqualTo(address("192.0.2.120"));
        String unnamed = "{\"ts\":\"2018-03-24T17:30:50.632231Z\",\"name\":\"odd\",\"uid\":\"C1\"}";
        Reading reading = Reading.of("/logs/weird.2018.log", unnamed.getBytes(StandardCharsets.UTF_8));
        assertThat(reading.only().type()).isEqualTo("zeek:weird:odd");
    }

    @Test
    void wazuhKeepsTheQuotedAlert() throws Exception {
        Alarm alarm = Reading.of(Samples.WAZUH).only();
        assertThat(alarm.type()).isEqualTo("wazuh:20100");
        assertThat(alarm.innerType()).isEqualTo("suricata:1:2221028");
        assertThat(alarm.dst()).isEqualTo(address("192.0.2.21"));
        assertThat(alarm.dstPort()).isEqualTo(80);
        assertThat(alarm.host()).isEqualTo("mail");
        assertThat(alarm.sensor()).isEqualTo("site");
        assertThat(alarm.severity()).isEqualTo(4);
        assertThat(alarm.attackIds()).containsExactly("T1110");
    }

    @Test
    void journaldWithAMessageOfBytes() throws Exception {
        Alarm alarm = Reading.of(Samples.JOURNALD).only();
        assertThat(alarm.type()).isEqualTo("sshd:failed-password");
        assertThat(alarm.timeMicros()).isEqualTo(1_596_691_188_886_764L);
        assertThat(alarm.src()).isEqualTo(address("192.0.2.7"));
        assertThat(alarm.srcPort()).isEqualTo(22);
        assertThat(alarm.host()).isEqualTo("gate");
    }

    @Test
    void sshdLinesOfSyslog() throws Exception {
        Reading reading = Reading.of(Samples.SSHD);
        Alarm alarm = reading.only();
        assertThat(alarm.type()).isEqualTo("sshd:failed-password-invalid-user");
        assertThat(alarm.timeMicros()).isEqualTo(1_607_583_348_000_000L); // 2020-12-10
        assertThat(alarm.src()).isEqualTo(address("192.0.2.186"));
        assertThat(reading.tally().skippedByKind()).containsOnly(Map.entry("cron", 1L));
        assertThat(reading.tally().unzoned()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Failed password for root from 192.0.2.1 port 5 ssh2 | failed-password | 192.0.2.1",
                "Invalid user test9 from 192.0.2.1 | invalid-user | 192.0.2.1",
                "input_userauth_request: invalid user test9 [preauth] | invalid-user |",
                "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1 "
                        + " user=root | pam-failure | 192.0.2.1",
                "reverse mapping checking getaddrinfo for a.example [192.0.2.1] failed - POSSIBLE BREAK-IN ATTEMPT!"
                        + " | reverse-mapping | 192.0.2.1",
                "Received disconnect from 192.0.2.1: 11: Bye Bye [preauth] | disconnect | 192.0.2.1",
                "Connection closed by 192.0.2.1 [preauth] | closed | 192.0.2.1",
                "Connection closed by authenticating user root 192.0.2.1 port 5 [preauth] | closed | 192.0.2.1",
                "Did not receive identification string from 192.0.2.1 | no-identification | 192.0.2.1",
                "Disconnecting: Too many authentication failures for root [preauth] | retries-exceeded |",
                "PAM service(sshd) ignoring max retries; 6 > 3 | retries-exceeded |",
                "message repeated 5 times: [ Failed password for root from 192.0.2.1 port 5 ssh2]"
                        + " | failed-password | 192.0.2.1",
                "Accepted password for root from 192.0.2.1 port 5 ssh2 | other | 192.0.2.1",
            })
    void templatesOfSshd(String message, String name, @Nullable String src) throws Exception {
        Alarm alarm = sshd(message);
        assertThat(alarm.type()).isEqualTo("sshd:" + name);
        assertThat(alarm.src()).isEqualTo(src == null ? null : address(src));
    }

    /** Who knocks chooses the name of the user, and the text of a farewell. */
    @Attack("hostile records of a sensor")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Invalid user a from 203.0.113.9 port 7 from 192.0.2.1 port 5",
                "Failed password for invalid user a from 203.0.113.9 port 7 ssh2 from 192.0.2.1 port 5 ssh2",
                "Received disconnect from 192.0.2.1 port 5:11: bye from 203.0.113.9 port 7 [preauth]",
                "Received disconnect from 192.0.2.1: 11: rhost=203.0.113.9 from 203.0.113.9 port 7",
                "Connection closed by invalid user 203.0.113.9 192.0.2.1 port 5 [preauth]",
                "pam_unix(sshd:auth): authentication failure; ruser= rhost=192.0.2.1  user=a from 203.0.113.9 port 7",
            })
    void aUserCannotNameAnotherSource(String message) throws Exception {
        assertThat(sshd(message).src()).isEqualTo(address("192.0.2.1"));
    }

    @Test
    void ait() throws Exception {
        Reading reading = Reading.of(Samples.AIT);
        Alarm alarm = reading.only();
        assertThat(alarm.type()).isEqualTo("W-Sys-Cav");
        assertThat(alarm.sensor()).isEqualTo("Wazuh");
        assertThat(alarm.timeMicros()).isEqualTo(1_642_213_952_500_000L);
        assertThat(alarm.host()).isEqualTo("mail");
        assertThat(alarm.label()).isEqualTo(Alarm.HARMLESS);
        Alarm quoted = Reading.of(AitParser.HEADER + "\n1,\"Wazuh: a, \"\"b\"\"\",192.0.2.1,h,W-1,dirb,dirb_scan\n")
                .only();
        assertThat(quoted.isAttack()).isTrue();
    }

    @Test
    void exportOfSplunk() throws Exception {
        Reading reading = Reading.of(Samples.SPLUNK);
        assertThat(reading.only().type()).isEqualTo("suricata:1:7");
        assertThat(reading.tally().skippedByKind()).containsOnly(Map.entry("flow", 1L));
        assertThat(reading.reports().getFirst().format()).isEqualTo(Optional.of(Format.CPTC));
    }

    @Test
    void idmef() throws Exception {
        Alarm alarm = Reading.of(Samples.IDMEF).only();
        assertThat(alarm.type()).isEqualTo("idmef:Ping-of-death detected");
        assertThat(alarm.sensor()).isEqualTo("bc-sensor01");
        assertThat(alarm.timeMicros()).isEqualTo(952_596_085_934_640L);
        assertThat(alarm.src()).isEqualTo(address("192.0.2.200"));
        assertThat(alarm.host()).isEqualTo("lollipop");
        assertThat(alarm.dstPort()).isEqualTo(80);
        assertThat(alarm.severity()).isEqualTo(4);
        assertThat(alarm.category()).isEqualTo("dos");
    }

    @Test
    void timesOfIdmefFallBackToTheStampAndThenToNow() throws Exception {
        Reading stamp = Reading.of(Samples.IDMEF.replace("2000-03-09T10:01:25.93464Z", "yesterday"));
        assertThat(stamp.only().timeMicros()).isEqualTo(952_596_085_934_639L);
        assertThat(stamp.tally().otherClocks()).isEqualTo(1);
        Reading none = Reading.of(
                Samples.IDMEF.replace("2000-03-09T10:01:25.93464Z", "yesterday").replace("0xbc71f4f5.0xef449129", "?"));
        assertThat(none.only().timeMicros()).isEqualTo(Reading.NOW_MICROS);
    }

    @Test
    void prefixesOfNamespacesDoNotMatter() throws Exception {
        Alarm one = Reading.of(Samples.IDMEF).only();
        Alarm other = Reading.of(
                        Samples.IDMEF.replace("<x:", "<").replace("</x:", "</").replace("xmlns:x=", "xmlns="))
                .only();
        assertThat(other).isEqualTo(one);
    }
}
