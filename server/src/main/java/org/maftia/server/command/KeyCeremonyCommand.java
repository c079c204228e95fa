package org.maftia.server.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.CeremonyPlan;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.Enrolment;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.ClientEntry;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.crypto.ModularPowers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maftia key ceremony}. */
@Command(
        name = "ceremony",
        description = {
            "Make the threshold keys and certificates of a group, offline.",
            "",
            "Second step of a real deployment, once, on a host without network that is wiped afterwards: make the",
            "group's threshold keys and certificates, and seal every replica's shares to that replica.",
            "Who holds the ceremony knows the keys for a moment."
        },
        sortOptions = false)
final class KeyCeremonyCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final HelpOption help = new HelpOption();

    @Mixin
    private final PassphraseOption passphrase = new PassphraseOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    @Option(names = "--config", paramLabel = "FILE", required = true, description = "The group.toml of the group.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Directory for the results: transcript.json, ca.pem, ID.shares, and the root key, sealed.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path out;

    @Parameters(
            paramLabel = "ENROL",
            arity = "1..*",
            description = "The files that 'maftia init' wrote, of all replicas and clients of the configuration.")
    private final List<Path> enrolments = new ArrayList<>();

    @Override
    public Integer call() throws IOException, ConfigurationException, CommandException {
        Configuration configuration = Configuration.read(file, Overrides.none());
        List<Enrolment> replicas = new ArrayList<>();
        for (ReplicaEntry replica : configuration.replicas()) {
            replicas.add(Enrolment.read(fileOf(replica.id())));
        }
        List<ClientKeys.Request> clients = new ArrayList<>();
        for (ClientEntry client : configuration.clients()) {
            clients.add(ClientKeys.Request.read(fileOf(client.name())));
        }
        for (Enrolment enrolment : replicas) {
            System.err.println(enrolment.id() + "  fingerprint " + enrolment.fingerprint());
        }
        CeremonyPlan plan = new CeremonyPlan(
                configuration.group(),
                UUID.randomUUID(),
                configuration.faultStructure(),
                replicas,
                clients,
                configuration.settings().rsa().bits());
        Files.createDirectories(out);
        GroupTranscript transcript = Ceremony.perform(
                plan, out, passphrase.unlock(), ModularPowers.fastest(SystemEntropy.INSTANCE), System.err::println);
        PrintWriter answer = spec.commandLine().getOut();
        if (json.isGiven()) {
            answer.println(Json.object()
                    .put("group", transcript.name())
                    .put("transcript", transcript.digest().toString())
                    .put("directory", out.toString())
                    .toString());
        } else {
            answer.println("transcript " + transcript.digest());
            answer.println("next: at each replica, 'maftia key install ID' with transcript.json and ID.shares; the");
            answer.println("people there compare the line above. Keep the root key offline. Wipe this host.");
        }
        return 0;
    }

    private Path fileOf(String id) throws CommandException {
        for (Path enrolment : enrolments) {
            if (enrolment.getFileName().toString().equals(id + ".enrol")) {
                return enrolment;
            }
        }
        throw new CommandException(
                "no file " + id + ".enrol was given", "'maftia init " + id + "' writes it, where the keys will live");
    }
}
