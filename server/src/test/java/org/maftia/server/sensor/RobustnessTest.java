package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Attack;
import org.maftia.services.detection.Alarm;

/** Broken, huge, cut-off and hostile inputs. */
class RobustnessTest {
    @TempDir
    private Path directory;

    private static byte[] gzip(byte[] bytes) throws Exception {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(target)) {
            gzip.write(bytes);
        }
        return target.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void badLinesAreCountedAndTheOthersRead() throws Exception {
        Reading reading = Reading.of(Samples.EVE + "{\"timestamp\":\n" + Samples.EVE
                + "{\"timestamp\":\"yesterday\",\"event_type\":\"alert\",\"alert\":{\"signature_id\":1}}\n"
                + "{\"event_type\":\"alert\",\"src_port\":70000}\n"
                + "{\"event_type\":\"alert\",\"src_ip\":\"300.1.1.1\"}\n"
                + "{\"event_type\":\"alert\",\"timestamp\":\"2020-08-06T05:19:48Z\"}\n" + Samples.EVE);
        assertThat(reading.alarms()).hasSize(3);
        assertThat(reading.tally().badByReason())
                .containsOnlyKeys(Reason.CUT, Reason.TIME, Reason.FIELD, Reason.ADDRESS, Reason.TYPE);
        assertThat(reading.tally().bad()).isEqualTo(5);
        assertThat(reading.tally().isSuspicious()).isTrue();
        assertThat(reading.refused(Reason.CUT).samples()).containsExactly("{\"timestamp\":");
    }

    @Attack("hostile records of a sensor")
    @Test
    void aRecordThatNeverEndsCostsAMegabyte() throws Exception {
        byte[] huge = new byte[40 << 20];
        Arrays.fill(huge, (byte) 'x');
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.write(bytes(Samples.EVE + "{\"timestamp\":\""));
        stream.write(huge);
        stream.write(bytes("\"}\n" + Samples.EVE));
        Reading reading = Reading.of("input", stream.toByteArray());
        assertThat(reading.alarms()).hasSize(2);
        assertThat(reading.refused(Reason.OVERSIZE).count()).isEqualTo(1);
    }

    @Attack("hostile records of a sensor")
    @Test
    void deepNestingIsRefused() throws Exception {
        String deep = "{\"event_type\":\"alert\",\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}\n";
        Reading lines = Reading.of(Samples.EVE + deep + Samples.EVE);
        assertThat(lines.alarms()).hasSize(2);
        assertThat(lines.tally().badByReason()).containsOnlyKeys(Reason.NESTING);
        Reading array = Reading.of("[\n" + Samples.EVE + ",\n" + deep + ",\n" + Samples.EVE + "]");
        assertThat(array.alarms()).hasSize(2);
        assertThat(array.tally().badByReason()).containsOnlyKeys(Reason.NESTING);
    }

    @Test
    void aRecordOfAnArrayThatLacksItsEndDoesNotSwallowTheNext() throws Exception {
        String one = "  {\n    \"timestamp\": \"2020-08-06T05:19:48Z\",\n    \"event_type\": \"alert\",\n"
                + "    \"alert\": {\n      \"signature_id\": 5\n    }\n  },\n";
        String broken = one.replace("    }\n  },\n", "");
        Reading reading = Reading.of("[\n" + one + one + broken + one + one + "]");
        assertThat(reading.alarms()).hasSize(4);
        assertThat(reading.tally().bad()).isEqualTo(1);
    }

    @Test
    void aCutOffFileGivesWhatItHolds() throws Exception {
        byte[] whole = gzip(bytes(Samples.EVE.repeat(5_000)));
        Reading reading = Reading.of("cut.gz", Arrays.copyOf(whole, whole.length / 2));
        assertThat(reading.alarms()).hasSizeBetween(1_000, 4_000);
        assertThat(reading.tally().damagedInputs()).isEqualTo(1);
        assertThat(reading.tally().damages()).singleElement().asString().startsWith("cut.gz: ends early: ");
    }

    @Test
    void oneBadFileOfManyIsReportedAndTheOthersAreRead() throws Exception {
        Path logs = Files.createDirectories(directory.resolve("logs"));
        Files.writeString(logs.resolve("a.json"), Samples.EVE);
        Files.write(logs.resolve("b.zip"), new byte[] {'P', 'K', 3, 4, 0, 0});
        Files.write(logs.resolve("c.gz"), new byte[] {0x1f, (byte) 0x8b, 8});
        Files.writeString(logs.resolve("d.json"), Samples.WAZUH);
        Reading reading = Reading.of(logs);
        assertThat(reading.alarms()).hasSize(2);
        assertThat(reading.tally().damages()).hasSize(2);
        assertThat(reading.tally().damages().getFirst()).contains("b.zip: cannot be opened");
        assertThat(reading.tally().damages().getLast()).contains("c.gz: ends early");
    }

