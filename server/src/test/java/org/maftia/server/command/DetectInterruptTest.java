package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.detection.FilterDirectory;
import org.maftia.server.sensor.AlarmReader;
import org.maftia.server.sensor.Progress;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Hierarchies;
import org.maftia.services.detection.Miner;
import org.maftia.services.detection.filter.Decisions;
import org.maftia.services.detection.filter.FilterSet;
import org.maftia.services.detection.filter.Gates;

/** Ctrl-C in the middle of work: the program ends at once, and nothing half done is left. */
class DetectInterruptTest {
    private static final long DAY = 86_400_000_000L;

    /** What a shell reports of a program that was interrupted. */
    private static final int INTERRUPTED = 130;

    private static final List<String> DEFAULT_SIGNAL = List.of("env", "--default-signal=INT");

    @TempDir
    private Path folder;

    private Process start(String... arguments) throws Exception {
        // What a shell starts in the background ignores the signal, and so would all that this starts.
        List<String> words = new ArrayList<>(DEFAULT_SIGNAL);
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        words.add(Maftia.class.getName());
        words.addAll(List.of(arguments));
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("console").toFile())
                .start();
    }

    private void interrupt(Process process) throws Exception {
        int code = new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                .start()
                .waitFor();
        assertThat(code).isZero();
        boolean ended = process.waitFor(20, TimeUnit.SECONDS);
        process.destroyForcibly(); // or it would outlive a test that fails
        assertThat(ended).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("console")))
                .isEqualTo(INTERRUPTED);
    }

    /** Waits until the other program has come so far. */
    private void await(Process process, Path file, long bytes) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(file) || Files.size(file) < bytes) {
            assertThat(process.isAlive())
                    .as(Files.readString(folder.resolve("console")))
                    .isTrue();
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static boolean canReset() throws Exception {
        List<String> words = new ArrayList<>(DEFAULT_SIGNAL);
        words.add("true");
        return new ProcessBuilder(words).start().waitFor() == 0;
    }

    @Test
    void nothingHalfDoneIsLeft() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "no kill here");
        Assumptions.assumeTrue(canReset(), "this env resets no signals");
        Path socket = folder.resolve("s");
        Process waiting = start("detect", "mine", "unix:" + socket, "--export", "tsv=" + folder.resolve("out.tsv"));
        await(waiting, socket, 0);
        interrupt(waiting);
        assertThat(socket).doesNotExist();

        Path filters = folder.resolve("filters");
        activate(filters);
        Process running = start("detect", "filter", "run", "--filters", filters.toString(), "-");
        Path kept = filters.resolve("suppressed.tsv");
        try (OutputStream alarms = running.getOutputStream()) {
            alarms.write(lines().getBytes(StandardCharsets.UTF_8)); // more than is parsed at a time
            alarms.flush();
            await(running, kept, 1);
            interrupt(running);
        }
        assertThat(kept).isEmptyFile();
        try (var files = Files.list(folder)) {
            assertThat(files.map(path -> String.valueOf(path.getFileName())))
                    .containsExactlyInAnyOrder("console", "filters", "learnt.csv");
        }
    }

    /** Two an hour. */
    private static String lines() {
        StringBuilder lines = new StringBuilder("time,name,ip,host,short,time_label,event_label\n");
        for (int i = 0; i < 20_000; i++) {
            lines.append(1_600_000_000 + i * 1800L).append(",Wazuh: update,10.0.0.9,mail,W-Sys-Cav,false_positive,-\n");
        }
        return lines.toString();
    }

    private void activate(Path directory) throws Exception {
        Path learnt = Files.writeString(folder.resolve("learnt.csv"), lines());
        AlarmTable table = new AlarmTable(Hierarchies.ofNothing());
        AlarmReader reader =
                new AlarmReader(Optional.empty(), Optional.empty(), FilterOption.nowMicros(), Progress.silent());
        reader.read(learnt.toString(), System.in, table::add);
        long now = FilterOption.nowMicros();
        FilterSet set = FilterSet.empty(table.hierarchies())
                .proposed(new Miner(table.hierarchies()).typePinned(table), now, 400);
        String id = set.filters().firstKey();
        Decisions decisions = new Decisions(
                new Gates(new TreeSet<>(List.of("W-Acc-400")), 4, new TreeSet<>(), new TreeSet<>(), new TreeSet<>()));
        set = decisions.explain(set, id, "Ada", "updates", now - 9 * DAY).next().orElseThrow();
        set = decisions.shadow(set, id, "Ada", now - 9 * DAY).next().orElseThrow();
        set = decisions.approve(set, id, "Bob", "quiet", now).next().orElseThrow();
        set = decisions.activate(set, id, "Bob", now).next().orElseThrow();
        new FilterDirectory(directory).save(set);
        Files.writeString(directory.resolve("gates.toml"), "[gates]\ncanaries = [\"W-Acc-400\"]\n");
    }
}
