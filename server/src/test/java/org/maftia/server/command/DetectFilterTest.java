package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.detection.FilterDirectory;
import org.maftia.services.detection.filter.Decisions;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Gates;
import picocli.CommandLine;

/** The commands of filters, from a file of alarms to an incident that trips one. */
class DetectFilterTest {
    private static final long DAY = 86_400_000_000L;

    @TempDir
    private Path folder;

    private Path alarms = Path.of("");
    private String directory = "";

    @BeforeEach
    void write() throws IOException {
        directory = folder.resolve("filters").toString();
        alarms = folder.resolve("fox_alerts.txt");
        List<String> lines = new ArrayList<>();
        lines.add("time,name,ip,host,short,time_label,event_label");
        for (int i = 0; i < 400; i++) {
            lines.add(1_700_000_000 + i * 1800 + ",Wazuh: update,10.0.0.9,mail,W-Sys-Cav,false_positive,-");
        }
        Files.write(alarms, lines);
    }

    private record Result(int code, String out, String err) {}

    private Result run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Maftia.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of("detect", "filter"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--filters", directory));
        int code = line.execute(all.toArray(String[]::new));
        return new Result(code, out.toString(), err.toString());
    }

    private String proposed() throws IOException {
        assertThat(run("propose", alarms.toString()).code()).isZero();
        return new FilterDirectory(Path.of(directory))
                .load()
                .orElseThrow()
                .filters()
                .firstKey();
    }

    /** Nothing passes the gates where no canary is known, and nobody approves what was not in shadow for a week. */
    @Test
    void gatesAreAtTheCommandLineToo() throws IOException {
        String id = proposed();
        assertThat(run("explain", id, "--owner", "Ada", "--cause", "signature updates")
                        .out())
                .contains("EXPLAINED");
        assertThat(run("shadow", id, "--by", "Ada").err())
                .contains("no canary is known")
                .contains("hint: the gates stand in");
        Files.writeString(Path.of(directory, "gates.toml"), "[gates]\ncanaries = [\"W-Acc-400\"]\n");
        assertThat(run("shadow", id, "--by", "Ada").out()).contains("SHADOW");
        Result early = run("approve", id, "--by", "Bob", "--reason", "quiet");
        assertThat(early.code()).isEqualTo(1);
        assertThat(early.err()).contains("quorum of officers is not there yet").contains("seven days");
        assertThat(early.err()).contains("hint: a filter is proposed, explained, in shadow");
        assertThat(run("list", "--json").out()).contains("\"stage\":\"SHADOW\"").contains("\"owner\":\"Ada\"");
        assertThat(run("run", alarms.toString()).out()).containsPattern("tagged +400");
        assertThat(run("show", id).out())
                .contains("MINED by miner: mined from")
                .contains("EXPLAINED by Ada: signature updates")
                .contains("SHADOW by Ada")
                .contains("tagged   400 in shadow");
        assertThat(run("show", "f-0").err()).contains("there is no filter f-0");
        assertThat(run("revoke", id, "--by", "Eve", "--reason", "no more").out())
                .contains("REVOKED");
    }

    @Test
    void whatIsHiddenIsKeptAndCharged() throws IOException {
        String id = proposed();
        Files.writeString(Path.of(directory, "gates.toml"), "[gates]\ncanaries = [\"W-Acc-400\"]\n");
        activate(id);
        assertThat(run("run", "--json", alarms.toString()).out())
                .contains("\"opened\":0")
                .contains("\"taken\":400");
        assertThat(Files.readAllLines(Path.of(directory, "suppressed.tsv"))).hasSize(400);
        assertThat(run("audit").out()).contains("suppressed 400");
        assertThat(run("export", id, "--to", "suricata").err()).contains("no guard");
        assertThat(run("export", id, "--to", "suricata", "--without-guard").err())
                .contains("not exported");
        Result audit = run("audit", "--from", "2023-11-15T00:00:00Z", "--to", "2023-11-15T01:59:59Z", "mail");
        assertThat(audit.out()).contains("TRIPPED").contains("4 of the incident");
        assertThat(run("run", alarms.toString()).out()).containsPattern("shown +400");
    }

