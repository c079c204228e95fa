package org.maftia.server.ceremony;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.trust.FaultStructure;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.GroupFile;

/** A group whose ceremony takes a second: its RSA key is far too short for use. */
public final class SmallGroup {
    private static final int RSA_BITS = 1024;

    private SmallGroup() {}

    /** Makes all keys of a local group under a directory. */
    public static GroupTranscript make(Path directory, FaultStructure trust) {
        GroupTranscript transcript = deal(directory, trust);
        LocalCeremony.install(directory, ids(trust), ModularPower.JAVA, Progress.SILENT);
        return transcript;
    }

    /** The same for a group whose description says which keys it needs. */
    public static GroupTranscript make(Path directory, Configuration configuration) throws ConfigurationException {
        return make(directory, configuration.faultStructure(), GroupFile.text(configuration), List.of());
    }

    /** The same, with keys that sign for others. */
    public static GroupTranscript make(
            Path directory, FaultStructure trust, String description, List<SigningKey> signing) {
        GroupTranscript transcript = deal(directory, trust, description, signing);
        LocalCeremony.install(directory, ids(trust), ModularPower.JAVA, Progress.SILENT);
        return transcript;
    }

    /** The keys of replicas lie under the directory, and results in its {@code ceremony}; nobody has installed shares. */
    public static GroupTranscript deal(Path directory, Configuration configuration) throws ConfigurationException {
        return deal(directory, configuration.faultStructure(), GroupFile.text(configuration), List.of());
    }

    private static GroupTranscript deal(
            Path directory, FaultStructure trust, String description, List<SigningKey> signing) {
        CeremonyPlan enrolled =
                LocalCeremony.enrol(directory, "test", hosts(trust), trust, false, RSA_BITS, Progress.SILENT);
        CeremonyPlan plan = new CeremonyPlan(
                enrolled.name(),
                enrolled.id(),
                trust,
                enrolled.enrolments(),
                enrolled.clients(),
                RSA_BITS,
                description,
                Optional.empty(),
                signing,
                AuthorityNames.ANY);
        return new Ceremony(plan, ModularPower.JAVA, Progress.SILENT)
                .perform(directory.resolve("ceremony"), new Unlock.KeyFile());
    }

    /** The same up to the moment before the replicas install their shares. */
    static GroupTranscript deal(Path directory, FaultStructure trust) {
        CeremonyPlan plan =
                LocalCeremony.enrol(directory, "test", hosts(trust), trust, false, RSA_BITS, Progress.SILENT);
        return new Ceremony(plan, ModularPower.JAVA, Progress.SILENT)
                .perform(directory.resolve("ceremony"), new Unlock.KeyFile());
    }

    private static SequencedMap<String, String> hosts(FaultStructure trust) {
        SequencedMap<String, String> hosts = new LinkedHashMap<>();
        ids(trust).forEach(id -> hosts.put(id, "localhost"));
        return hosts;
    }

    private static List<String> ids(FaultStructure trust) {
        return IntStream.rangeClosed(1, trust.size()).mapToObj(i -> "r" + i).toList();
    }
}
