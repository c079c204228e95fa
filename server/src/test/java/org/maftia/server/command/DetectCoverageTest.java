package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator gets from {@code maftia detect coverage}. */
class DetectCoverageTest {
    private static final String SITE = """
        [trust]
        tolerate = [ { site = 1 } ]

        [[asset]]
        id = "mail"
        platform = "linux"

        [[class]]
        technique = "T1110"
        platform = "linux"
        component = "network traffic"
        required = "seen"

        [[class]]
        technique = "T1078"
        platform = "linux"
        component = "logons"

        [[class]]
        technique = "T1046"
        platform = "linux"
        component = "network traffic"

        [[sensor]]
        id = "nids-1"
        sources = ["network traffic"]
        rules = ["a.rules"]
        cost = 100
        attributes = { site = "zurich" }
        missed = 1000
        false = 20
        alarms = ["suricata:1:20"]

        [[sensor]]
        id = "nids-2"
        sources = ["network traffic"]
        techniques = ["T1110", "T1046"]
        cost = 10
        attributes = { site = "bern" }
        missed = 3000
        false = 50

        [[sensor]]
        id = "nids-3"
        sources = ["network traffic"]
        techniques = ["T1110"]
        cost = 20
        attributes = { site = "bern" }
        missed = 3000
        false = 50

        [[sensor]]
        id = "host-1"
        scope = "host"
        assets = ["mail"]
        sources = ["logons"]
        techniques = ["T1110.001"]
        attributes = { site = "bern" }
        """;

    @TempDir
    private Path directory;

    private final Terminal terminal = new Terminal();
    private Path sensors = Path.of("");

    @BeforeEach
    void writeSite() throws Exception {
        Files.writeString(directory.resolve("a.rules"), """
            alert tcp any any -> any 22 (msg:"guess"; metadata:mitre_technique_id T1110, created_at 2020; sid:1;)
            # alert tcp any any -> any 22 (msg:"off"; metadata:mitre_technique_id T1046; sid:2;)
            """);
        sensors = Files.writeString(directory.resolve("sensors.toml"), SITE);
    }

    @Test
    void theMatrixSaysWhoSeesWhatAndWhyNot() {
        String text = terminal.type(0, "detect", "coverage", sensors);
        assertThat(text)
                .contains("rXrd  fragile       T1046 on linux in network traffic at mail")
                .contains("dddr  blind         T1078 on linux in logons at mail")
                .contains("XXXd  seen          T1110 on linux in network traffic at mail")
                .contains("   1 of 3 seen")
                .contains("is seen by nids-2, which may fall with nids-2, nids-3, host-1")
                .contains("in common: site bern (nids-2, nids-3, host-1): without it 1 rows are blind")
                .contains("cheapest sufficient sensors: nids-1, nids-2; cost 110");
    }

    @Test
    void jsonHoldsTheSame() throws Exception {
        JsonNode result = new ObjectMapper().readTree(terminal.type(0, "detect", "coverage", sensors, "--json"));
        assertThat(result.get("verdicts").get("seen").asInt()).isEqualTo(1);
        JsonNode seen = result.get("matrix").get(2);
        assertThat(seen.get("technique").asText()).isEqualTo("T1110");
        assertThat(seen.get("blind").get("host-1").asText()).isEqualTo("source");
        JsonNode any = seen.get("predicted").get("any");
        assertThat(any.get("missed").get(1).asInt()).isEqualTo(1000); // the best of them misses so many
        assertThat(any.get("false").get(1).asInt()).isEqualTo(120); // all of them cry at other times
        assertThat(result.get("cheapest").get("proved").asBoolean()).isTrue();
    }

    @Test
    void requirementsThatCannotBeMetAreAFailure() {
        String text = terminal.type(1, "detect", "coverage", sensors, "--tolerate", "site=2");
        assertThat(text).contains("not even with all sensors seen: T1110 on linux in network traffic at mail");
    }

    @Test
    void wrongFilesAreNamedByTheirLine() throws Exception {
        Files.writeString(sensors, SITE.replace("T1078", "T78"));
        terminal.type(1, "detect", "coverage", sensors);
        assertThat(terminal.errors()).contains("sensors.toml:15: 'class.T78.technique' is no class");
        Files.writeString(sensors, SITE.replace("attributes = { site = \"zurich\" }\n", ""));
        terminal.type(1, "detect", "coverage", sensors);
        assertThat(terminal.errors()).contains("sensor nids-1 has no attribute site");
        Files.writeString(sensors, SITE.replace("cost = 100", "costs = 100"));
        terminal.type(1, "detect", "coverage", sensors);
        assertThat(terminal.errors()).contains("unknown key 'sensor.nids-1.costs'");
    }

    /** Two recordings of a technique that the sensor has a rule for, one of which it misses. */
    @Test
    void predictionIsComparedWithAReplay() throws Exception {
        Path eve = Files.writeString(directory.resolve("eve.json"), """
            {"timestamp":"2020-08-06T05:19:48Z","event_type":"flow","pcap_filename":"a/otrf__one_2020.cap"}
            {"timestamp":"2020-08-06T05:19:48Z","event_type":"alert","alert":{"gid":1,"signature_id":2000001},\
            "pcap_filename":"a/otrf__one_2020.cap"}
            {"timestamp":"2020-08-06T05:19:48Z","event_type":"alert","alert":{"gid":1,"signature_id":2200001},\
            "pcap_filename":"a/otrf__two_2020.cap"}
            {"timestamp":"2020-08-06T05:19:48Z","event_type":"flow","pcap_filename":"a/unlabelled.cap"}
            """);
        Path labels = Files.writeString(directory.resolve("labels.csv"), """
            zip,dataset_id,title,technique,sub_technique,tactics
            one.zip,1,"Guess, often",T1110,001,TA0006
            two.zip,2,Guess,T1110,,TA0006
            """);
        JsonNode result = new ObjectMapper()
                .readTree(
                        terminal.type(0, "detect", "coverage", sensors, "--json", "--replay", eve, "--labels", labels));
        JsonNode measured = result.get("measured");
        assertThat(measured.get("pairs").asInt()).isEqualTo(2);
        assertThat(measured.get("agreed").asInt()).isEqualTo(1);
        JsonNode row = measured.get("rows").get(0);
        assertThat(row.get("incidents").asInt()).isEqualTo(2);
        assertThat(row.get("reported").get("nids-1").asInt()).isEqualTo(1);
        assertThat(row.get("missed").get("any").asInt()).isEqualTo(5000);
    }
}