    /** Somebody who mines many days at once must be told why busy clusters are missing. */
    @Test
    void clustersOfFewDaysAreLeftOutAloud() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(alarms));
        for (int i = 0; i < 400; i++) {
            lines.add(1_700_000_000 + i + ",Wazuh: scan,10.0.0.7,mail,W-Net-Scn,false_positive,-");
        }
        Files.write(alarms, lines);
        assertThat(run("propose", alarms.toString()).out())
                .startsWith("1 clusters")
                .contains(" 1 were seen on fewer than 5 days: left out.");
    }

    /** A disk that is full when the next version is written leaves the present one good. */
    @Test
    void theVersionBeforeIsGoodUntilTheNextIsThere() throws IOException {
        String id = proposed();
        Path document = Path.of(directory, "filters");
        byte[] before = Files.readAllBytes(document);
        assertThat(run("explain", id, "--owner", "Ada", "--cause", "updates").code())
                .isZero();
        Files.write(document, before); // as if only the signature of the next one had been written
        assertThat(run("list").out()).contains("MINED");
        assertThat(run("explain", id, "--owner", "Ada", "--cause", "updates").out())
                .contains("EXPLAINED");
        assertThat(run("list").out()).contains("EXPLAINED");
    }

    /** A run that fails keeps nothing; what a machine that stopped has left of a line goes at the next. */
    @Test
    void suppressedAlarmsAreKeptWholeOrNotAtAll() throws IOException {
        String id = proposed();
        Files.writeString(Path.of(directory, "gates.toml"), "[gates]\ncanaries = [\"W-Acc-400\"]\n");
        activate(id);
        Path kept = Path.of(directory, "suppressed.tsv");
        assertThat(run("run", alarms.toString(), folder.resolve("missing").toString())
                        .code())
                .isEqualTo(1);
        assertThat(kept).isEmptyFile();
        assertThat(run("run", alarms.toString()).code()).isZero();
        byte[] whole = Files.readAllBytes(kept);
        Files.write(kept, Arrays.copyOf(whole, whole.length - 20));
        assertThat(run("run", alarms.toString()).code()).isZero();
        assertThat(run("audit").out()).contains("suppressed 799");
    }

    /** Types of recorded attacks are gates at once, and filters that would hide them are named. */
    @Test
    void recordedAttacksAreCanaries() throws IOException {
        String id = proposed();
        Path attacks = folder.resolve("attacks.csv");
        String head = "time,name,ip,host,short,time_label,event_label\n";
        Files.writeString(
                attacks, head + "1700000000,x,10.0.0.9,mail,W-Acc-400,a,dirb\n1700000001,x,,,W-Sys-Cav,a,-\n");
        assertThat(run("canaries", attacks.toString()).out()).contains("1 alarms of attacks: 1 types are new");
        assertThat(run("explain", id, "--owner", "Ada", "--cause", "updates").code())
                .isZero();
        assertThat(run("shadow", id, "--by", "Ada").out()).contains("SHADOW");
        assertThat(run("run", alarms.toString()).out()).containsPattern("tagged +400");
        Result charged = run("audit", "--from", "2023-11-15T00:00:00Z", "--to", "2023-11-15T01:59:59Z", "mail");
        assertThat(charged.out()).contains("TRIPPED").contains("tagged 400").contains("4 of the incident");
        Path eve = folder.resolve("eve.json"); // without labels: a recording of attacks alone
        Files.writeString(
                eve,
                "{\"timestamp\":\"2024-03-01T00:00:00Z\",\"event_type\":\"alert\",\"alert\":{\"signature_id\":7}}\n");
        Files.writeString(attacks, head + "1700000000,x,10.0.0.9,mail,W-Sys-Cav,a,dirb\n");
        assertThat(run("canaries", eve.toString(), attacks.toString()).out())
                .contains("2 types are new, 3 are canaries")
                .contains(id + " TRIPPED would hide alarms of a known attack: W-Sys-Cav");
        assertThat(Files.readAllLines(Path.of(directory, "canaries")))
                .containsExactly("W-Acc-400", "W-Sys-Cav", "suricata:1:7");
        assertThat(run("list").out()).contains("refused  alarms of its type occur in a known attack");
        Files.writeString(Path.of(directory, "canaries"), "W-Acc-400\u0007\n");
        assertThat(run("list").err()).contains("canaries:1 is no type of alarms");
    }

    /** Who looks at the list sees what each filter does. */
    @Test
    void theListSaysWhatFiltersTook() throws IOException {
        String id = proposed();
        Files.writeString(Path.of(directory, "gates.toml"), "[gates]\ncanaries = [\"W-Acc-400\"]\n");
        activate(id);
        assertThat(run("list").out()).contains("idle     it took nothing in the last 24 hours");
        assertThat(run("run", alarms.toString()).code()).isZero();
        assertThat(run("list").out())
                .contains("took     400, the last at 2023-11-23T")
                .contains("0 in the last 24 hours")
                .contains("idle ");
        assertThat(run("list", "--json").out()).contains("\"taken\":400,\"takenInDay\":0");
        assertThat(run("revoke", id, "--by", "Eve", "--reason", "mended").code())
                .isZero();
        assertThat(run("run", alarms.toString()).out()).contains(id + " REVOKED: 400 alarms below it are back");
    }

    /** As if the week of shadow had begun ten days ago. */
    private void activate(String id) throws IOException {
        FilterDirectory files = new FilterDirectory(Path.of(directory));
        FilterSet set = files.load().orElseThrow();
        long now = FilterOption.nowMicros();
        Decisions decisions = new Decisions(
                new Gates(new TreeSet<>(List.of("W-Acc-400")), 4, new TreeSet<>(), new TreeSet<>(), new TreeSet<>()));
        set = decisions
                .explain(set, id, "Ada", "updates", now - 10 * DAY)
                .next()
                .orElseThrow();
        set = decisions.shadow(set, id, "Ada", now - 10 * DAY).next().orElseThrow();
        set = decisions.approve(set, id, "Bob", "quiet", now - DAY).next().orElseThrow();
        files.save(decisions.activate(set, id, "Bob", now - DAY).next().orElseThrow());
    }
}
