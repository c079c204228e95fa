package org.maftia.server.command;

import java.util.concurrent.Callable;
import org.maftia.server.cluster.LocalCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code maftia down}. */
@Command(name = "down", description = "Stop all replicas of a cluster on this machine, and its 'maftia up'.")
final class DownCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Override
    public Integer call() throws Exception {
        int stopped = LocalCluster.open(directory.existing()).stopAll();
        output.print(Json.object().put("stopped", stopped), "stopped " + stopped + " replicas");
        return 0;
    }
}
