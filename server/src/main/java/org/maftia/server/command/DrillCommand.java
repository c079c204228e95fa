package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.drill.Drill;
import org.maftia.server.host.Corruption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maftia drill}. */
@Command(
        name = "drill",
        description = {
            "Let an intruder have replicas of a cluster that 'maftia up' made, while clients work at every gateway.",
            "",
            "Scenarios: crash, silence, slow, equivocate, forge, corrupt-state (the leader, unless --replica says whom),",
            "steal-share (try to sign with the key files of a whole fault set), fault-set (a whole fault set forges).",
            "Tells what the intruder gained, which must be nothing, and what clients noticed. Exit code 1 if he gained."
        })
final class DrillCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    @Option(names = "--seconds", defaultValue = "10", description = "How long it goes on (default: 10).")
    private int seconds = 10;

    @Option(names = "--replica", paramLabel = "ID", description = "Whom to corrupt (default: the leader).")
    private @Nullable String replica;

    @Parameters(paramLabel = "SCENARIO", description = "What the intruder does.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String scenario;

    @Override
    public Integer call() throws Exception {
        ClusterDirectory place = directory.existing();
        Endpoints endpoints = Endpoints.read(place.endpointsFile())
                .orElseThrow(() -> new CommandException(
                        "the cluster in " + place.root() + " is not up", "start it with 'maftia up'"));
        LocalCluster cluster = LocalCluster.open(place);
        PrintWriter notes = spec.commandLine().getErr();
        Drill drill = new Drill(cluster, endpoints, line -> {
            notes.println(line);
            notes.flush();
        });
        if (scenario.equals("steal-share")) {
            List<String> victims = drill.faultSet();
            List<String> gained = drill.stealShares(victims);
            return say(new Drill.Report(victims, gained, 0, 0, new TreeMap<>(), 0, List.of()));
        }
        return say(drill.corrupt(victims(drill, cluster), corruption(), seconds));
    }

    private Optional<Corruption> corruption() throws CommandException {
        if (scenario.equals("crash")) {
            return Optional.empty();
        }
        Optional<Corruption> corruption = Corruption.of(scenario.equals("fault-set") ? "forge" : scenario);
        if (corruption.isEmpty()) {
            throw new CommandException(
                    "no such scenario: " + scenario,
                    "say crash, silence, slow, equivocate, forge, corrupt-state, steal-share or fault-set");
        }
        return corruption;
    }

    private List<String> victims(Drill drill, LocalCluster cluster) throws Exception {
        if (scenario.equals("fault-set")) {
            return drill.faultSet();
        }
        if (replica == null) {
            return drill.leader();
        }
        if (cluster.configuration().indexOf(replica).isEmpty()) {
            throw new CommandException("there is no replica " + replica, "'maftia status' lists them");
        }
        return List.of(replica);
    }

    private int say(Drill.Report report) {
        PrintWriter out = spec.commandLine().getOut();
        if (json.isGiven()) {
            out.println(result(report));
        } else {
            describe(report, out);
        }
        return report.gained().isEmpty() ? 0 : Maftia.EXIT_FAILURE;
    }

    private static void describe(Drill.Report report, PrintWriter out) {
        out.println("the intruder had: " + String.join(", ", report.victims()));
        out.println("he gained: " + (report.gained().isEmpty() ? "nothing" : String.join("; ", report.gained())));
        if (report.tokens() > 0) {
            out.println("clients got " + report.tokens() + " time-stamps, all verified; at other gateways none waited"
                    + " longer than " + report.slowestMillis() + " ms");
            out.println("refused or unanswered at his own gateways: " + report.deniedAtVictims());
        }
        report.noticed()
                .forEach((gateway, failures) -> out.println(
                        "noticed at " + gateway + ": " + failures.size() + " times " + failures.getFirst()));
        for (ClusterStatus.Blame blame : report.blamed()) {
            out.println(blame.replica() + " was seen: " + blame.rule() + " (" + blame.count() + " times, by "
                    + String.join(", ", blame.by()) + ")");
        }
    }

    private static ObjectNode result(Drill.Report report) {
        ObjectNode result = Json.object();
        ArrayNode victims = result.putArray("victims");
        report.victims().forEach(victims::add);
        ArrayNode gained = result.putArray("gained");
        report.gained().forEach(gained::add);
        result.put("tokens", report.tokens())
                .put("slowestMillis", report.slowestMillis())
                .put("deniedAtVictims", report.deniedAtVictims());
        ObjectNode noticed = result.putObject("noticed");
        report.noticed().forEach((gateway, failures) -> noticed.put(gateway, failures.size()));
        ArrayNode blamed = result.putArray("blamed");
        for (ClusterStatus.Blame blame : report.blamed()) {
            blamed.addObject()
                    .put("replica", blame.replica())
                    .put("rule", blame.rule())
                    .put("count", blame.count());
        }
        return result;
    }
}
