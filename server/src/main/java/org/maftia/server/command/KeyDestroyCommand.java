package org.maftia.server.command;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalSuccession;
import org.maftia.server.succession.KeyFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code maftia key destroy}. */
@Command(
        name = "destroy",
        description = {
            "Destroy a replica's keys of configurations that are over, at its host.",
            "",
            "Destroys what the running replica says that nobody needs any more, and nothing else. What an intruder",
            "stole before counts for nothing in the present configuration; destroyed, the rest cannot be stolen later."
        })
final class KeyDestroyCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final UnlockOption unlock = new UnlockOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Parameters(paramLabel = "ID", description = "The replica.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    @Override
    public Integer call() throws Exception {
        ClusterDirectory place = directory.existing();
        LocalCluster cluster = LocalCluster.open(place);
        StartCommand.requireReplica(cluster, id);
        List<Path> folders = LocalSuccession.retired(cluster).getOrDefault(id, List.of()).stream()
                .map(Path::of)
                .filter(folder -> folder.startsWith(place.keys(id)))
                .toList();
        KeyFolders.destroy(folders, unlock.unlock(place));
        var json = Json.object().put("id", id);
        folders.forEach(folder -> json.withArray("destroyed").add(folder.toString()));
        output.print(
                json,
                folders.isEmpty()
                        ? "no keys of " + id + " can be destroyed: it does not run, or needs all that it has"
                        : "destroyed the keys in "
                                + String.join(
                                        ", ",
                                        folders.stream().map(Path::toString).toList()));
        return 0;
    }
}
