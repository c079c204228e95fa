package org.maftia.mining.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.command.Maftia;
import picocli.CommandLine;

/** What {@code detect mine} prints does not depend on the engine, nor on how Spark cut the work. */
class SparkEngineTest {
    @TempDir
    private Path directory;

    private String errors = "";

    private String mine(int expectedCode, Object... more) {
        List<String> arguments = new ArrayList<>(List.of("detect", "mine"));
        Arrays.stream(more).map(String::valueOf).forEach(arguments::add);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Maftia.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        int code = line.execute(arguments.toArray(String[]::new));
        errors = err.toString();
        assertThat(code).as(errors).isEqualTo(expectedCode);
        return out.toString();
    }

    private String spark(int partBytes, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "--engine",
                "spark",
                "--engine-option",
                "spark.master=local[2]",
                "--engine-option",
                "maftia.part.bytes=" + partBytes));
        arguments.addAll(Arrays.asList(more));
        return mine(0, arguments.toArray());
    }

    /** Alarms of a site, a scan from everywhere, and what goes wrong in a log. */
    private byte[] log(long seed, int lines) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            int minute = random.nextInt(7 * 24 * 60);
            int cause = random.nextInt(30);
            boolean scan = cause == 0;
            text.append(String.format(
                    Locale.ROOT,
                    "{\"timestamp\":\"2024-03-%02dT%02d:%02d:00.000000+0000\",\"event_type\":\"%s\",\"src_ip\":\"%s\",\"dest_ip\":\"10.0.%d.%d\",\"dest_port\":%d,\"alert\":{\"gid\":1,\"signature_id\":%d,\"signature\":\"cause"
                        + " %d\",\"severity\":3}}\n",
                    1 + minute / (24 * 60),
                    minute / 60 % 24,
                    minute % 60,
                    random.nextInt(50) == 0 ? "flow" : "alert",
                    scan
                            ? random.nextInt(200) + "." + random.nextInt(256) + ".3." + random.nextInt(256)
                            : "10.0.0." + cause,
                    cause,
                    scan ? random.nextInt(256) : cause,
                    scan ? 22 : 80 + cause % 4,
                    2_000_000 + cause,
                    cause));
            if (random.nextInt(2_000) == 0) {
                text.append("{\"timestamp\":\"2024-03-01T00:00:00Z\",\"event_type\":\"alert\"\nno record\n");
            }
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void generatedAlarmsGiveTheSameDocumentHoweverTheyAreCut() throws Exception {
        Files.write(directory.resolve("a.json"), log(1, 12_000));
        Files.write(directory.resolve("b.json"), log(2, 500));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(log(3, 5_000));
        }
        byte[] whole = packed.toByteArray();
        Files.write(directory.resolve("c.json.gz"), Arrays.copyOf(whole, whole.length - 1_000));
        String document = mine(0, "--json", directory);
        assertThat(document).contains("\"unreadable\":", "ends early");
        for (int partBytes : new int[] {200_000, 1 << 30}) {
            assertThat(spark(partBytes, "--json", directory))
                    .as("parts of " + partBytes)
                    .isEqualTo(document);
        }
        assertThat(spark(1 << 20, "--classic", "--min-size", "1", directory.resolve("b.json")))
                .isEqualTo(mine(0, "--classic", "--min-size", "1", directory.resolve("b.json")));
    }

    @Test
    void realAlarmsOfEveryFormatGiveTheSameDocument() {
        Path folder = alarms();
        Assumptions.assumeTrue(Files.isDirectory(folder), "no alarm data: name its folder with MAFTIA_ALARMS");
        assertThat(spark(4 << 20, "--json", folder)).isEqualTo(mine(0, "--json", folder));
    }

    /** A job that fails says so in one sentence and leaves the file that it should have written as it was. */
    @Test
    void aFailedJobLeavesNothing() throws Exception {
        Path log = Files.write(directory.resolve("a.json"), log(1, 100));
        Path target = Files.writeString(directory.resolve("clusters.tsv"), "old\n");
        String tooLittle = "spark.driver.maxResultSize=1";
        mine(1, "--engine", "spark", "--engine-option", tooLittle, "--export", "tsv=" + target, log);
        assertThat(errors).contains("maftia: error: Spark could not count").contains("maxResultSize");
        assertThat(Files.readString(target)).isEqualTo("old\n");
        mine(1, "--engine", "spark", "--export", "tsv=" + target, "-");
        assertThat(errors).contains("standard input can be read once only");
        mine(1, "--engine", "spark", "--engine-option", "maftia.part.bytes=0", log);
        assertThat(errors).contains("'0' is no number of bytes");
        try (var left = Files.list(directory)) {
            assertThat(left).containsExactlyInAnyOrder(log, target);
        }
    }

    /** As tests of parsers find it: named, or beside a directory above. */
    private static Path alarms() {
        String named = System.getenv().getOrDefault("MAFTIA_ALARMS", "");
        Path above = named.isEmpty() ? Path.of("").toAbsolutePath() : null;
        while (above != null) {
            Path candidate = above.resolve("shared/data/alarms");
            if (Files.isDirectory(candidate)) {
                return candidate;
            }
            above = above.getParent();
        }
        return Path.of(named.isEmpty() ? "shared/data/alarms" : named);
    }
}
