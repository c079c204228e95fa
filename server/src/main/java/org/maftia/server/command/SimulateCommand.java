package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.maftia.server.simulate.KnownScenarios;
import org.maftia.simulator.Scenario;
import org.maftia.simulator.Simulations;
import org.maftia.simulator.wan.Profile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia simulate}. */
@Command(
        name = "simulate",
        description = {
            "Run whole groups in one thread, with intruders, crashes, bad disks and networks drawn from a seed.",
            "",
            "The code under test is that of production. A seed that breaks a promise is shrunk and printed",
            "with the line that repeats it; the same seed gives the same run everywhere.",
            "",
            "Scenarios: register (whole replicas, clients and a service), delayed-leaders (the same in a",
            "network against leaders), reconfiguration (members come and go), refresh (replicas renew a",
            "shared key), resharing (a key goes on to other members), hybrid (replicas with trusted",
            "components), observation (replicas look at the world outside), atomic (one channel), agreement",
            "(one multi-valued agreement), binary (one binary agreement), subset (a common subset of",
            "inputs), reliable and consistent (one broadcast).",
            "",
            "With --wan, how long a group takes whose replicas stand on three continents, in simulated time:",
            "continents-4, continents-7, continents-grid (4 x 4), or uniform-N (N ms between any two)."
        },
        sortOptions = false)
final class SimulateCommand implements Callable<Integer> {
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--scenario",
            paramLabel = "S",
            defaultValue = "register",
            description = "What runs (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many seeds (default: ${DEFAULT-VALUE}).")
    private long seeds;

    @Option(names = "--seed", paramLabel = "X", description = "Only this seed, or the first of --seeds.")
    private @Nullable Long first;

    @Option(
            names = "--no-shrink",
            description = "Show what breaks a promise as it ran, and look for no simpler run that does.")
    private boolean asItRan;

    @Option(
            names = "--wan",
            paramLabel = "PROFILE",
            description = "Measures a group in this wide-area network instead, against its goals.")
    private @Nullable String wan;

    @Option(
            names = "--leader",
            paramLabel = "FATE",
            defaultValue = "well",
            description = "With --wan: well, killed (at a random moment), slow (below each time-out),"
                    + " delayed (whoever leads). Default: well.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String leader;

    @Override
    public Integer call() throws CommandException {
        if (wan != null) {
            return measure(wan);
        }
        Optional<Scenario<?, ?>> scenario = KnownScenarios.named(name);
        if (scenario.isEmpty()) {
            throw new CommandException(
                    "there is no scenario '" + name + "'", String.join(", ", KnownScenarios.names()));
        }
        boolean countGiven = output.commandLine().getParseResult().hasMatchedOption("--seeds");
        long count = first != null && !countGiven ? 1 : seeds;
        if (count < 1) {
            throw new CommandException("--seeds must be at least 1", "100 take a few seconds");
        }
        Simulations.Result result;
        try (SimulationProgress progress = new SimulationProgress(System.err, count, !asItRan, SIGN_OF_LIFE)) {
            result = Simulations.run(scenario.get(), first == null ? 0 : first, count, !asItRan, progress);
        }
        PrintWriter out = output.writer();
        if (output.isJson()) {
            out.println(json(result));
        } else {
            print(result, out);
        }
        return result.failed() ? Maftia.EXIT_FAILURE : 0;
    }

    private int measure(String profileName) throws CommandException {
        Profile profile = Profile.named(profileName)
                .orElseThrow(() -> new CommandException(
                        "there is no profile '" + profileName + "'",
                        String.join(", ", Profile.names()) + ", or another number of milliseconds"));
        boolean countGiven = output.commandLine().getParseResult().hasMatchedOption("--seeds");
        WanMeasurement measurement = WanMeasurement.named(leader)
                .orElseThrow(() -> new CommandException(
                        "there is no fate '" + leader + "' of a leader", "well, killed, slow, delayed"));
        long count = countGiven ? seeds : measurement.seeds();
        if (count < 1) {
            throw new CommandException("--seeds must be at least 1", "leave it out for " + measurement.seeds());
        }
        WanMeasurement.Report report = measurement.run(profile, first == null ? 0 : first, count);
        output.print(report.json(), report.lines().toArray(String[]::new));
        return report.isMet() ? 0 : Maftia.EXIT_FAILURE;
    }

    private static void print(Simulations.Result result, PrintWriter out) {
        result.failures().forEach(failure -> {
            out.println("FAILED: " + failure);
            out.println();
        });
        out.println(result.scenario() + ": " + result.runs() + " runs, " + result.steps() + " events, "
                + result.simulatedMicros() / 1_000_000 + " s of simulated time, " + result.crashes() + " crashes, "
                + result.storageFaults() + " storage faults, " + result.partitions() + " partitions");
        out.println("groups: "
                + result.groups().entrySet().stream()
                        .map(group -> group.getValue() + " of " + group.getKey())
                        .collect(Collectors.joining("; ")));
        if (!result.tosses().isEmpty()) {
            out.println(String.format(
                    Locale.ROOT,
                    "tosses of the coin until the last had decided: %.2f on average, %d at most",
                    result.meanMilliTosses() / 1e3,
                    result.tosses().lastKey()));
        }
        out.println(result.failed() ? result.failures().size() + " seeds broke a promise" : "no promise was broken");
    }

    private static String json(Simulations.Result result) {
        ObjectNode root = Json.object().put("scenario", result.scenario());
        root.put("runs", result.runs()).put("events", result.steps());
        root.put("simulatedSeconds", result.simulatedMicros() / 1_000_000);
        root.put("crashes", result.crashes()).put("storageFaults", result.storageFaults());
        root.put("partitions", result.partitions()).put("digest", Long.toHexString(result.digest()));
        if (!result.tosses().isEmpty()) {
            root.put("meanTosses", result.meanMilliTosses() / 1e3)
                    .put("mostTosses", result.tosses().lastKey());
        }
        ObjectNode groups = root.putObject("groups");
        result.groups().forEach(groups::put);
        result.failures().forEach(root.putArray("failures")::add);
        return root.toString();
    }
}
