package org.maftia.server.command;

import java.io.IOException;
import java.io.PrintWriter;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
        String fingerprint = "";
        if (client) {
            ClientKeys.create(place.client(), id, passphrase.unlock()).write(file);
        } else {
            Enrolment enrolment = Enrolment.create(
                    place.keys(id), id, hosts.isEmpty() ? Enrolment.LOOPBACK : hosts, passphrase.unlock());
            enrolment.write(file);
            fingerprint = enrolment.fingerprint();
        }
        PrintWriter out = spec.commandLine().getOut();
        if (json.isGiven()) {
            out.println(Json.object()
                    .put("id", id)
                    .put("file", file.toString())
                    .put("fingerprint", fingerprint)
                    .toString());
            return 0;
        }
        out.println("wrote " + file);
        if (!fingerprint.isEmpty()) {
            out.println("fingerprint " + fingerprint);
        }
        out.println("next: carry the file to the ceremony; its answer goes into 'maftia key install'");
        return 0;
    }
}
