package org.maftia.server.command;

import java.util.List;
import java.util.concurrent.Callable;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.configuration.ReplicaEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code maftia start}. */
@Command(
        name = "start",
        description = {
            "Start one replica of a cluster again, on the ports it had. It goes on by itself.",
            "Returns when the replica answers."
        })
final class StartCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "ID", description = "The replica, such as r4.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    @Override
    public Integer call() throws Exception {
        LocalCluster cluster = LocalCluster.open(directory.existing());
        requireReplica(cluster, id);
        long pid = cluster.start(id).pid();
        output.print(Json.object().put("id", id).put("pid", pid), id + " runs, as process " + pid);
        return 0;
    }

    /** Refuses a name that is no replica's. */
    static void requireReplica(LocalCluster cluster, String id) throws CommandException {
        if (cluster.configuration().indexOf(id).isEmpty()) {
            List<String> ids = cluster.configuration().replicas().stream()
                    .map(ReplicaEntry::id)
                    .toList();
            throw new CommandException("there is no replica '" + id + "'", "replicas: " + String.join(", ", ids));
        }
    }
}
