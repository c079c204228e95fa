package org.maftia.server.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.maftia.server.ceremony.Progress;
import org.maftia.server.cluster.ClusterCreation;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterRun;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.notarize.NotaryClient;
import org.maftia.server.notarize.TokenVerifier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code maftia rehearse}: what a replica does in its first seconds, with keys of its own that are thrown away, and what who
 * looks at alarms waits for. The build
 * runs it under the virtual machine's recorder of ahead-of-time caches, so that later starts find classes and profiles.
 */
@Command(name = "rehearse", hidden = true, description = "Start a small cluster, use it, stop it: for the build.")
final class RehearseCommand implements Callable<Integer> {
    private static final int TOKENS = 200;

    /** For each of a few clients. */
    private static final int CERTIFICATES = 25;

    private static final int PATIENCE_MILLIS = 5_000;

    /** Several blocks of lines, so that they are parsed as the lines of a large file are. */
    private static final int ALARMS = 20_000;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Parameters(paramLabel = "DIR", description = "An empty directory, which is left to the caller to delete.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path place;

    @Override
    public Integer call() throws Exception {
        Files.createDirectories(place);
        try (RehearsedOrders orders = new RehearsedOrders()) {
            List<String> settings = new ArrayList<>(orders.settings());
            settings.add("rsa.bits=2048");
            LocalCluster cluster = ClusterCreation.openOrCreate(
                    new ClusterDirectory(place.toAbsolutePath()), null, Overrides.parse(settings), Progress.SILENT);
            ClusterRun run = ClusterRun.of(cluster, true, false);
            try {
                Endpoints endpoints = run.start();
                use(cluster, endpoints);
                order(orders, cluster, endpoints);
            } finally {
                run.stop();
            }
        }
        mine(Files.writeString(place.resolve("alarms.csv"), alarms()));
        return 0;
    }

    /** What was learnt until something failed is worth keeping: on a machine that is very busy a group answers too late. */
    private static void order(RehearsedOrders orders, LocalCluster cluster, Endpoints endpoints)
            throws InterruptedException {
        try {
            orders.order(endpoints, cluster.caCertificate(), CERTIFICATES);
        } catch (IOException e) {
            System.err.println("maftia: not all certificates of the rehearsal were issued: " + e);
        }
    }

    private static String alarms() {
        StringBuilder lines = new StringBuilder("time,name,ip,host,short,time_label,event_label\n");
        for (int i = 0; i < ALARMS; i++) {
            int cause = i % 23;
            lines.append(1_642_213_952L + 7 * i)
                    .append(",Wazuh: rule of the cause ")
                    .append(cause);
            lines.append(",192.0.2.").append(cause % 5).append(",host_").append(cause % 7);
            lines.append(",W-Sys-").append(cause).append(",false_positive,-\n");
        }
        return lines.toString();
    }

    private static void mine(Path alarms) {
        CommandLine line = Maftia.commandLine();
        line.setOut(new PrintWriter(Writer.nullWriter()));
        line.execute("detect", "mine", alarms.toString());
        line.execute("detect", "mine", "--json", alarms.toString());
    }

    private static void use(LocalCluster cluster, Endpoints endpoints) throws IOException, InterruptedException {
        TokenVerifier verifier = TokenVerifier.trusting(cluster.caCertificate());
        for (int i = 0; i < TOKENS; i++) {
            Endpoints.Replica gateway =
                    endpoints.replicas().get(i % endpoints.replicas().size());
            String address = gateway.https() + endpoints.services().get("tsa");
            new NotaryClient(List.of(address), cluster.http(), verifier)
                    .stamp(cluster.directory().groupFile());
        }
        String console = endpoints.replicas().getFirst().https();
        for (String path : List.of("/status", "/metrics", "/health", "/")) {
            cluster.http().get(console + path, PATIENCE_MILLIS);
        }
        cluster.status();
    }
}
