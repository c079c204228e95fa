package org.maftia.server.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code maftia key}. */
@Command(
        name = "key",
        description =
                "Keys of a group: list, audit, refresh and roll them; the offline ceremony and its results at each"
                        + " replica.",
        subcommands = {
            KeyListCommand.class,
            KeyExportCommand.class,
            KeyAuditCommand.class,
            KeyRefreshCommand.class,
            KeyRollCommand.class,
            KeyCeremonyCommand.class,
            KeyInstallCommand.class,
            KeyTokenCommand.class,
            KeyDestroyCommand.class
        })
final class KeyCommand implements Runnable {
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
