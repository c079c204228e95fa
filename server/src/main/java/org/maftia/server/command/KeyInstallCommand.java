package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.crypto.ModularPowers;
import org.maftia.server.succession.KeyFolders;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia key install}. */
@Command(
        name = "install",
        description = {
            "Take a replica's shares from the ceremony into its own custody.",
            "",
            "Third step of a real deployment, at each replica: check its shares against the ceremony's",
            "transcript and take them into custody. Then 'maftia replica ID' runs it."
        },
        sortOptions = false)
final class KeyInstallCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final UnlockOption unlock = new UnlockOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(names = "--transcript", paramLabel = "FILE", required = true, description = "transcript.json")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path transcript;

    @Option(names = "--shares", paramLabel = "FILE", description = "ID.shares; not for a client.")
    private @Nullable Path shares;

    @Option(
            names = "--before",
            paramLabel = "TRANSCRIPT",
            description = {
                "transcript.json of the configuration before, for a replica that joins a group. Those that are members",
                "have it."
            })
    private @Nullable Path before;

    @Option(names = "--client", description = "The keys are those of a client program.")
    private boolean client;

    @Parameters(paramLabel = "ID", description = "The replica's (or client's) name.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    @Option(
            names = "--expect",
            paramLabel = "HASH",
            description = "The transcript's hash as the people of the ceremony read it out; another one is refused.")
    private @Nullable String expected;

    @Override
    public Integer call() throws IOException, CommandException, ConfigurationException {
        ClusterDirectory place = directory.directory();
        GroupTranscript group = GroupTranscript.read(transcript);
        if (expected != null) {
            group.requireDigest(expected);
        }
        if (client) {
            ClientKeys.install(place.client(), group, unlock.unlock(place));
        } else if (shares == null) {
            throw new CommandException("--shares is missing", "the ceremony wrote " + id + ".shares for this replica");
        } else if (KeyFolders.areInstalled(place.keys(id), group)) {
            publish(place, group); // a full disk may have kept it from being there the first time
            throw new CommandException(
                    "the shares in " + place.keys(id) + " are installed already",
                    "'maftia replica " + id + "' runs the replica");
        } else {
            KeyFolders.install(
                    place.keys(id),
                    group,
                    Optional.ofNullable(before).map(GroupTranscript::read),
                    shares,
                    unlock.unlock(place),
                    ModularPowers.fastest(SystemEntropy.INSTANCE));
        }
        publish(place, group);
        output.print(
                Json.object()
                        .put("id", id)
                        .put("installed", true)
                        .put("group", group.name())
                        .put("transcript", group.digest().toString()),
                "installed for group " + group.name(),
                "transcript " + group.digest()
                        + (expected == null ? ": is it the one that the ceremony printed?" : ", as expected"),
                client
                        ? "next: this client can talk to the group"
                        : "next: 'maftia replica " + id + "' runs it, with group.toml in " + place.root());
        return 0;
    }

    /** Where 'status', 'notarize', 'verify' and 'key export' look for the group's documents; nothing in them is secret. */
    private static void publish(ClusterDirectory place, GroupTranscript group) throws IOException {
        Path results = place.ceremony(
                group.description().isEmpty()
                        ? 0
                        : Math.toIntExact(Known.of(group).number()));
        Files.createDirectories(results);
        Files.write(results.resolve(GroupTranscript.FILE), group.document());
        Files.write(place.ceremony().resolve(Ceremony.ROOT_FILE), group.rootPem());
    }
}