    @Attack("hostile records of a sensor")
    @Test
    void entitiesAreRefusedAndTheNextMessageIsRead() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "the secret");
        String doctype = "<!DOCTYPE x [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]>\n";
        String hostile = Samples.IDMEF.replace("?>\n", "?>\n" + doctype).replace("lollipop", "&e;");
        Reading reading = Reading.of(hostile + Samples.IDMEF);
        assertThat(reading.alarms()).hasSize(1);
        assertThat(reading.only().host()).isEqualTo("lollipop");
        assertThat(reading.tally().badByReason()).containsOnlyKeys(Reason.DOCTYPE);
    }

    @Attack("hostile records of a sensor")
    @Test
    void longAndDeepXmlIsRefused() throws Exception {
        String deep = Samples.IDMEF.replace(
                "<x:Analyzer analyzerid=\"bc-sensor01\"/>", "<x:a>".repeat(5_000) + "</x:a>".repeat(5_000));
        String wide = Samples.IDMEF.replace("bc-sensor01", "y".repeat(3 << 20));
        Reading reading = Reading.of(deep + wide + Samples.IDMEF);
        assertThat(reading.alarms()).hasSize(1);
        assertThat(reading.tally().badByReason()).containsOnlyKeys(Reason.OVERSIZE, Reason.NESTING);
    }

    @Test
    void aMessageWithoutItsEndEndsWhereTheNextBegins() throws Exception {
        int close = Samples.IDMEF.indexOf("</x:Alert>");
        Reading reading = Reading.of(Samples.IDMEF.substring(0, close) + Samples.IDMEF + Samples.IDMEF);
        assertThat(reading.alarms()).hasSize(2);
        assertThat(reading.tally().badByReason()).containsOnlyKeys(Reason.SYNTAX);
    }

    @Test
    void archivesAndDirectoriesAreReadMemberByMember() throws Exception {
        Path logs = Files.createDirectories(directory.resolve("logs/deeper"));
        Files.write(logs.resolve("eve.json.gz"), gzip(bytes(Samples.EVE)));
        Files.writeString(logs.resolveSibling("auth.log"), Samples.SSHD);
        Files.writeString(logs.resolveSibling("notes.txt"), "nothing of interest\n");
        Path archive = logs.resolveSibling("some.zip");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
            zip.putNextEntry(new ZipEntry("one.csv"));
            zip.write(bytes(Samples.AIT));
            zip.putNextEntry(new ZipEntry("two.csv"));
            zip.write(bytes(Samples.AIT));
        }
        Reading all = Reading.of(directory.resolve("logs"));
        assertThat(all.alarms()).hasSize(4);
        assertThat(all.reports())
                .hasSize(5)
                .filteredOn(report -> report.format().isEmpty())
                .hasSize(1);
        assertThat(Reading.of(Path.of(archive + "!two.csv")).alarms()).hasSize(1);
    }

    @Test
    void aSensorMayConnectToASocket() throws Exception {
        Path socket = directory.resolve("s");
        Thread sensor = Thread.ofVirtual().start(() -> send(socket));
        AlarmReader reader =
                new AlarmReader(Optional.empty(), Optional.of("gate"), Reading.NOW_MICROS, Progress.silent());
        List<Alarm> alarms = new ArrayList<>();
        reader.read("unix:" + socket, InputStream.nullInputStream(), alarms::add);
        sensor.join();
        assertThat(alarms).hasSize(2).allMatch(alarm -> alarm.sensor().equals("gate"));
        assertThat(socket).doesNotExist();
    }

    private static void send(Path socket) {
        while (true) {
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
                channel.write(ByteBuffer.wrap(bytes(Samples.EVE + Samples.EVE)));
                return;
            } catch (IOException e) {
                Thread.onSpinWait(); // not listening yet
            }
        }
    }

    @Test
    void standardInputIsRead() throws Exception {
        AlarmReader reader =
                new AlarmReader(Optional.of(Format.WAZUH), Optional.empty(), Reading.NOW_MICROS, Progress.silent());
        List<Alarm> alarms = new ArrayList<>();
        reader.read("-", new ByteArrayInputStream(bytes(Samples.WAZUH)), alarms::add);
        assertThat(alarms).hasSize(1);
    }

    @Attack("hostile records of a sensor")
    @Test
    void nothingThatIsPrintedCanSteerATerminal() throws Exception {
        Reading reading = Reading.of(Samples.EVE.replace("\"Misc\"", "\"\\u001b]0;x\\u0007\"") + "{\u001b[2J\n");
        assertThat(reading.only().category()).isEqualTo(" ]0;x ");
        assertThat(reading.refused(Reason.SYNTAX).samples()).containsExactly("{ [2J");
    }
}
