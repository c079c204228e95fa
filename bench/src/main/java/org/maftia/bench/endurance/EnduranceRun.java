package org.maftia.bench.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.maftia.bench.endurance.Judgement.Figure;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.configuration.ConfigurationException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The endurance run; see the package for what it does and shows. */
@Command(
        name = "benchmark endurance",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a cluster of real processes under faults drawn from a seed, and checks what its clients saw.",
            "Exit code 1 when a promise was broken."
        })
public final class EnduranceRun implements Callable<Integer> {
    @Option(names = "--minutes", defaultValue = "30", description = "How long faults last (default: 30).")
    private double minutes;

    @Option(names = "--layout", defaultValue = "4", description = "4 or grid-4x4 (default: 4).")
    private String layout = "4";

    @Option(names = "--seed", defaultValue = "1", description = "Draws faults and operations (default: 1).")
    private long seed;

    @Option(names = "--clients", defaultValue = "12", description = "At most 12 (default: 12).")
    private int clients;

    @Option(names = "--rate", defaultValue = "200", description = "Operations a second in all (default: 200).")
    private int rate;

    @Option(
            names = "--patience",
            defaultValue = "120",
            paramLabel = "SECONDS",
            description = "In which all replicas must be well again, and some operation acknowledged (default: 120).")
    private int patience;

    @Option(names = "--only", split = ",", paramLabel = "KIND", description = "Faults of these kinds only.")
    private List<String> only = List.of();

    @Option(names = "--record", paramLabel = "FILE", description = "Write the record in Markdown there.")
    private @Nullable Path record;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the record in JSON there.")
    private @Nullable Path json;

    @Option(names = "--keep", description = "Leave cluster, logs and history behind, and say where.")
    private boolean keep;

    private final Findings findings = new Findings();

