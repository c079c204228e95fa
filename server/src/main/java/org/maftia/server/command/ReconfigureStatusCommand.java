package org.maftia.server.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.http.ReplicaStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code maftia reconfigure status}. */
@Command(
        name = "status",
        description = {
            "Ask every replica in which configuration it is, and how far the next one has come.",
            "",
            "keys: for later configurations, installed; ready: members of the next one that are ready, as the log says."
        })
final class ReconfigureStatusCommand implements Callable<Integer> {
    private static final int DIGITS = 12;

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public Integer call() throws Exception {
        ClusterStatus status = LocalCluster.open(directory.existing()).status();
        ObjectNode json = Json.object();
        ArrayNode list = json.putArray("replicas");
        List<String> lines = new ArrayList<>();
        lines.add(row("replica", "number", "digest", "member", "keys", "next", "ready", "last"));
        List<String> retired = new ArrayList<>();
        for (ClusterStatus.Entry entry : status.replicas()) {
            ObjectNode node = list.addObject().put("id", entry.id());
            if (entry.said().isEmpty()) {
                lines.add(row(entry.id(), "-", "-", "-", "-", "-", "-", "-"));
                continue;
            }
            ReplicaStatus.Standing standing = entry.said().get().standing();
            node.setAll(standing.json());
            lines.add(row(
                    entry.id(),
                    Long.toString(standing.number()),
                    cut(standing.digest()),
                    standing.member() ? "yes" : "no",
                    Integer.toString(standing.installed().size()),
                    cut(standing.next()),
                    standing.ready().isEmpty() ? "-" : String.join(",", standing.ready()),
                    standing.last() == 0 ? "-" : Long.toString(standing.last())));
            standing.retired()
                    .forEach(folder -> retired.add(entry.id() + ": the keys in " + folder
                            + " are not needed any more; 'maftia key destroy " + entry.id() + "' destroys them"));
        }
        lines.addAll(retired);
        output.print(json, lines.toArray(String[]::new));
        return 0;
    }

    private static String cut(String digest) {
        return digest.isEmpty() ? "-" : digest.substring(0, Math.min(DIGITS, digest.length()));
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%-9s %6s  %-12s %-6s %4s  %-12s %-20s %6s", cells)
                .stripTrailing();
    }
}
