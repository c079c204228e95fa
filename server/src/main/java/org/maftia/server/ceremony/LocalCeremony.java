package org.maftia.server.ceremony;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.UUID;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.trust.FaultStructure;
import org.maftia.server.component.ComponentPlace;

/**
 * Enrolment, ceremony and installation of a whole group on one machine, for {@code maftia up}: a demonstration of the
 * steps, not of their separation. The keys that seal the secrets lie beside them.
 *
 * <p>Under the directory: {@code ceremony/}, {@code ID/keys} for each replica, {@code client/} for the tools.
 */
public final class LocalCeremony {
    /** The name of the tools' client; the first in the configuration, so its number is 64. */
    public static final String CLIENT = "tools";

    private static final String CEREMONY = "ceremony";

    /** The officer of a local cluster. */
    public static final String OFFICER = "operator";

    private LocalCeremony() {}

    /**
     * Makes all keys of a local group.
     *
     * @param directory {@code D}; what lies in its {@code ceremony}, {@code ID/keys} and {@code client} must not exist
     * @param hosts by the replica's id, in the order of their indices, where the configuration says that it is
     * @param hybrid whether a trusted component stands beside each replica
     * @param signing keys for the callers of the signing service
     * @param names that the authority may certify
     * @param description the configuration, as the transcript keeps it
     */
    public static GroupTranscript perform(
            Path directory,
            String group,
            SequencedMap<String, String> hosts,
            FaultStructure trust,
            boolean hybrid,
            int rsaBits,
            List<SigningKey> signing,
            AuthorityNames names,
            String description,
            ModularPower power,
            Progress progress) {
        Unlock unlock = new Unlock.KeyFile();
        List<String> ids = List.copyOf(hosts.sequencedKeySet());
        CeremonyPlan enrolled = enrol(directory, group, hosts, trust, hybrid, rsaBits, progress);
        CeremonyPlan plan = new CeremonyPlan(
                group,
                enrolled.id(),
                trust,
                enrolled.enrolments(),
                enrolled.clients(),
                rsaBits,
                description,
                Optional.empty(),
                signing,
                names);
        GroupTranscript transcript = Ceremony.perform(plan, directory.resolve(CEREMONY), unlock, power, progress);
        install(directory, ids, power, progress);
        return transcript;
    }

    static CeremonyPlan enrol(
            Path directory,
            String group,
            SequencedMap<String, String> hosts,
            FaultStructure trust,
            boolean hybrid,
            int rsaBits,
            Progress progress) {
        Unlock unlock = new Unlock.KeyFile();
        Path ceremony = directory.resolve(CEREMONY);
        List<Enrolment> enrolments = new ArrayList<>();
        for (Map.Entry<String, String> replica : hosts.sequencedEntrySet()) {
            String id = replica.getKey();
            progress.step("enrolling " + id);
            Optional<ComponentIdentity> component = hybrid
                    ? Optional.of(ComponentIdentity.enrol(
                            new ComponentPlace(directory.resolve(id).resolve("component")).state()))
                    : Optional.empty();
            Enrolment enrolment =
                    Enrolment.create(keys(directory, id), id, names(replica.getValue()), unlock, component);
            enrolment.write(ceremony.resolve(id + ".enrol"));
            enrolments.add(enrolment);
        }
        Path client = directory.resolve("client");
        ClientKeys.Request request = ClientKeys.create(client, CLIENT, unlock);
        return new CeremonyPlan(group, UUID.randomUUID(), trust, enrolments, List.of(request), rsaBits);
    }

    /** Under what the gateway's certificate can be checked: also by whoever asks from the replica's own machine. */
    public static List<String> names(String host) {
        List<String> names = new ArrayList<>(Enrolment.LOOPBACK);
        if (!names.contains(host)) {
            names.add(host);
        }
        return names;
    }

    static void install(Path directory, List<String> ids, ModularPower power, Progress progress) {
        Unlock unlock = new Unlock.KeyFile();
        Path ceremony = directory.resolve(CEREMONY);
        GroupTranscript group = GroupTranscript.read(ceremony.resolve(GroupTranscript.FILE));
        for (String id : ids) {
            progress.step("installing the shares of " + id);
            Installation.install(keys(directory, id), group, ceremony.resolve(id + ".shares"), unlock, power);
        }
        ClientKeys.install(directory.resolve("client"), group, unlock);
    }

    /** Where the keys of a replica lie. */
    public static Path keys(Path directory, String id) {
        return directory.resolve(id).resolve("keys");
    }
}
