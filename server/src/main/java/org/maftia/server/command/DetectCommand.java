package org.maftia.server.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code maftia detect}. */
@Command(
        name = "detect",
        description = "Alarms of sensors: what is behind them, and which attacks the sensors see together.",
        subcommands = {
            DetectMineCommand.class,
            DetectBenchCommand.class,
            DetectFilterCommand.class,
            DetectCoverageCommand.class
        })
final class DetectCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
