package org.maftia.server.command;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.console.LiveStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code maftia status}. */
@Command(
        name = "status",
        description = {
            "Ask every replica how it is and what it has seen others do.",
            "",
            "Health: ok; unlinked (not linked with a quorum); behind (fetches what it missed); abstaining (lost its",
            "data, votes again when the group has passed an epoch); down (does not answer); suspect (replicas of which",
            "one at least is correct saw it break rules); excluded (the log counts nothing that its trusted component",
            "certifies, as replicas say of which one at least is correct)."
        })
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public Integer call() throws Exception {
        ClusterStatus status = LocalCluster.open(directory.existing()).status();
        PrintWriter out = output.writer();
        if (output.isJson()) {
            out.println(status.json());
        } else {
            LiveStatus.table(status).forEach(out::println);
        }
        return 0;
    }
}
