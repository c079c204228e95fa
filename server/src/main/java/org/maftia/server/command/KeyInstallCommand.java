package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.Installation;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.crypto.ModularPowers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maftia key install}. */
@Command(
        name = "install",
        description = {
            "Take a replica's shares from the ceremony into its own custody.",
            "",
            "Third step of a real deployment, at each replica: check its shares against the ceremony's transcript and",
            "take them into custody. Then 'maftia replica ID' runs it."
        },
        sortOptions = false)
final class KeyInstallCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final PassphraseOption passphrase = new PassphraseOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    @Option(names = "--transcript", paramLabel = "FILE", required = true, description = "transcript.json")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path transcript;

    @Option(names = "--shares", paramLabel = "FILE", description = "ID.shares; not for a client.")
    private @Nullable Path shares;

    @Option(names = "--client", description = "The keys are those of a client program.")
    private boolean client;

    @Parameters(paramLabel = "ID", description = "The replica's (or client's) name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    @Override
    public Integer call() throws IOException, CommandException {
        ClusterDirectory place = directory.directory();
        if (client) {
            ClientKeys.install(place.client(), transcript, passphrase.unlock());
        } else if (shares == null) {
            throw new CommandException("--shares is missing", "the ceremony wrote " + id + ".shares for this replica");
        } else {
            Installation.install(
                    place.keys(id),
                    transcript,
                    shares,
                    passphrase.unlock(),
                    ModularPowers.fastest(SystemEntropy.INSTANCE));
        }
        spec.commandLine()
                .getOut()
                .println(
                        json.isGiven()
                                ? Json.object()
                                        .put("id", id)
                                        .put("installed", true)
                                        .toString()
                                : "installed; 'maftia replica " + id + "' runs it, with group.toml in " + place.root());
        return 0;
    }
}
