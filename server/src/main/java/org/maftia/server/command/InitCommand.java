package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.ComponentIdentity;
import org.maftia.server.ceremony.Enrolment;
import org.maftia.server.ceremony.OfficerKeys;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.component.ComponentPlace;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.succession.KeyFolders;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code maftia init}. */
@Command(
        name = "init",
        description = {
            "Make the keys of one replica of a real deployment, where they will live.",
            "",
            "First step, at each replica. Writes ID.enrol with the public halves: carry that file to 'maftia key",
            "ceremony', and compare the fingerprint with the people there by voice or on paper."
        },
        sortOptions = false)
final class InitCommand implements Callable<Integer> {
    @Mixin
    private final DirectoryOption directory = new DirectoryOption();

    @Mixin
    private final UnlockOption unlock = new UnlockOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "A name or address by which clients reach the gateway; may be repeated. Default: localhost.")
    private final List<String> hosts = new ArrayList<>();

    @Option(names = "--client", description = "The keys are those of a client program, not of a replica.")
    private boolean client;

    @Option(names = "--officer", description = "The key is that of an officer, who with others may change the group.")
    private boolean officer;

    @Option(
            names = "--component",
            description = {
                "The group is hybrid: make the keys of the trusted component beside the replica, too, in",
                "D/ID/component/state. The component alone may read that directory, and no copy may take its place."
            })
    private boolean component;

    @Option(
            names = "--next",
            description = "The replica has keys: enrol it for the next configuration of its group, as who it is.")
    private boolean next;

    @Parameters(paramLabel = "ID", description = "The name of the replica, client or officer, as in group.toml.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    @Override
    public Integer call() throws IOException, CommandException, ConfigurationException {
        ClusterDirectory place = directory.directory();
        Files.createDirectories(place.root());
        if (officer) {
            return officer(place);
        }
        Path file = place.root().resolve(id + ".enrol");
        String fingerprint;
        if (client) {
            ClientKeys.Request request = ClientKeys.create(place.client(), id, unlock.unlock(place));
            request.write(file);
            fingerprint = request.fingerprint();
        } else {
            Path keys = place.keys(id);
            List<String> names = hosts.isEmpty() ? Enrolment.LOOPBACK : hosts;
            Enrolment enrolment = next
                    ? Enrolment.renew(KeyFolders.newest(keys), KeyFolders.next(keys), names, unlock.unlock(place))
                    : Enrolment.create(keys, id, names, unlock.unlock(place), component(place));
            enrolment.write(file);
            fingerprint = enrolment.fingerprint();
        }
        unlock.warnOfKeyFile(client ? place.client() : place.keys(id));
        output.print(
                Json.object().put("id", id).put("file", file.toString()).put("fingerprint", fingerprint),
                "wrote " + file,
                "fingerprint " + fingerprint,
                "next: carry the file to the ceremony, and read the fingerprint to the people there");
        return 0;
    }

    private Optional<ComponentIdentity> component(ClusterDirectory place) {
        return component
                ? Optional.of(ComponentIdentity.enrol(new ComponentPlace(place.component(id)).state()))
                : Optional.empty();
    }

    private int officer(ClusterDirectory place) throws CommandException, ConfigurationException {
        Path keys = place.officers().resolve(id);
        String key = OfficerKeys.create(keys, unlock.unlock(place));
        unlock.warnOfKeyFile(keys);
        output.print(
                Json.object().put("id", id).put("key", key),
                "the key of officer " + id + " is in " + keys,
                "for group.toml, before the ceremony:",
                "[[officer]]",
                "name = \"" + id + "\"",
                "key = \"" + key + "\"");
        return 0;
    }
}