    /** @param arguments as {@code --help} explains */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new EnduranceRun()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        List<FaultKind> wanted = wanted();
        Path place = Files.createTempDirectory("maftia-endurance");
        boolean isolated = Boolean.getBoolean(Ground.ISOLATED);
        try {
            Path directory = place.resolve("cluster");
            Ground ground = isolated ? Ground.isolated(place, directory, layout) : Ground.shared(layout);
            List<FaultKind> possible =
                    wanted.stream().filter(kind -> kind.isPossible(ground)).toList();
            List<String> leftOut = wanted.stream()
                    .filter(kind -> !kind.isPossible(ground))
                    .map(kind -> kind.word() + " (needs root and namespaces)")
                    .distinct()
                    .toList();
            leftOut.forEach(what -> say("left out: " + what));
            if (possible.isEmpty()) {
                throw new CommandLine.ParameterException(new CommandLine(this), "no fault is left to be done");
            }
            TestedCluster cluster = new TestedCluster(program(), directory, place.resolve("up.log"), ground);
            Thread hook = Thread.ofPlatform().unstarted(() -> breakOff(cluster, place));
            Runtime.getRuntime().addShutdownHook(hook);
            EnduranceRecord result;
            try (cluster) {
                result = run(cluster, ground, place, possible, leftOut);
            }
            Runtime.getRuntime().removeShutdownHook(hook);
            publish(result);
            return result.findings().isEmpty() ? 0 : 1;
        } finally {
            if (keep || !findings.isEmpty()) {
                say("cluster, logs and history are in " + place);
            } else {
                remove(place);
            }
        }
    }

    /** The main thread may be anywhere; what it does to a cluster that is gone does no harm. */
    private void breakOff(TestedCluster cluster, Path place) {
        say("broken off");
        cluster.close();
        try {
            if (!keep) {
                remove(place);
            }
        } catch (IOException e) {
            say("could not remove " + place + ": " + e.getMessage());
        }
    }

    private static void say(String text) {
        System.err.println("endurance: " + text);
    }

    private static Path program() {
        String root = System.getProperty("maftia.root");
        if (root == null) {
            throw new IllegalStateException("bin/benchmark says where the program is");
        }
        return Path.of(root, "bin", "maftia");
    }

    /** Killing is what happens most, so it is drawn twice as often as any other fault. */
    private List<FaultKind> wanted() {
        List<FaultKind> kinds = new ArrayList<>();
        for (FaultKind kind : FaultKind.values()) {
            if (kind != FaultKind.KILL_ALL && (only.isEmpty() || only.contains(kind.word()))) {
                kinds.add(kind);
            }
        }
        List<String> words =
                Arrays.stream(FaultKind.values()).map(FaultKind::word).toList();
        boolean valid = clients >= 1 && clients <= 12 && rate >= 1 && patience >= 1 && minutes > 0;
        if (!valid || !words.containsAll(only) || kinds.isEmpty()) {
            throw new CommandLine.ParameterException(
                    new CommandLine(this), "a number is out of range, or a kind unknown; kinds: " + words);
        }
        if (kinds.contains(FaultKind.KILL)) {
            kinds.add(FaultKind.KILL);
        }
        return kinds;
    }

    private EnduranceRecord run(
            TestedCluster cluster, Ground ground, Path place, List<FaultKind> kinds, List<String> leftOut)
            throws IOException, InterruptedException, ConfigurationException, ClusterException {
        Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        say("starting layout " + layout + " in " + place);
        cluster.start();
        long runMicros = (long) (minutes * 60e6);
        long patienceMicros = patience * 1_000_000L;
        try (History history = new History(place.resolve("history"));
                Workload load =
                        new Workload(cluster.clientSetup(), history, findings, clients, rate, runMicros, seed)) {
            Nemesis nemesis = new Nemesis(cluster, ground, history, findings, kinds, patienceMicros, seed);
            say("the witness is " + nemesis.witness());
            boolean well;
            long lastMicros;
            Watch watch = new Watch(cluster, nemesis, history, findings, patienceMicros);
            try (watch) {
                load.start();
                watch.start();
                well = nemesis.run(runMicros);
                lastMicros = history.nowMicros();
            }
            // After the last sample of the witness: now it may fall, too.
            well = well && nemesis.episode(FaultKind.KILL_ALL);
            load.stop();
            if (well) {
                load.readAll();
            }
            say("checking " + history.operations().size() + " operations");
            Judgement.ofHistories(history.byKey(), findings);
            cluster.blamesInLogs().forEach(line -> findings.add("blamed, and nobody lied: " + line));
            Map<Figure, Trend> trends = Judgement.ofMemory(watch.footprints(), nemesis.witness(), findings);
            return new EnduranceRecord(
                    facts(begin, ground, watch.epoch()),
                    nemesis.witness(),
                    lastMicros,
                    history.operations(),
                    nemesis.episodes(),
                    watch.footprints(),
                    trends,
                    leftOut,
                    findings.list());
        }
    }

    private Map<String, String> facts(Instant begin, Ground ground, long epoch)
            throws IOException, InterruptedException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("begun", begin.toString());
        facts.put(
                "command",
                "`bin/benchmark endurance --minutes " + minutes + " --layout " + layout + " --seed " + seed
                        + " --clients " + clients + " --rate " + rate
                        + (only.isEmpty() ? "" : " --only " + String.join(",", only)) + "`");
        facts.put("version", version());
        facts.put(
                "machine",
                Runtime.getRuntime().availableProcessors() + " processors, "
                        + System.getProperty("os.name") + " " + System.getProperty("os.version") + ", JDK "
                        + System.getProperty("java.version"));
        facts.put(
                "ground",
                ground.network().isPresent()
                        ? "each replica in a network namespace, its journal on a file system of its own; votes synced"
                        : "all replicas on the loopback interface and one disk; votes synced");
        facts.put("last epoch", Long.toString(epoch));
        return facts;
    }

    /** The commit of the sources that the program was built from, where they are under version control. */
    private static String version() throws IOException, InterruptedException {
        String root = System.getProperty("maftia.root", ".");
        if (!Files.exists(Path.of(root, ".git"))) {
            return "unknown";
        }
        return Tool.run("git", "-c", "safe.directory=*", "-C", root, "describe", "--always", "--dirty");
    }

    private void publish(EnduranceRecord result) throws IOException {
        System.out.println(result.markdown());
        Path text = record;
        if (text != null) {
            Files.writeString(text, result.markdown());
        }
        Path line = json;
        if (line != null) {
            Files.writeString(line, result.json() + "\n");
        }
    }

    private static void remove(Path place) throws IOException {
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.toFile().delete() && Files.isRegularFile(file)) {
                    say("could not remove " + file);
                }
            }
        }
    }
}
