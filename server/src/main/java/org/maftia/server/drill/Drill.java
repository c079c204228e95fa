package org.maftia.server.drill;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.host.Corruption;
import org.maftia.server.notarize.NotaryClient;
import org.maftia.server.notarize.TokenVerifier;

/**
 * Corrupts replicas of a cluster on this machine while clients work at every gateway, and judges by the tokens alone what
 * that gained. Whatever happens, the replicas are correct again when it ends.
 */
public final class Drill {
    private static final int STOP_TIMEOUT_SECONDS = 10;

    private final LocalCluster cluster;
    private final Endpoints endpoints;
    private final Consumer<String> progress;

    public Drill(LocalCluster cluster, Endpoints endpoints, Consumer<String> progress) {
        this.cluster = cluster;
        this.endpoints = endpoints;
        this.progress = progress;
    }

    /**
     * What came of it.
     *
     * @param victims the replicas that were the intruder's
     * @param gained rules that tokens broke: what must be empty
     * @param tokens how many tokens clients got
     * @param slowestMillis the longest that a client of a gateway outside the fault set waited for a token
     * @param noticed what clients of correct gateways noticed, by gateway
     * @param deniedAtVictims requests that gateways of the intruder did not answer well
     * @param blamed what correct replicas say of the victims
     */
    public record Report(
            List<String> victims,
            List<String> gained,
            int tokens,
            long slowestMillis,
            SortedMap<String, List<String>> noticed,
            int deniedAtVictims,
            List<ClusterStatus.Blame> blamed) {
        public Report {
            victims = List.copyOf(victims);
            gained = List.copyOf(gained);
            blamed = List.copyOf(blamed);
        }
    }

    /** The leader, whom an intruder would like best. */
    public List<String> leader() throws InterruptedException {
        for (ClusterStatus.Entry entry : cluster.status().replicas()) {
            if (entry.role().equals("leader")) {
                return List.of(entry.id());
            }
        }
        return List.of(endpoints.replicas().getFirst().id());
    }

    /** A largest set of replicas that the group promises to survive, the leader among them if any such set has him. */
    public List<String> faultSet() throws InterruptedException {
        int leader = cluster.configuration().indexOf(leader().getFirst()).orElseThrow();
        ReplicaSet best = ReplicaSet.EMPTY;
        for (ReplicaSet set : cluster.trust().maximalFaultSets()) {
            boolean better =
                    set.contains(leader) == best.contains(leader) ? set.size() > best.size() : set.contains(leader);
            best = better ? set : best;
        }
        List<String> ids = new ArrayList<>();
        best.forEach(
                index -> ids.add(cluster.configuration().replicas().get(index).id()));
        return ids;
    }

    /**
     * Kills the victims, or starts them again corrupted, for a while.
     *
     * @param corruption empty: the victims are killed and stay dead for the time
     */
    public Report corrupt(List<String> victims, Optional<Corruption> corruption, int seconds)
            throws IOException, InterruptedException, ClusterException {
        List<ClusterStatus.Blame> blamed = new ArrayList<>();
        Load load = new Load(clients());
        try (load) {
            TimeUnit.SECONDS.sleep(1);
            seize(victims, corruption);
            TimeUnit.SECONDS.sleep(seconds);
            for (ClusterStatus.Entry entry : cluster.status().replicas()) {
                if (victims.contains(entry.id())) {
                    blamed.addAll(entry.blame());
                }
            }
        } finally {
            giveBack(victims);
        }
        return report(load, victims, blamed);
    }

    private void seize(List<String> victims, Optional<Corruption> corruption)
            throws IOException, InterruptedException, ClusterException {
        for (String id : victims) {
            if (corruption.isPresent()) {
                Files.writeString(
                        cluster.directory().corruptionFile(id), corruption.get().word() + "\n");
            }
            stop(id);
        }
        for (String id : victims) {
            progress.accept(id + " is the intruder's: "
                    + corruption.map(Corruption::word).orElse("killed"));
            if (corruption.isPresent()) {
                cluster.start(id);
            }
        }
    }

    private void giveBack(List<String> victims) throws IOException, InterruptedException, ClusterException {
        for (String id : victims) {
            Files.deleteIfExists(cluster.directory().corruptionFile(id));
            stop(id);
            cluster.start(id);
            progress.accept(id + " is correct again");
        }
    }

    private void stop(String id) throws IOException, InterruptedException {
        Optional<ProcessHandle> process = cluster.process(id);
        if (process.isPresent()) {
            process.get().destroyForcibly();
            for (int i = 0; i < STOP_TIMEOUT_SECONDS * 10 && process.get().isAlive(); i++) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private SortedMap<String, NotaryClient> clients() throws IOException {
        TokenVerifier verifier = TokenVerifier.trusting(cluster.caCertificate());
        String path = endpoints.services().getOrDefault("tsa", "/tsa");
        SortedMap<String, NotaryClient> clients = new TreeMap<>();
        for (Endpoints.Replica replica : endpoints.replicas()) {
            clients.put(replica.id(), new NotaryClient(List.of(replica.https() + path), cluster.http(), verifier));
        }
        return clients;
    }

    private static Report report(Load load, List<String> victims, List<ClusterStatus.Blame> blamed) {
        List<Stamp> stamps = load.stamps();
        long slowest = 0;
        for (Stamp stamp : stamps) {
            slowest = victims.contains(stamp.gateway()) ? slowest : Math.max(slowest, stamp.waitMillis());
        }
        SortedMap<String, List<String>> noticed = new TreeMap<>(load.failures());
        int denied = 0;
        for (String victim : victims) {
            List<String> failures = noticed.remove(victim);
            denied += failures == null ? 0 : failures.size();
        }
        return new Report(victims, Findings.of(stamps), stamps.size(), slowest, noticed, denied, blamed);
    }

    /**
     * Tries to sign with all that lies in the key directories of a fault set.
     *
     * @return a sentence for each key with which it succeeded: must be empty
     */
    public List<String> stealShares(List<String> victims) {
        byte[] message = "what the log never asked for".getBytes(StandardCharsets.UTF_8);
        List<String> gained = new ArrayList<>();
        SortedMap<String, SortedMap<Integer, byte[]>> shares = new TreeMap<>();
        SortedMap<String, ThresholdSignature> keys = new TreeMap<>();
        for (String id : victims) {
            ReplicaKeys stolen = ReplicaKeys.load(cluster.directory().keys(id));
            keys.putAll(stolen.keys());
            stolen.signers()
                    .forEach((keyId, signer) -> signer.leaves()
                            .forEach(leaf -> shares.computeIfAbsent(keyId, key -> new TreeMap<>())
                                    .put(leaf, signer.share(message, leaf))));
        }
        shares.forEach((keyId, stolen) -> {
            ThresholdSignature key = keys.get(keyId);
            progress.accept(stolen.size() + " shares of " + keyId + " are the intruder's");
            if (key != null && key.combine(message, stolen).isPresent()) {
                gained.add("a signature under " + keyId);
            }
        });
        return gained;
    }
}
