package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.Enrolment;
import org.maftia.server.cluster.ClusterDirectory;
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
    private final PassphraseOption passphrase = new PassphraseOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description = "A name or address by which clients reach the gateway; may be repeated. Default: localhost.")
    private final List<String> hosts = new ArrayList<>();

    @Option(names = "--client", description = "The keys are those of a client program, not of a replica.")
    private boolean client;

    @Parameters(paramLabel = "ID", description = "The replica's (or client's) name, as in group.toml.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String id;

    @Override
    public Integer call() throws IOException {
        ClusterDirectory place = directory.directory();
        Files.createDirectories(place.root());
        Path file = place.root().resolve(id + ".enrol");
        String fingerprint;
        if (client) {
            ClientKeys.Request request = ClientKeys.create(place.client(), id, passphrase.unlock());
            request.write(file);
            fingerprint = request.fingerprint();
        } else {
            Enrolment enrolment = Enrolment.create(
                    place.keys(id), id, hosts.isEmpty() ? Enrolment.LOOPBACK : hosts, passphrase.unlock());
            enrolment.write(file);
            fingerprint = enrolment.fingerprint();
        }
        passphrase.warnOfKeyFile(client ? place.client() : place.keys(id));
        output.print(
                Json.object().put("id", id).put("file", file.toString()).put("fingerprint", fingerprint),
                "wrote " + file,
                "fingerprint " + fingerprint,
                "next: carry the file to the ceremony, and read the fingerprint to the people there");
        return 0;
    }
}
