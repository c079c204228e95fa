package org.maftia.server.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.maftia.server.ceremony.AuthorityNames;
import org.maftia.server.ceremony.Ceremony;
import org.maftia.server.ceremony.CeremonyPlan;
import org.maftia.server.ceremony.ClientKeys;
import org.maftia.server.ceremony.Enrolment;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.ClientEntry;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.crypto.ModularPowers;
import org.maftia.server.succession.Known;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
    @Mixin
    private final UnlockOption unlock = new UnlockOption();

    @Mixin
    private final OutputOption output = new OutputOption();

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

    @Option(
            names = "--before",
            paramLabel = "DIR",
            description = {
                "For the next configuration of a group: the results of the ceremony of the present one, with",
                "transcript.json, and root.key with the files that open it. The group goes on under the same root."
            })
    private @Nullable Path before;

    @Option(
            names = "--new-keys",
            description = {
                "With --before: have all keys be new. Without it those with which the group signs on the curve (beacon,"
                        + " receipts, draws) and the one to which",
                "clients encrypt go on where they can: the group itself gives its new members shares of them."
            })
    private boolean newKeys;

    @Option(
            names = "--officer",
            paramLabel = "NAME[=FILE]",
            description = {
                "An officer who is present, with a passphrase of his own: in the first line of FILE, or typed."
                        + " Repeated.",
                "The root's private key then opens only for as many of them as --policy wants, and for none alone. At"
                        + " the",
                "first ceremony all officers are named; with --before those who are present."
            })
    private final List<String> officers = new ArrayList<>();

    @Option(
            names = "--policy",
            paramLabel = "K|FORMULA",
            description = {
                "How many officers open the root's private key, or which: a formula over their names, such as",
                "'{\"select\":2,\"out-of\":[\"ana\",\"ben\",\"eva\"]}'. Default: more than half."
            })
    private @Nullable String policy;

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
            Enrolment enrolment = Enrolment.read(fileOf(replica.id()));
            requireSame(replica.id(), enrolment.id());
            requireReachable(replica, enrolment);
            replicas.add(enrolment);
        }
        Optional<GroupTranscript> present =
                Optional.ofNullable(before).map(results -> GroupTranscript.read(results.resolve(GroupTranscript.FILE)));
        List<String> staying = new ArrayList<>();
        List<ClientKeys.Request> clients = new ArrayList<>();
        for (ClientEntry client : configuration.clients()) {
            if (present.isPresent() && isClient(present.get(), client.name())) {
                staying.add(client.name());
                continue;
            }
            ClientKeys.Request request = ClientKeys.Request.read(fileOf(client.name()));
            requireSame(client.name(), request.name());
            clients.add(request);
        }
        Unlock opener = opener();
        CeremonyPlan plan = new CeremonyPlan(
                configuration.group(),
                present.map(GroupTranscript::id).orElseGet(UUID::randomUUID),
                configuration.faultStructure(),
                replicas,
                clients,
                configuration.settings().rsa().bits(),
                GroupFile.text(configuration),
                predecessor(configuration, present, staying),
                configuration.settings().signing().dealt(),
                AuthorityNames.of(configuration.settings().authority()));
        System.err.println("group " + plan.name() + "; the people at each replica must read out the same fingerprint:");
        replicas.forEach(enrolment -> announce(enrolment.id(), enrolment.fingerprint()));
        clients.forEach(client -> announce(client.name(), client.fingerprint()));
        Files.createDirectories(out);
        GroupTranscript transcript =
                Ceremony.perform(plan, out, opener, ModularPowers.fastest(SystemEntropy.INSTANCE), System.err::println);
        unlock.warnOfKeyFile(out);
        output.print(
                Json.object()
                        .put("group", transcript.name())
                        .put("transcript", transcript.digest().toString())
                        .put("directory", out.toString()),
                "transcript " + transcript.digest(),
                "next: at each replica, 'maftia key install ID --expect HASH' with transcript.json, ID.shares and the",
                "hash above, which travels by another way than the files. Keep root.key and custody.json offline.",
                "record.json tells what was done: 'maftia key audit --transcript FILE' checks it.",
                "Wipe this host.");
        return 0;
    }

    /** What the root's private key opens with. */
    private Unlock opener() throws CommandException {
        if (officers.isEmpty()) {
            if (policy != null) {
                throw new CommandException("--policy without officers", "name each with --officer NAME=FILE");
            }
            return unlock.unlock();
        }
        if (unlock.isGiven()) {
            throw new CommandException(
                    "the root key opens for officers, or by one passphrase or token",
                    "leave out --officer, or the other option");
        }
        if (before != null && policy != null) {
            throw new CommandException(
                    "the policy of the officers was made at the first ceremony", "leave out --policy");
        }
        List<String> names = new ArrayList<>();
        List<Unlock.Passphrase> passphrases = new ArrayList<>();
        for (String officer : officers) {
            int at = officer.indexOf('=');
            String name = at < 0 ? officer : officer.substring(0, at);
            names.add(name);
            passphrases.add(
                    at < 0
                            ? UnlockOption.asked("Passphrase of officer " + name)
                            : Unlock.fromFile(Path.of(officer.substring(at + 1))));
        }
        return new Unlock.Officers(names, passphrases, policy == null ? "" : policy);
    }

    private static boolean isClient(GroupTranscript group, String name) {
        return group.clientList().stream().anyMatch(client -> client.name().equals(name));
    }

    private Optional<CeremonyPlan.Predecessor> predecessor(
            Configuration configuration, Optional<GroupTranscript> present, List<String> staying)
            throws CommandException {
        boolean follows = configuration.ordinal().number() > 0;
        if (follows != present.isPresent() || before == null && follows) {
            throw new CommandException(
                    follows ? "the configuration follows another one" : "the configuration is the first of a new group",
                    follows
                            ? "--before names the results of that one's ceremony"
                            : "leave out --before, or let 'maftia reconfigure prepare' write the next configuration");
        }
        if (present.isEmpty() || before == null) {
            return Optional.empty();
        }
        Known known = Known.of(present.get());
        if (!known.configuration()
                .digest()
                .toString()
                .equals(configuration.ordinal().predecessor())) {
            throw new CommandException(
                    "the configuration follows another one than that in " + before,
                    "prepare it anew, or name the results of the right ceremony");
        }
        return Optional.of(new CeremonyPlan.Predecessor(present.get(), before, staying, !newKeys));
    }

    private static void announce(String id, String fingerprint) {
        System.err.println("  " + id + "  fingerprint " + fingerprint);
    }

    private static void requireSame(String id, String enrolled) throws CommandException {
        if (!enrolled.equals(id)) {
            throw new CommandException(
                    id + ".enrol is the enrolment of " + enrolled, "files keep the names that 'maftia init' gave them");
        }
    }

    /** What would be found out only when replicas and clients look for each other, after the host was wiped. */
    private static void requireReachable(ReplicaEntry replica, Enrolment enrolment) throws CommandException {
        if (!replica.hasPorts()) {
            throw new CommandException(
                    "replica " + replica.id() + " lacks a port in the configuration",
                    "link, client, https and http are needed where replicas run on several hosts");
        }
        if (!enrolment.hosts().contains(replica.host())) {
            throw new CommandException(
                    replica.id() + " enrolled for " + String.join(", ", enrolment.hosts())
                            + ", but the configuration has host " + replica.host(),
                    "'maftia init " + replica.id() + " --host " + replica.host() + "' enrols it for that name");
        }
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
