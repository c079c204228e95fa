package org.maftia.bench.endurance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;

/**
 * What the replicas stand on.
 *
 * @param layout what {@code maftia up --layout} is given
 * @param launcher through which each replica is started
 * @param network that can be cut; empty where all share the loopback interface
 * @param disks that can be filled and frozen; empty where all share one
 */
record Ground(String layout, Optional<Path> launcher, Optional<Network> network, Optional<Disks> disks) {
    /** Set by {@code bin/benchmark} when it has made the namespaces. */
    static final String ISOLATED = "maftia.endurance.isolated";

    /** All replicas on the loopback interface and the disk of the machine. */
    static Ground shared(String layout) {
        return new Ground(layout, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * Makes a network and a disk for each replica.
     *
     * @param place a directory of this run
     * @param cluster the directory that the cluster will have
     */
    static Ground isolated(Path place, Path cluster, String layout)
            throws IOException, InterruptedException, ConfigurationException {
        Configuration named = Layout.of(layout, Overrides.none());
        List<ReplicaEntry> replicas = new ArrayList<>();
        for (int i = 0; i < named.replicas().size(); i++) {
            ReplicaEntry entry = named.replicas().get(i);
            replicas.add(new ReplicaEntry(
                    entry.id(),
                    entry.attributes(),
                    Network.host(i),
                    entry.link(),
                    entry.client(),
                    entry.https(),
                    entry.http(),
                    entry.seat()));
        }
        List<String> ids = replicas.stream().map(ReplicaEntry::id).toList();
        Path file = place.resolve("layout.toml");
        Files.writeString(file, GroupFile.text(named.withReplicas(replicas)));
        Network network = new Network(ids);
        network.build();
        Disks disks = new Disks(place.resolve("disks"), cluster);
        disks.build(ids);
        Path launcher = place.resolve("launch");
        Files.writeString(launcher, script(place.resolve("disks"), cluster));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        return new Ground(file.toString(), Optional.of(launcher), Optional.of(network), Optional.of(disks));
    }

    /**
     * The disk is mounted at the first start: before, {@code maftia up} would have found the directory of the replica
     * occupied.
     */
    private static String script(Path images, Path cluster) {
        return """
                #!/bin/sh
                set -eu
                id=$1
                shift
                data=%s/$id/data
                if ! mountpoint -q "$data"; then
                  mkdir -p "$data"
                  mount -o loop,noatime "%s/$id.img" "$data"
                  rmdir "$data/lost+found"
                fi
                exec nsenter --net="/run/netns/$id" -- "$@"
                """.formatted(cluster, images);
    }
}
