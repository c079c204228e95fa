package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.testing.Attack;
import org.maftia.services.detection.Address;
import org.maftia.services.detection.Alarm;

/** What other sites' sensors write: other versions, other settings, other tools in between. */
class VariantsTest {
    private static final String NOTICES = """
        #separator \\x09
        #set_separator\t,
        #empty_field\t(empty)
        #unset_field\t-
        #path\tnotice
        #open\t2022-04-13-20-55-55
        #fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tnote\tmsg\tsrc\tdst\tp\tpeer_descr
        #types\ttime\tstring\taddr\tport\taddr\tport\tenum\tenum\tstring\taddr\taddr\tport\tstring
        1649715078.678609\tC4J\t192.0.2.146\t63839\t192.0.2.157\t111\tudp\tA::Exploit\tfound\t192.0.2.146\t192.0.2.157\t111\t-
        1649715079.5\t-\t-\t-\t-\t-\t-\tScan::Port_Scan\tmany\t2001:db8::7\t192.0.2.9\t-\tgate
        #close\t2022-04-13-20-56-00
        """;

    private static @Nullable Address address(String text) {
        return Address.parse(text).orElse(null);
    }

    private static Reading named(String name, String text) throws Exception {
        return Reading.of(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable Format format(Reading reading) {
        return reading.reports().getFirst().format().orElse(null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2020-08-06T05:19:48.886764+0000 | 1596691188886764 | 0",
                "2020-08-06T05:19:48.886764Z | 1596691188886764 | 0",
                "2020-08-06T07:19:48.886764+02:00 | 1596691188886764 | 0",
                "2020-08-06T05:19:48.8867641 | 1596691188886764 | 1",
                "2020-08-06 05:19:48 | 1596691188000000 | 1",
                "2020-08-05T23:49:48-0530 | 1596691188000000 | 0",
            })
    void timesOfEve(String time, long micros, long unzoned) throws Exception {
        Reading reading = Reading.of(Samples.EVE.replace("2020-08-06T05:19:48.886764+0000", time));
        assertThat(reading.only().timeMicros()).isEqualTo(micros);
        assertThat(reading.tally().unzoned()).isEqualTo(unzoned);
    }

    @Test
    void eveWithNextToNothing() throws Exception {
        Reading reading = Reading.of("""
            {"timestamp":"2020-08-06T05:19:48","event_type":"alert","alert":{"signature_id":7}}
            {"timestamp":"2020-08-06T05:19:48","event_type":"alert","src_ip":null,"src_port":"80","proto":"006",\
            "alert":{"gid":"3","signature_id":"8","severity":9,"metadata":{"mitre_technique_id":"T1003"}}}
            {"event_type":"stats","timestamp":"2020-08-06T05:19:48","stats":{"uptime":1}}
            {"event_type":"anomaly","timestamp":"2020-08-06T05:19:48","anomaly":{"type":"decode"}}
            """);
        assertThat(reading.alarms()).extracting(Alarm::type).containsExactly("suricata:1:7", "suricata:3:8");
        assertThat(reading.alarms().getLast().srcPort()).isEqualTo(80);
        assertThat(reading.alarms().getLast().attackIds()).containsExactly("T1003");
        assertThat(reading.tally().skippedByKind()).containsOnlyKeys("anomaly", "stats");
        assertThat(reading.tally().bad()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\n\t{\n", "[\r\n  {\r\n", "\ufeff[ {\n", "{\n"})
    void eveIndentedAsPeopleLike(String begin) throws Exception {
        String feed = begin.contains("\r") ? "\r\n" : "\n";
        Reading reading = Reading.of(begin + "\t\t\"timestamp\": \"2020-08-06T05:19:48Z\"," + feed
                + "\t\t\"event_type\": \"alert\", \"alert\": {" + feed + "\"signature_id\": 5 }" + feed + "\t}" + feed
                + (begin.startsWith("{") ? "" : "]"));
        assertThat(reading.only().type()).isEqualTo("suricata:1:5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[Drop] ", "[wDrop] ", ""})
    void fastLogOfAnInlineSensor(String action) throws Exception {
        Alarm alarm = Reading.of(Samples.FAST.replace("  [**] [1", "  " + action + "[**] [1"))
                .only();
        assertThat(alarm.type()).isEqualTo("suricata:1:2200073");
        assertThat(alarm.timeMicros()).isEqualTo(1_596_691_188_886_764L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10/18-22:10:48.000001 [**] [1:1000001:0] \"a rule\" [**] [Classification: none] [Priority: 0] {TCP} "
                        + "192.0.2.1:5 -> 192.0.2.2:80 | 1603059048000001",
                "19/10/18-22:10:48.000001 [drop] [**] [1:1000001:0] \"a rule\" [**] [Priority: 0] [AppID: x] {TCP} "
                        + "192.0.2.1:5 -> 192.0.2.2:80 | 1571436648000001",
                "10/18/19-22:10:48.000001  [**] [1:1000001:0] <eth0> a rule [**] [Priority: 0] {TCP} "
                        + "192.0.2.1:5 -> 192.0.2.2:80 | 1571436648000001",
            })
    void fastLogOfSnort3AndWithTheYear(String line, long micros) throws Exception {
        Reading reading = Reading.of(line + "\n");
        assertThat(reading.only().type()).isEqualTo("snort:1:1000001");
        assertThat(reading.only().timeMicros()).isEqualTo(micros);
        assertThat(reading.only().dstPort()).isEqualTo(80);
        assertThat(reading.titles().of("snort:1:1000001")).isEqualTo(Optional.of("a rule"));
    }

    @Test
    void jsonOfSnort3() throws Exception {
        Reading reading = Reading.of("""
            { "timestamp" : "07/16-09:23:39.153899", "pkt_num" : 5, "proto" : "TCP", "pkt_gen" : "stream_tcp", \
            "src_ap" : "192.0.2.2:50284", "dst_ap" : "192.0.2.3:80", "rule" : "1:1000000:0", "action" : "allow" }
            { "seconds" : 1594891419, "timestamp" : "20/07/16-09:23:39.153899", "proto" : "ICMP6", "gid" : 116, "sid" : 8, \
            "msg" : "\\"an echo\\"", "class" : "none", "priority" : 2, "src_addr" : "2001:db8::1", "dst_port" : 0 }
            { "timestamp" : "07/16-09:23:39.153899", "proto" : "UDP", "src_ap" : "2001:db8::5:53", \
            "dst_ap" : ":0", "rule" : "1:7:0" }
            """);
        assertThat(format(reading)).isEqualTo(Format.SNORT);
        Alarm one = reading.alarms().getFirst();
        assertThat(one.type()).isEqualTo("snort:1:1000000");
        assertThat(one.timeMicros()).isEqualTo(1_594_891_419_153_899L);
        assertThat(one.src()).isEqualTo(address("192.0.2.2"));
        assertThat(one.dstPort()).isEqualTo(80);
        Alarm two = reading.alarms().get(1);
        assertThat(two.type()).isEqualTo("snort:116:8");
        assertThat(two.timeMicros()).isEqualTo(1_594_891_419_000_000L);
        assertThat(two.src()).isEqualTo(address("2001:db8::1"));
        assertThat(two.dstPort()).isEqualTo(Alarm.NONE);
        assertThat(two.severity()).isEqualTo(3);
        assertThat(two.category()).isNull();
        assertThat(reading.titles().of("snort:116:8")).isEqualTo(Optional.of("an echo"));
        Alarm three = reading.alarms().getLast();
        assertThat(three.src()).isEqualTo(address("2001:db8::5"));
        assertThat(three.dst()).isNull();
        assertThat(reading.tally().unzoned()).isEqualTo(2);
    }

    @Test
    void zeekInItsOwnForm() throws Exception {
        Reading reading = Reading.of(NOTICES);
        assertThat(format(reading)).isEqualTo(Format.ZEEK);
        Alarm one = reading.alarms().getFirst();
        assertThat(one.type()).isEqualTo("zeek:notice:A::Exploit");
        assertThat(one.timeMicros()).isEqualTo(1_649_715_078_678_609L);
        assertThat(one.src()).isEqualTo(address("192.0.2.146"));
        assertThat(one.dstPort()).isEqualTo(111);
        assertThat(one.proto()).isEqualTo("udp");
        Alarm scan = reading.alarms().getLast();
        assertThat(scan.type()).isEqualTo("zeek:notice:Scan::Port_Scan");
        assertThat(scan.src()).isEqualTo(address("2001:db8::7"));
        assertThat(scan.dst()).isEqualTo(address("192.0.2.9"));
        assertThat(scan.dstPort()).isEqualTo(Alarm.NONE);
        assertThat(scan.sensor()).isEqualTo("gate");
        assertThat(reading.tally().skippedByKind()).containsOnly(Map.entry("header", 9L));
        assertThat(reading.tally().bad()).isZero();
    }

    @Test
    void logsOfZeekOneBehindTheOther() throws Exception {
        String weird = "#separator ,\n#unset_field,?\n#path,weird\n#fields,ts,name,uid\n5,odd,?\n6,odd\n";
        String conn = "#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\n7\tC\t192.0.2.1\n";
        Reading reading = Reading.of(conn + NOTICES + weird);
        assertThat(reading.alarms()).hasSize(3);
        assertThat(reading.alarms().getLast().type()).isEqualTo("zeek:weird:odd");
        assertThat(reading.tally().skippedByKind()).containsEntry("conn", 1L);
        assertThat(reading.tally().badByReason()).containsOnlyKeys(Reason.SYNTAX);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"ts\":1521911720.6,\"note\":\"Scan::Port_Scan\",\"src\":\"192.0.2.1\",\"dst\":\"192.0.2.2\",\"p\":22}"
                        + " | zeek:notice:Scan::Port_Scan",
                "{\"ts\":1521911720600,\"uid\":\"C\",\"id.orig_h\":\"192.0.2.1\",\"id.resp_h\":\"192.0.2.2\","
                        + "\"id.resp_p\":22,\"name\":\"odd\",\"notice\":false,\"peer\":\"zeek\"} | zeek:weird:odd",
                "{\"_path\":\"weird\",\"_write_ts\":\"2018-03-24T17:15:21Z\",\"ts\":\"2018-03-24T17:15:20.6Z\","
                        + "\"id\":{\"orig_h\":\"192.0.2.1\",\"resp_h\":\"192.0.2.2\",\"resp_p\":22},\"name\":\"odd\"} "
                        + "| zeek:weird:odd",
            })
    void zeekFromAPipe(String line, String type) throws Exception {
        Alarm alarm = named("standard input", line).only();
        assertThat(alarm.type()).isEqualTo(type);
        assertThat(alarm.timeMicros() / 1_000_000_000).isEqualTo(1_521_911);
        assertThat(alarm.src()).isEqualTo(address("192.0.2.1"));
        assertThat(alarm.dst()).isEqualTo(address("192.0.2.2"));
        assertThat(alarm.dstPort()).isEqualTo(22);
    }

    @Test
    void wazuhFromItsArchiveAndItsIndex() throws Exception {
        Reading reading = Reading.of("""
            {"timestamp":"2020-03-04T13:55:05+0000","agent":{"id":"000","name":"mail"},"manager":{"name":"m"},"full_log":"x"}
            {"@timestamp":"2020-03-04T13:55:05.000Z","rule":{"level":3,"id":"5715"},"agent":{"id":"001"},"location":"l"}
            {"timestamp":"2020-03-04T13:55:05+0000","rule":{"level":3,"id":5716},"agent":{"name":"w"},"data":{"srcip":"gate"}}
            """);
        assertThat(reading.alarms()).extracting(Alarm::type).containsExactly("wazuh:5715", "wazuh:5716");
        assertThat(reading.alarms().getLast().src()).isNull();
        assertThat(reading.tally().skippedByKind()).containsOnly(Map.entry("no rule", 1L));
        assertThat(reading.tally().bad()).isZero();
    }

    @Test
    void exportsOfSplunkByLine() throws Exception {
        String raw =
                "\"_raw\":\"{\\\"timestamp\\\":\\\"2018-11-03T23:16:09.148520+0000\\\",\\\"event_type\\\":\\\"alert\\\","
                        + "\\\"alert\\\":{\\\"gid\\\":1,\\\"signature_id\\\":7}}\"";
        String result = "{\"result\":{" + raw + "}}\n";
        Reading results = Reading.of(result + result);
        assertThat(results.alarms()).hasSize(2);
        Reading bare = Reading.of("[{" + raw + ",\"host\":\"t1\"},{" + raw + "}]");
        assertThat(bare.alarms()).hasSize(2).allMatch(alarm -> alarm.type().equals("suricata:1:7"));
    }

    @Test
    void labelledTablesWithOtherColumns() throws Exception {
        List<String> tables = List.of(
                "short,time,host,ip,event_label\nW-1,1642213952.5,mail,192.0.2.81,dirb\n",
                "\"time\",\"name\",\"ip\",\"host\",\"short\",\"time_label\",\"event_label\"\r\n"
                        + "\"1642213952.5\",\"Wazuh: a, b\",\"192.0.2.81\",\"mail\",\"W-1\",\"x\",\"dirb\"\r\n",
                "\ufeff,Time,Event_Label,Short,IP,Host,Name,more\n"
                        + "0,2022-01-15T02:32:32.5Z,dirb,W-1,192.0.2.81,mail,W: x,\n");
        for (String table : tables) {
            Alarm alarm = Reading.of(table).only();
            assertThat(alarm.type()).isEqualTo("W-1");
            assertThat(alarm.timeMicros()).isEqualTo(1_642_213_952_500_000L);
            assertThat(alarm.src()).isEqualTo(address("192.0.2.81"));
            assertThat(alarm.host()).isEqualTo("mail");
            assertThat(alarm.label()).isEqualTo("dirb");
        }
    }

    /** Lines of a table with its own header are not given to threads that have not seen it. */
    @Test
    void aLongTableKeepsItsColumns() throws Exception {
        StringBuilder table = new StringBuilder("short,time,ip,event_label\n");
        for (int i = 0; i < 40_000; i++) {
            table.append("W-1,").append(1_642_213_952 + i).append(",192.0.2.81,-\n");
        }
        Reading reading = Reading.of(table.toString());
        assertThat(reading.alarms()).hasSize(40_000);
        assertThat(reading.tally().bad()).isZero();
    }

    @Attack("hostile records of a sensor")
    @Test
    void aHostCannotRenameTheColumns() throws Exception {
        String row = "1642213952,\"%s\",192.0.2.81,%s,W-1,x,-\n";
        Reading reading =
                Reading.of(AitParser.HEADER + "\n" + row.formatted("time", "short") + row.formatted("a", "b"));
        assertThat(reading.alarms()).hasSize(2).allMatch(alarm -> alarm.type().equals("W-1"));
    }

    @Test
    void idmefWithoutANamespaceAndWithADocumentType() throws Exception {
        String old = Samples.IDMEF
                .replace("<x:", "<")
                .replace("</x:", "</")
                .replace(" xmlns:x=\"http://iana.org/idmef\"", "")
                .replace(
                        "?>\n",
                        "?>\n"
                                + "<!DOCTYPE IDMEF-Message PUBLIC \"-//IETF//DTD RFC XXXX IDMEF v1.0//EN\""
                                + " \"idmef-message.dtd\">\n");
        Reading reading = Reading.of(old + Samples.IDMEF);
        assertThat(reading.alarms()).hasSize(2);
        assertThat(reading.alarms().getFirst().host()).isEqualTo("lollipop");
        assertThat(reading.tally().bad()).isZero();
    }

    @Test
    void lettersOfIdmef() throws Exception {
        String named = Samples.IDMEF.replace("lollipop", "k\u00f6nig");
        assertThat(named("x", named).only().host()).isEqualTo("k\u00f6nig");
        byte[] latin = named.replace("UTF-8", "ISO-8859-1").getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Reading.of("x", latin).only().host()).isEqualTo("k\u00f6nig");
        byte[] wrong = named.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Reading.of("x", wrong).only().host()).isEqualTo("k\ufffdnig");
    }

    /** Entities are refused wherever they are declared, and so is the use of one that is not. */
    @Attack("hostile records of a sensor")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<!DOCTYPE x [<!ENTITY e \"lollipop\">]>",
                "<!DOCTYPE x SYSTEM \"file:///etc/passwd\" [ <!ENTITY e SYSTEM \"file:///etc/passwd\"> ]>",
                "<!DOCTYPE x SYSTEM \"http://127.0.0.1:9/x.dtd\">",
                "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY e \"&b;&b;&b;&b;\">]>",
                ""
            })
    void entitiesAreRefused(String doctype) throws Exception {
        boolean declares = doctype.contains("[");
        String unused = Samples.IDMEF.replace("?>\n", "?>\n" + doctype + "\n");
        assertThat(Reading.of(unused).tally().bad()).isEqualTo(declares ? 1 : 0);
        String hostile = Samples.IDMEF.replace("?>\n", "?>\n" + doctype + "\n").replace("lollipop", "&e;");
        Reading reading = Reading.of(hostile + Samples.IDMEF);
        assertThat(reading.only().host()).isEqualTo("lollipop");
        assertThat(reading.tally().bad()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<34>1 2020-12-10T06:55:48Z gate sshd 4711 ID47 - Failed password for root from 192.0.2.1 port 5 ssh2",
                "<34>1 2020-12-10T06:55:48Z gate sshd 4711 - [a@1 b=\"]\\\"x\"][c] Failed password for root from "
                        + "192.0.2.1 port 5 ssh2",
                "2020-12-10T06:55:48.000000+00:00 gate sshd-session[1]: Failed password for root from 192.0.2.1 port 5"
                        + " ssh2",
                "<38>Dec 10 06:55:48 gate sshd-auth[1]: Failed password for root from 192.0.2.1 port 5 ssh2",
                "{\"__REALTIME_TIMESTAMP\":\"1607583348000000\",\"SYSLOG_IDENTIFIER\":[\"sshd\",\"sshd\"],\"_HOSTNAME\":\"gate\",\"MESSAGE\":\"Failed"
                        + " password for root from 192.0.2.1 port 5 ssh2\"}",
            })
    void sshdByOtherWays(String line) throws Exception {
        Alarm alarm = Reading.of(line + "\n").only();
        assertThat(alarm.type()).isEqualTo("sshd:failed-password");
        assertThat(alarm.timeMicros()).isEqualTo(1_607_583_348_000_000L);
        assertThat(alarm.host()).isEqualTo("gate");
        assertThat(alarm.src()).isEqualTo(address("192.0.2.1"));
        assertThat(alarm.srcPort()).isEqualTo(5);
    }
}
