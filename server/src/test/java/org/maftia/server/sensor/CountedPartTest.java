package org.maftia.server.sensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.Writer;
import org.maftia.services.detection.Hierarchies;

/** Inputs that are cut anywhere and counted apart, in any order, give what one reader makes of them, to the byte. */
class CountedPartTest {
    @TempDir
    private Path directory;

    private static CountingTask task(Path path) {
        return new CountingTask(
                List.of(path.toString()),
                Optional.empty(),
                Optional.empty(),
                Reading.NOW_MICROS,
                Hierarchies.ofNothing());
    }

    private static byte[] bytes(AlarmCount count) {
        Writer writer = new Writer();
        writer.u64(count.uncounted());
        for (AlarmReader.Report report : count.reports()) {
            writer.string(report.input()).string(report.format().map(Format::id).orElse(""));
            report.tally().write(writer);
        }
        count.total().write(writer);
        count.table().rows().forEach(row -> {
            String type = row.tuple().type().value();
            writer.string(type).string(count.titles().of(type).orElse(""));
        });
        count.table().write(writer);
        return writer.toBytes();
    }

    private static byte[] together(CountingTask task) throws Exception {
        return bytes(new JavaEngine().count(task, InputStream.nullInputStream(), new TreeMap<>(), Progress.silent()));
    }

    private static CountedPart apart(CountingTask task, long lengthMax, Random random) throws Exception {
        CountingTask sent = CountingTask.of(task.toBytes());
        List<CountedPart> parts = new ArrayList<>();
        for (byte[] group : SplitPlan.of(task, lengthMax).groups()) {
            parts.add(CountedPart.of(sent, group, Progress.silent()));
        }
        while (parts.size() > 1) {
            CountedPart one = parts.remove(random.nextInt(parts.size()));
            CountedPart other = parts.remove(random.nextInt(parts.size()));
            one.merge(CountedPart.of(task.hierarchies(), other.toBytes()));
            parts.add(one);
        }
        return parts.getFirst();
    }

    /** Lines of all kinds: alarms, other events, broken ones, blanks, both ends of a line, one beyond the limit. */
    private static byte[] eve(Random random, int lines) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write(random.nextBoolean() ? new byte[] {(byte) 0xef, (byte) 0xbb, (byte) 0xbf} : new byte[0]);
        for (int i = 0; i < lines; i++) {
            String line = switch (random.nextInt(8)) {
                case 0 -> "{\"timestamp\":\"2024-03-01T00:00:00Z\",\"event_type\":\"e" + random.nextInt(90) + "\"}";
                case 1 -> "{\"timestamp\":\"2024-03-01T00:" + random.nextInt(99);
                case 2 -> "";
                default -> alert(random);
            };
            text.write(line.getBytes(StandardCharsets.UTF_8));
            boolean unended = i + 1 == lines && random.nextBoolean();
            String end = unended ? "" : random.nextInt(9) == 0 ? "\r\n" : "\n";
            text.write(end.getBytes(StandardCharsets.UTF_8));
        }
        return text.toByteArray();
    }

    private static String alert(Random random) {
        int sid = random.nextInt(30);
        return "{\"timestamp\":\"2024-03-0" + (1 + random.nextInt(5)) + "T1" + random.nextInt(10) + ":00:00.5"
                + (random.nextBoolean() ? "+0000" : "") + "\",\"event_type\":\"alert\",\"src_ip\":\"10.0.0."
                + random.nextInt(6) + "\",\"dest_ip\":\"192.0.2.1\",\"alert\":{\"gid\":1,\"signature_id\":" + sid
                + ",\"signature\":\"rule " + sid + " said " + random.nextInt(3) + "\",\"severity\":3}}";
    }

    @Seeds(40)
    void linesCutAnywhere(long seed) throws Exception {
        Random random = new Random(seed);
        Path log = Files.write(directory.resolve("eve.json"), eve(random, 5 + random.nextInt(200)));
        CountingTask task = task(log);
        byte[] expected = together(task);
        for (long lengthMax : new long[] {150 + random.nextInt(500), 1 << 14, Long.MAX_VALUE}) {
            assertThat(bytes(apart(task, lengthMax, random).count())).isEqualTo(expected);
        }
    }

    @Test
    void aLineBeyondTheLimitIsRefusedOnceWhereverItIsCut() throws Exception {
        Random random = new Random(1);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write(eve(random, 30));
        text.write('\n');
        text.write(
                ("{\"event_type\":\"" + " ".repeat(RecordLimits.LENGTH_MAX) + "\n").getBytes(StandardCharsets.UTF_8));
        text.write(eve(random, 30));
        CountingTask task = task(Files.write(directory.resolve("eve.json"), text.toByteArray()));
        byte[] expected = together(task);
        assertThat(bytes(apart(task, 100_000, random).count())).isEqualTo(expected);
        assertThat(SplitPlan.of(task, 100_000).size()).isGreaterThan(10);
    }

    /** What cannot be cut, cannot be opened, or ends early is reported as one reader reports it. */
    @Test
    void aDirectoryOfEverything() throws Exception {
        Random random = new Random(2);
        for (int i = 0; i < Samples.ALL.size(); i++) {
            Files.writeString(
                    directory.resolve("sample" + i), Samples.ALL.get(i).repeat(i == 8 ? 1 : 20));
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(eve(random, 3_000));
        }
        byte[] whole = packed.toByteArray();
        Files.write(directory.resolve("whole.gz"), whole);
        Files.write(directory.resolve("cut.gz"), Arrays.copyOf(whole, whole.length / 2));
        Files.write(directory.resolve("stub.gz"), Arrays.copyOf(whole, 3));
        Files.write(directory.resolve("broken.zip"), new byte[] {'P', 'K', 3, 4, 0, 0});
        Files.writeString(directory.resolve("other"), "nothing of interest\n".repeat(100));
        CountingTask task = task(directory);
        byte[] expected = together(task);
        for (long lengthMax : new long[] {300, 5_000, Long.MAX_VALUE}) {
            assertThat(bytes(apart(task, lengthMax, random).count())).isEqualTo(expected);
        }
    }

    @Test
    void whatCanBeReadOnceOnlyIsNotSharedOut() {
        CountingTask standardInput = new CountingTask(
                List.of("-"), Optional.empty(), Optional.empty(), Reading.NOW_MICROS, Hierarchies.ofNothing());
        assertThatThrownBy(() -> SplitPlan.of(standardInput, 1))
                .isInstanceOf(CountingException.class)
                .hasMessageContaining("standard input can be read once only");
        assertThatThrownBy(() -> SplitPlan.of(task(directory.resolve("missing")), 1))
                .isInstanceOf(IOException.class);
    }
}
