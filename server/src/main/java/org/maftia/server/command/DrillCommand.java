package org.maftia.server.command;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.drill.Drill;
import org.maftia.server.drill.DrillReport;
import org.maftia.server.drill.Scenario;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia drill}. */
@Command(
        name = "drill",
        description = {
            "Corrupt replicas of a running cluster on purpose, and tell what it was good for.",
            "",
            "Replicas are started again in an intruder's hands while clients have files stamped through every gateway;",
            "afterwards they are restored. Works on clusters that 'maftia up' made and runs. Scenarios:",
            "  crash               the leader is killed without warning",
            "  silence             the leader falls silent towards its peers",
            "  slow                the leader sends everything late",
            "  equivocate          the leader tells one half of the group something else than the other",
            "  forge               the leader sends made-up messages of the protocols' own grammar",
            "  false-shares        the leader's shares of signatures, coins and secrets are false",
            "  corrupt-state       a replica executes everything wrongly",
            "  steal-share         the key files of every replica of a fault set are stolen",
            "  fault-set           all replicas of a largest fault set are corrupted, each in another way",
            "Where replicas have trusted components (hybrid layouts), also:",
            "  component-stop      the component of the leader is killed without warning",
            "  component-set-back  an older copy of what a component counted is put in its place",
            "  forged-proposal     the leader proposes what no client signed: the log excludes it, and new keys for all",
            "                      members take it back"
        },
        sortOptions = false)
final class DrillCommand implements Callable<Integer> {
    private static final int SECONDS_MAX = 3_600;

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long the intruder is at work (default: ${DEFAULT-VALUE}).")
    private int seconds;

    @Parameters(paramLabel = "SCENARIO", description = "One of those above.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String word;

    @Override
    public Integer call() throws Exception {
        Optional<Scenario> scenario = Scenario.of(word);
        if (scenario.isEmpty()) {
            throw new CommandException(
                    "there is no scenario '" + word + "'",
                    Arrays.stream(Scenario.values()).map(Scenario::word).collect(Collectors.joining(", ")));
        }
        if (seconds < 1 || seconds > SECONDS_MAX) {
            throw new CommandException("--seconds must be from 1 to " + SECONDS_MAX, "10 show most things");
        }
        LocalCluster cluster = LocalCluster.open(directory.existing());
        DrillReport report =
                new Drill(cluster, endpoints(cluster), System.err::println).run(scenario.get(), seconds * 1_000);
        if (output.isJson()) {
            output.writer().println(report.json());
        } else {
            report.lines().forEach(output.writer()::println);
        }
        return report.passed() ? 0 : Maftia.EXIT_FAILURE;
    }

    /** Only a cluster that is up, one process a replica, by the 'up' that made it. */
    private static Endpoints endpoints(LocalCluster cluster) throws Exception {
        Optional<Endpoints> endpoints = Endpoints.read(cluster.directory().endpointsFile());
        Optional<ProcessHandle> up = cluster.upProcess();
        if (endpoints.isEmpty() || up.isEmpty()) {
            throw new CommandException(
                    "no 'maftia up' runs the cluster in " + cluster.directory().root(),
                    "drills are for clusters on this machine: start one with 'maftia up'");
        }
        if (endpoints.get().replicas().stream()
                .anyMatch(replica -> replica.pid() == up.get().pid())) {
            throw new CommandException(
                    "all replicas run in one process and cannot be corrupted apart",
                    "start the cluster without --in-process");
        }
        return endpoints.get();
    }
}
