package org.maftia.server.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.maftia.server.cluster.ClusterCreation;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.ClusterRun;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.PidFile;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.console.EndpointsTable;
import org.maftia.server.console.LiveStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code maftia up}. */
@Command(
        name = "up",
        description = {
            "Start a cluster on this machine, one process a replica, and show how it is until Ctrl-C.",
            "The first start makes configuration and keys; later ones find them."
        },
        sortOptions = false)
final class UpCommand implements Callable<Integer> {
    /** Often enough to see an attack within seconds, rare enough to cost nothing. */
    private static final int REFRESH_MILLIS = 1_000;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Option(
            names = "--layout",
            paramLabel = "LAYOUT",
            description = {
                "At the first start: 4 (default; any one replica may fall), 7 (any two), ... 16 (any five), grid-4x4",
                "(sixteen; a whole site and a whole operating system may fall",
                "together), hybrid-3 and hybrid-3x3 (three, of which one may fall, and nine, of which a site and a"
                        + " system",
                "may: with a trusted component beside each replica), or a file like group.toml."
            })
    private @Nullable String layout;

    @Option(names = "--in-process", description = "All replicas in one process: small, and they fall together.")
    private boolean inProcess;

    @Option(names = "--restart", description = "Start a replica that crashed again.")
    private boolean restart;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Override a key of the configuration, such as rsa.bits=2048 or replica.r1.http=8080.")
    private final List<String> settings = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        LiveStatus live = new LiveStatus(System.out, LiveStatus.isTerminal());
        LocalCluster cluster = open(live);
        ClusterRun run = ClusterRun.of(cluster, inProcess, restart);
        AtomicBoolean asked = new AtomicBoolean();
        Thread hook = new Thread(
                () -> {
                    asked.set(true);
                    stop(run, live);
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            live.event("starting " + cluster.configuration().replicas().size() + " replicas");
            Endpoints endpoints = run.start();
            EndpointsTable.lines(endpoints, cluster.directory()).forEach(live::event);
            if (cluster.configuration().trust().isHybrid()) {
                EndpointsTable.hybrid(cluster.directory()).forEach(live::event);
            }
            watch(cluster, run, live);
        } finally {
            stop(run, live);
        }
        if (asked.get()) {
            return 0;
        }
        throw new CommandException(
                "no replica of the cluster runs any more",
                "'maftia up' starts it again; logs are in "
                        + cluster.directory().root() + "/*/log");
    }

    /** Shows the cluster until none of its replicas lives. */
    private static void watch(LocalCluster cluster, ClusterRun run, LiveStatus live)
            throws IOException, ConfigurationException, InterruptedException {
        LocalCluster now = cluster;
        while (run.anyLives()) {
            run.events().forEach(live::event);
            now = now.refreshed();
            live.show(now.status());
            Thread.sleep(REFRESH_MILLIS);
        }
    }

    private static void stop(ClusterRun run, LiveStatus live) {
        try {
            run.stop();
        } catch (IOException e) {
            live.event("could not stop all: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private LocalCluster open(LiveStatus live)
            throws IOException, ConfigurationException, ClusterException, CommandException {
        ClusterDirectory place = directory.directory();
        Optional<ProcessHandle> other = PidFile.read(place.upPidFile());
        if (other.isPresent()) {
            throw new CommandException(
                    "the cluster in " + place.root() + " is up already, by process "
                            + other.get().pid(),
                    "'maftia status' shows it, 'maftia down' stops it");
        }
        return ClusterCreation.openOrCreate(place, layout, Overrides.parse(settings), step -> live.event("  " + step));
    }
}
