package org.maftia.server.configuration;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.Member;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.TrustException;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;

/**
 * A group as its operators wrote it down.
 *
 * @param group its name
 * @param ordinal where it stands among the configurations of its group
 * @param trust who may fall together
 * @param officers who may change it
 * @param replicas in the order of their indices
 * @param clients programs with an identity of their own
 * @param settings everything else
 */
public record Configuration(
        String group,
        Ordinal ordinal,
        TrustEntry trust,
        Officers officers,
        List<ReplicaEntry> replicas,
        List<ClientEntry> clients,
        Settings settings) {
    /** Longer files are no configuration of a group of 64. */
    private static final int FILE_LENGTH_MAX = 1 << 20;

    /** Numbers 64 to 127 belong to configured clients. */
    private static final int CLIENTS_MAX = 64;

    static final String NAME = "[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?";

    public Configuration {
        replicas = List.copyOf(replicas);
        clients = List.copyOf(clients);
    }

    /** The first configuration of a group, whose replicas are its officers. */
    public Configuration(
            String group, TrustEntry trust, List<ReplicaEntry> replicas, List<ClientEntry> clients, Settings settings) {
        this(group, Ordinal.FIRST, trust, Officers.REPLICAS, replicas, clients, settings);
    }

    /** Reads the file. */
    public static Configuration read(Path file, Overrides overrides) throws ConfigurationException {
        String text;
        try {
            if (Files.size(file) > FILE_LENGTH_MAX) {
                throw new ConfigurationException(file + ": too long for a configuration", "is it the right file?");
            }
            text = Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(
                    file + ": no such file", "docs/ceremony.md shows one; 'maftia up' writes its own");
        } catch (IOException e) {
            throw new ConfigurationException(file + ": cannot be read: " + e.getMessage(), "is it a text in UTF-8?");
        }
        return parse(file.toString(), text, overrides);
    }

    /**
     * Reads a text.
     *
     * @param name of the file, for messages
     */
    public static Configuration parse(String name, String text, Overrides overrides) throws ConfigurationException {
        TomlParseResult parsed = Toml.parse(text);
        if (parsed.hasErrors()) {
            TomlParseError error = parsed.errors().getFirst();
            throw new ConfigurationException(
                    name + ":" + error.position().line() + ": " + error.getMessage(),
                    "the file is TOML: [table], key = value, texts between quotes");
        }
        Set<String> keys = new LinkedHashSet<>();
        Section root = Section.root(new Section.Source(name, overrides, keys), parsed);
        Section group = root.section("group");
        String groupName = group.text("name", "maftia");
        if (!groupName.matches(NAME)) {
            throw group.error("name", "must be a short name", "lower-case letters, digits and hyphens, 32 at most");
        }
        Ordinal ordinal = Ordinal.read(group);
        group.finish();
        Settings settings = Settings.read(root);
        Section trustSection = root.section("trust");
        TrustEntry trust = TrustEntry.read(trustSection, directoryOf(name));
        Officers officers = Officers.read(root);
        List<ReplicaEntry> replicas = readReplicas(name, root);
        List<ClientEntry> clients = readClients(root);
        root.finish();
        overrides.requireAllUsed(keys);
        return new Configuration(groupName, ordinal, trust, officers, replicas, clients, settings);
    }

    private static Path directoryOf(String file) {
        return Invariant.present(Path.of(file).toAbsolutePath().getParent(), "a file lies in a directory");
    }

    /** The replicas as the trust configuration sees them, in the order of their indices. */
    public List<Member> members() {
        return replicas.stream()
                .map(replica -> new Member(replica.id(), replica.attributes()))
                .toList();
    }

    /** Compiles {@code [trust]}; an unsafe one is refused, with the sets of replicas that show it. */
    public FaultStructure faultStructure() throws ConfigurationException {
        try {
            return FaultStructure.compile(
                    trust.policy(replicas.stream().map(ReplicaEntry::id).toList()), members());
        } catch (TrustException e) {
            throw new ConfigurationException(trust.where() + ": " + e.getMessage(), e.hint());
        }
    }

    /** The index of a replica by its name. */
    public Optional<Integer> indexOf(String id) {
        for (int i = 0; i < replicas.size(); i++) {
            if (replicas.get(i).id().equals(id)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    public Configuration withReplicas(List<ReplicaEntry> others) {
        return new Configuration(group, ordinal, trust, officers, others, clients, settings);
    }

    public Configuration withClients(List<ClientEntry> others) {
        return new Configuration(group, ordinal, trust, officers, replicas, others, settings);
    }

    public Configuration withOfficers(Officers others) {
        return new Configuration(group, ordinal, trust, others, replicas, clients, settings);
    }

    public Configuration withOrdinal(Ordinal other) {
        return new Configuration(group, other, trust, officers, replicas, clients, settings);
    }

    private static List<ReplicaEntry> readReplicas(String file, Section root) throws ConfigurationException {
        List<ReplicaEntry> replicas = new ArrayList<>();
        Set<String> ids = new TreeSet<>();
        for (Section section : root.sections("replica", "id")) {
            ReplicaEntry replica = readReplica(section, replicas.size());
            if (!ids.add(replica.id())) {
                throw new ConfigurationException(
                        section.where() + ": there are two replicas '" + replica.id() + "'", "give one another id");
            }
            replicas.add(replica);
        }
        if (replicas.isEmpty()) {
            throw new ConfigurationException(
                    file + ":1: there is no [[replica]]", "a group of four survives one corrupted replica");
        }
        if (replicas.size() > ReplicaSet.SIZE_MAX) {
            throw new ConfigurationException(
                    file + ":1: " + replicas.size() + " replicas", "a group has " + ReplicaSet.SIZE_MAX + " at most");
        }
        return replicas;
    }

    private static ReplicaEntry readReplica(Section section, int index) throws ConfigurationException {
        String id = section.requiredText("id");
        if (!id.matches(NAME)) {
            throw section.error("id", "must be a short name", "lower-case letters, digits and hyphens, 32 at most");
        }
        String host = section.text("host", "localhost");
        if (!host.matches("[A-Za-z0-9.:-]{1,253}")) {
            throw section.error("host", "must be a host name or address", "such as r1.example.org or 192.0.2.1");
        }
        ReplicaEntry replica = new ReplicaEntry(
                id,
                section.texts("attributes", "attributes = { site = \"zurich\", os = \"debian\" }"),
                host,
                section.integer("link", 0, 0, 65_535),
                section.integer("client", 0, 0, 65_535),
                section.integer("https", 0, 0, 65_535),
                section.integer("http", 0, 0, 65_535),
                section.integer("seat", Math.min(index, ReplicaSet.SIZE_MAX - 1), 0, ReplicaSet.SIZE_MAX - 1));
        section.finish();
        return replica;
    }

    private static List<ClientEntry> readClients(Section root) throws ConfigurationException {
        List<ClientEntry> clients = new ArrayList<>();
        Set<String> names = new TreeSet<>();
        for (Section section : root.sections("client", "name")) {
            String name = section.requiredText("name");
            if (!name.matches(NAME) || !names.add(name)) {
                throw section.error(
                        "name",
                        "must be a short name of its own",
                        "lower-case letters, digits and hyphens; no two clients share one");
            }
            section.finish();
            clients.add(new ClientEntry(name));
        }
        if (clients.size() > CLIENTS_MAX) {
            throw root.error("client", "names too many clients", "a group has " + CLIENTS_MAX + " at most");
        }
        return clients;
    }
}
