package org.maftia.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.FaultStructure;
import org.maftia.server.ceremony.AuthorityNames;
import org.maftia.server.ceremony.LocalCeremony;
import org.maftia.server.ceremony.OfficerKeys;
import org.maftia.server.ceremony.Progress;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.configuration.ClientEntry;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.OfficerEntry;
import org.maftia.server.configuration.Officers;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.crypto.ModularPowers;

/** Makes the directory of a cluster at its first use: configuration, ports, keys. Later uses find all there. */
public final class ClusterCreation {
    /** The layout of {@code maftia up} without a word. */
    public static final String DEFAULT_LAYOUT = "4";

    private ClusterCreation() {}

    /**
     * Opens the cluster of the directory, or makes one.
     *
     * @param layout what was asked for; a cluster that is there must be of this layout
     * @param overrides at first use they go into the configuration, later they hold until the next start
     */
    public static LocalCluster openOrCreate(
            ClusterDirectory directory, @Nullable String layout, Overrides overrides, Progress progress)
            throws IOException, ConfigurationException, ClusterException {
        if (!Files.exists(directory.groupFile())) {
            create(directory, layout == null ? DEFAULT_LAYOUT : layout, overrides, progress);
            DurableText.replace(directory.overridesFile(), "");
            return LocalCluster.open(directory, Overrides.none());
        }
        LocalCluster cluster = LocalCluster.open(directory, overrides);
        Configuration written = Configuration.read(directory.groupFile(), Overrides.none());
        requireSameKeys(written, cluster.configuration());
        if (layout != null) {
            requireLayout(directory, written, layout);
        }
        List<String> arguments = overrides.arguments();
        DurableText.replace(directory.overridesFile(), arguments.isEmpty() ? "" : String.join("\n", arguments) + "\n");
        return cluster;
    }

    private static void create(ClusterDirectory directory, String layout, Overrides overrides, Progress progress)
            throws IOException, ConfigurationException, ClusterException {
        Configuration asked = FreePorts.fill(Layout.of(layout, overrides));
        FaultStructure trust = asked.faultStructure();
        if (!asked.clients().equals(List.of(new ClientEntry(LocalCeremony.CLIENT)))) {
            throw new ClusterException(
                    "a local cluster has one client, '" + LocalCeremony.CLIENT + "'",
                    "leave [[client]] out here; in a real deployment the ceremony certifies others");
        }
        Files.createDirectories(directory.root());
        Files.setPosixFilePermissions(directory.root(), PosixFilePermissions.fromString("rwx------"));
        List<Path> made = new ArrayList<>(List.of(directory.ceremony(), directory.client(), directory.officers()));
        asked.replicas().forEach(replica -> made.add(directory.replica(replica.id())));
        for (Path leftover : made) {
            Trees.delete(leftover); // of a first use that was broken off: its keys are nobody's
        }
        Configuration configuration = withOfficer(asked, directory);
        LinkedHashMap<String, String> hosts = new LinkedHashMap<>();
        configuration.replicas().forEach(replica -> hosts.put(replica.id(), replica.host()));
        LocalCeremony.perform(
                directory.root(),
                configuration.group(),
                hosts,
                trust,
                configuration.trust().isHybrid(),
                configuration.settings().rsa().bits(),
                configuration.settings().signing().dealt(),
                AuthorityNames.of(configuration.settings().authority()),
                GroupFile.text(configuration),
                ModularPowers.fastest(SystemEntropy.INSTANCE),
                progress);
        // Last: with this file the cluster is there.
        DurableText.replace(directory.groupFile(), GroupFile.text(configuration));
    }

    /** One officer, whose key lies in the directory, unless the file names others. */
    private static Configuration withOfficer(Configuration configuration, ClusterDirectory directory) {
        if (!configuration.officers().entries().isEmpty()) {
            return configuration;
        }
        String name = LocalCeremony.OFFICER;
        String key = OfficerKeys.create(directory.officers().resolve(name), new Unlock.KeyFile());
        return configuration.withOfficers(new Officers(List.of(new OfficerEntry(name, key)), Optional.empty()));
    }

    /** What the ceremony bound into keys and certificates cannot be set afterwards. */
    private static void requireSameKeys(Configuration written, Configuration asked) throws ClusterException {
        boolean same = written.group().equals(asked.group())
                && written.trust().equals(asked.trust())
                && written.members().equals(asked.members())
                && written.clients().equals(asked.clients())
                && written.officers().equals(asked.officers())
                && written.settings().notary().equals(asked.settings().notary())
                && written.settings().beacon().equals(asked.settings().beacon())
                && written.settings()
                        .authority()
                        .agreed()
                        .equals(asked.settings().authority().agreed())
                && written.settings().signing().equals(asked.settings().signing())
                && written.settings().rsa().equals(asked.settings().rsa());
        if (!same) {
            throw new ClusterException(
                    "--set changes what the keys of this cluster were made for",
                    "group, trust, replicas, clients, officers, notary, beacon, authority, signing and rsa.bits hold"
                            + " from the first start on; use another --dir");
        }
    }

    private static void requireLayout(ClusterDirectory directory, Configuration written, String layout)
            throws ConfigurationException, ClusterException {
        Configuration asked = Layout.of(layout, Overrides.none());
        if (!asked.members().equals(written.members())
                || asked.trust().isHybrid() != written.trust().isHybrid()) {
            throw new ClusterException(
                    directory.root() + " holds a cluster of another layout, of "
                            + written.members().size() + " replicas",
                    "leave --layout out to start that one, or use another --dir");
        }
    }
}
