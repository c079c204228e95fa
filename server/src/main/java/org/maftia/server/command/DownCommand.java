package org.maftia.server.command;

import java.util.concurrent.Callable;
import org.maftia.server.cluster.LocalCluster;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code maftia down}. */
@Command(name = "down", description = "Stop all replicas of a cluster on this machine, and its 'maftia up'.")
final class DownCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    @Override
    public Integer call() throws Exception {
        int stopped = LocalCluster.open(directory.existing()).stopAll();
        spec.commandLine()
                .getOut()
                .println(json.isGiven() ? "{\"stopped\":" + stopped + "}" : "stopped " + stopped + " replicas");
        return 0;
    }
}
