package org.maftia.server.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.maftia.core.testing.Attack;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.host.Corruption;
import org.maftia.server.host.HostSetup;
import org.maftia.server.host.Intruder;
import org.maftia.server.host.ReplicaHost;
import org.maftia.server.notarize.NotaryClient;
import org.maftia.server.notarize.TokenVerifier;
import org.maftia.server.testing.Eventually;

/** The drills' intruders in the leader of a group of four, all in this process: the code is that of the drills. */
class ScenariosTest {
    /** Of the first epoch. */
    private static final String LEADER = "r1";

    private static final int TOKENS = 3;

    @TempDir
    private Path directory;

    private final SortedMap<String, ReplicaHost> hosts = new TreeMap<>();
    private ClusterDirectory place = new ClusterDirectory(Path.of("unset"));

    @BeforeEach
    void makeCluster() throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        SmallGroup.make(directory, configuration.faultStructure());
        place = new ClusterDirectory(directory);
        Files.writeString(place.groupFile(), GroupFile.text(configuration));
    }

    @AfterEach
    void stopAll() {
        hosts.values().forEach(ReplicaHost::close);
    }

    private void start(LocalCluster cluster, String id) throws Exception {
        Files.createDirectories(place.data(id));
        Optional<Intruder> intruder = Intruder.of(place.corruptionFile(id));
        hosts.put(
                id,
                ReplicaHost.start(new HostSetup(
                        cluster.configuration(), id, place.keys(id), place.data(id), new Unlock.KeyFile(), intruder)));
    }

    private LocalCluster startAll() throws Exception {
        LocalCluster cluster = LocalCluster.open(place);
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            start(cluster, replica.id());
        }
        awaitReady(cluster);
        return cluster;
    }

    private static ClusterStatus status(LocalCluster cluster) {
        try {
            return cluster.status();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitReady(LocalCluster cluster) {
        Eventually.until(
                "all replicas take part",
                () -> status(cluster).replicas().stream()
                        .allMatch(entry ->
                                entry.said().isPresent() && entry.said().get().ready()));
    }

    private static SortedMap<String, NotaryClient> clients(LocalCluster cluster) throws IOException {
        TokenVerifier verifier = TokenVerifier.trusting(cluster.caCertificate());
        SortedMap<String, NotaryClient> clients = new TreeMap<>();
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            clients.put(
                    replica.id(), new NotaryClient(List.of(replica.httpsAddress() + "/tsa"), cluster.http(), verifier));
        }
        return clients;
    }

    private static boolean gave(Load load, String gateway, long sinceNanos) {
        return load.stamps().stream()
                        .filter(stamp -> stamp.gateway().equals(gateway) && stamp.askedNanos() - sinceNanos > 0)
                        .count()
                >= TOKENS;
    }

    /** Every gateway but this one gives tokens that were asked for from now on. */
    private static void awaitTokens(LocalCluster cluster, Load load, String except) {
        long now = System.nanoTime();
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            if (!replica.id().equals(except)) {
                Eventually.until(
                        "the gateway of " + replica.id() + " gives tokens", () -> gave(load, replica.id(), now));
            }
        }
    }

    private static boolean isSuspect(LocalCluster cluster, String id) {
        return status(cluster).replicas().stream()
                .anyMatch(entry -> entry.id().equals(id) && entry.health() == ClusterStatus.Health.SUSPECT);
    }

    @Attack("equivocating leader, two-faced replica")
    @ParameterizedTest
    @EnumSource(value = Corruption.class, mode = EnumSource.Mode.EXCLUDE, names = "FORGED_PROPOSAL")
    void anIntruderInTheLeaderGainsNothingAndTheOthersStampOn(Corruption corruption) throws Exception {
        Files.createDirectories(place.replica(LEADER));
        Path file = place.corruptionFile(LEADER);
        Files.writeString(file, corruption.word() + " " + Intruder.DORMANT + "\n");
        LocalCluster cluster = startAll();
        List<Stamp> stamps = new ArrayList<>();
        try (Load load = new Load(clients(cluster))) {
            awaitTokens(cluster, load, "");
            Files.writeString(file, corruption.word() + "\n");
            awaitTokens(cluster, load, LEADER);
            if (corruption == Corruption.EQUIVOCATE || corruption == Corruption.FORGE) {
                Eventually.until("a kernel names " + LEADER, () -> isSuspect(cluster, LEADER));
            }
            assertThat(status(cluster).replicas())
                    .filteredOn(entry -> !entry.id().equals(LEADER))
                    .noneMatch(entry -> entry.health() == ClusterStatus.Health.SUSPECT);
            Objects.requireNonNull(hosts.get(LEADER)).close();
            Files.delete(file);
            start(cluster, LEADER);
            awaitReady(cluster);
            awaitTokens(cluster, load, "");
            stamps.addAll(load.stamps());
        }
        assertThat(Findings.of(stamps)).isEmpty();
    }

    @Test
    void aLeaderThatIsGoneIsMissedByNobodyElse() throws Exception {
        LocalCluster cluster = startAll();
        List<Stamp> stamps = new ArrayList<>();
        try (Load load = new Load(clients(cluster))) {
            awaitTokens(cluster, load, "");
            Objects.requireNonNull(hosts.get(LEADER)).close();
            awaitTokens(cluster, load, LEADER);
            start(cluster, LEADER);
            awaitReady(cluster);
            awaitTokens(cluster, load, "");
            stamps.addAll(load.stamps());
        }
        assertThat(Findings.of(stamps)).isEmpty();
    }

    @Test
    void aGroupWithoutTrustedComponentsHasNoDrillsOfThem() throws Exception {
        Endpoints endpoints = new Endpoints("g", List.of(), "ca.pem", new TreeMap<>());
        Drill drill = new Drill(LocalCluster.open(place), endpoints, line -> {});
        for (Scenario scenario :
                List.of(Scenario.COMPONENT_STOP, Scenario.COMPONENT_SET_BACK, Scenario.FORGED_PROPOSAL)) {
            assertThatThrownBy(() -> drill.run(scenario, 1))
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining("have no trusted components");
        }
    }
}
