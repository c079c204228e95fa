package org.maftia.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.configuration.ConfigurationException;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.console.LogSetup;
import org.maftia.server.host.HostSetup;
import org.maftia.server.host.ReplicaHost;
import org.maftia.server.host.Services;

/** All replicas of a cluster in this process: small and quick to start, and they fall together. */
final class InProcessRun implements ClusterRun {
    private final LocalCluster cluster;
    private final List<ReplicaHost> hosts = new ArrayList<>();

    InProcessRun(LocalCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public Endpoints start() throws IOException, InterruptedException, ClusterException {
        ClusterDirectory directory = cluster.directory();
        Files.deleteIfExists(directory.endpointsFile());
        PidFile.write(directory.upPidFile());
        LogSetup.toFile(directory.root());
        SortedMap<String, Long> pids = new TreeMap<>();
        List<String> ids = new ArrayList<>();
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            String id = replica.id();
            Files.createDirectories(directory.data(id));
            HostSetup setup = new HostSetup(
                    cluster.configuration(),
                    id,
                    directory.keys(id),
                    directory.data(id),
                    Unlock.fromEnvironment(),
                    Optional.empty());
            try {
                synchronized (hosts) {
                    hosts.add(ReplicaHost.start(setup));
                }
            } catch (ConfigurationException e) {
                throw new ClusterException(String.valueOf(e.getMessage()), e.hint());
            }
            ids.add(id);
            pids.put(id, ProcessHandle.current().pid());
        }
        cluster.awaitReady(ids, List.of());
        Endpoints endpoints = cluster.endpoints(Services.paths(), pids);
        endpoints.write(directory.endpointsFile());
        return endpoints;
    }

    @Override
    public List<String> events() {
        return List.of();
    }

    @Override
    public boolean anyLives() {
        synchronized (hosts) {
            return hosts.stream().anyMatch(ReplicaHost::lives);
        }
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        Files.deleteIfExists(cluster.directory().endpointsFile());
        synchronized (hosts) {
            hosts.forEach(ReplicaHost::close);
            hosts.clear();
        }
        Files.deleteIfExists(cluster.directory().upPidFile());
    }
}
