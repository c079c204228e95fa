package org.maftia.server.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.ClusterStatus;
import org.maftia.server.cluster.Endpoints;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.host.Corruption;
import org.maftia.server.host.Intruder;
import org.maftia.server.http.ReplicaStatus;
import org.maftia.server.notarize.NotaryClient;
import org.maftia.server.notarize.TokenVerifier;

/**
 * One drill, from a cluster that is well to one that is well again.
 *
 * <p>Victims are started again with an {@link Intruder} who bides his time; the group is brought to an epoch that the
 * first victim leads; clients work for a while; the intruder strikes under their eyes; at last the victims are started
 * again as they were. The state in their journals is that of correct replicas throughout.
 */
public final class Drill {
    /** Clients work undisturbed for so long, to tell what is normal. */
    private static final int BEFORE_MILLIS = 3_000;

    /** They work on for so long after the intruder has gone. */
    private static final int AFTER_MILLIS = 2_000;

    private static final int WELL_MILLIS_MAX = 60_000;
    private static final int POLL_MILLIS = 250;

    /** What the replicas of a fault set do, in turn; the first one is made leader. */
    private static final List<Corruption> MEDLEY =
            List.of(Corruption.EQUIVOCATE, Corruption.FORGE, Corruption.SILENCE, Corruption.CORRUPT_STATE);

    private LocalCluster cluster;
    private final Endpoints endpoints;
    private final Consumer<String> console;
    private final ComponentAttack components;

    /** @param console hears what goes on, a line each */
    public Drill(LocalCluster cluster, Endpoints endpoints, Consumer<String> console) {
        this.cluster = cluster;
        this.endpoints = endpoints;
        this.console = console;
        this.components = new ComponentAttack(cluster);
    }

    /** @param millis how long the intruder is at work */
    public DrillReport run(Scenario scenario, int millis) throws IOException, InterruptedException, ClusterException {
        boolean hybrid = cluster.configuration().trust().isHybrid();
        if (scenario.needsComponents() && !hybrid) {
            throw new ClusterException(
                    "the replicas of this group have no trusted components",
                    "'maftia up --layout hybrid-3' makes a group whose replicas have");
        }
        console.accept(scenario.word() + ": " + scenario.sentence());
        if (scenario == Scenario.STEAL_SHARE) {
            if (hybrid) {
                return new StolenKeys(cluster)
                        .attempt()
                        .with(
                                List.of(),
                                true,
                                List.of(
                                        "A hybrid group does not renew its keys: shares that are stolen at different"
                                                + " times add up, so roll the keys after a theft ('maftia key roll').",
                                        "Keys of trusted components were not among these files. Under 'maftia up' they"
                                                + " lie in rN/component and belong to the same user; elsewhere give"
                                                + " components a user of their own."));
            }
            console.accept("  then those of another one, after the group has renewed its shares");
            StolenEpochs.Findings epochs = new StolenEpochs(cluster, console).attempt();
            return new StolenKeys(cluster).attempt().with(epochs.gained(), epochs.inEarnest(), epochs.remarks());
        }
        awaitWell("the cluster is not well before the drill", "'maftia status' shows why");
        List<String> victims = victims(scenario);
        try {
            prepare(scenario, victims);
            return strike(scenario, victims, millis);
        } finally {
            restore(victims);
        }
    }

    private List<String> victims(Scenario scenario) throws InterruptedException {
        int leader = leader().orElse(0);
        int size = endpoints.replicas().size();
        ReplicaSet chosen = switch (scenario) {
            case CRASH, COMPONENT_STOP -> ReplicaSet.of(leader);
            // A set with the next leader in it and without the present one, who has to make room.
            case FAULT_SET ->
                cluster.trust().maximalFaultSets().stream()
                        .filter(set -> set.contains((leader + 1) % size) && !set.contains(leader))
                        .findFirst()
                        .orElse(cluster.trust().maximalFaultSets().getFirst());
            default -> ReplicaSet.of((leader + 1) % size);
        };
        List<String> ids = new ArrayList<>();
        chosen.forEach(index -> ids.add(endpoints.replicas().get(index).id()));
        // The one who is to lead comes first.
        String next = endpoints.replicas().get((leader + 1) % size).id();
        if (ids.remove(next)) {
            ids.addFirst(next);
        }
        return ids;
    }

    private void prepare(Scenario scenario, List<String> victims)
            throws IOException, InterruptedException, ClusterException {
        if (scenario == Scenario.COMPONENT_SET_BACK) {
            components.copy(victims.getFirst());
            console.accept("  an intruder has copied what the component of " + victims.getFirst() + " counted");
            awaitWell("a replica did not come back", "'maftia status' shows which");
        }
        if (scenario.corruption().isEmpty() && scenario != Scenario.FAULT_SET) {
            return;
        }
        for (int i = 0; i < victims.size(); i++) {
            String id = victims.get(i);
            Corruption corruption = scenario.corruption().orElse(MEDLEY.get(i % MEDLEY.size()));
            write(id, corruption.word() + " " + Intruder.DORMANT);
            restart(id);
            console.accept("  an intruder is in " + id + " (" + corruption.word() + ") and bides his time");
        }
        makeLead(victims.getFirst());
    }

    /** Stops each leader before the victim's turn until the group has gone on without it, which ends its epoch. */
    private void makeLead(String victim) throws IOException, InterruptedException, ClusterException {
        for (int i = 0; i < endpoints.replicas().size(); i++) {
            awaitWell("a replica did not come back", "'maftia status' shows which");
            String leader = endpoints.replicas().get(leader().orElse(0)).id();
            if (leader.equals(victim)) {
                console.accept("  " + victim + " leads");
                return;
            }
            cluster.stop(leader);
            try {
                stampThroughAny(leader);
            } finally {
                cluster.start(leader);
            }
        }
        console.accept("  " + victim + " does not lead; the drill goes on all the same");
    }

    private void stampThroughAny(String except) throws IOException {
        List<String> addresses = endpoints.replicas().stream()
                .filter(replica -> !replica.id().equals(except))
                .map(this::address)
                .toList();
        new NotaryClient(addresses, cluster.http(), TokenVerifier.trusting(cluster.caCertificate()))
                .stamp(cluster.directory().groupFile());
    }

    private String address(Endpoints.Replica replica) {
        return replica.https() + endpoints.services().getOrDefault("tsa", "/tsa");
    }

    private DrillReport strike(Scenario scenario, List<String> victims, int millis)
            throws IOException, InterruptedException, ClusterException {
        Load load = new Load(clients());
        List<ClusterStatus.Blame> named = new ArrayList<>();
        List<ReplicaStatus.Exclusion> excluded = new ArrayList<>();
        boolean abstaining = false;
        long struck;
        long left;
        try {
            Thread.sleep(BEFORE_MILLIS);
            console.accept("  the intruder strikes");
            struck = System.nanoTime();
            for (String id : victims) {
                act(scenario, id);
            }
            Thread.sleep(millis);
            if (scenario.excludes()) {
                for (String id : victims) {
                    new Readmission(cluster, console).awaitExclusion(id).ifPresent(excluded::add);
                }
            }
            for (ClusterStatus.Entry entry : cluster.status().replicas()) {
                if (victims.contains(entry.id())) {
                    named.addAll(entry.blame()); // what the victims say of others is worth nothing
                    abstaining |= entry.said().filter(ReplicaStatus::abstaining).isPresent();
                }
            }
            restore(victims);
            left = System.nanoTime();
            Thread.sleep(AFTER_MILLIS);
            if (scenario == Scenario.COMPONENT_SET_BACK) {
                isWell(WELL_MILLIS_MAX); // it waits for a checkpoint, which only comes while clients work
            }
        } finally {
            load.close();
        }
        if (!excluded.isEmpty()) {
            cluster = new Readmission(cluster, console).perform();
        }
        List<String> remarks =
                scenario.excludes() ? Readmission.remarks(excluded) : ComponentAttack.remarks(scenario, abstaining);
        return report(scenario, victims, load, struck, left, named, remarks).excluding(excluded);
    }

    private DrillReport report(
            Scenario scenario,
            List<String> victims,
            Load load,
            long struck,
            long left,
            List<ClusterStatus.Blame> named,
            List<String> remarks)
            throws InterruptedException {
        List<Stamp> stamps = load.stamps();
        List<Long> before = stamps.stream()
                .filter(stamp -> stamp.gotNanos() < struck)
                .map(Stamp::waitMillis)
                .sorted()
                .toList();
        long longest = stamps.stream()
                .filter(stamp -> stamp.gotNanos() >= struck && stamp.askedNanos() <= left)
                .filter(stamp -> !victims.contains(stamp.gateway()))
                .mapToLong(Stamp::waitMillis)
                .max()
                .orElse(0);
        SortedMap<String, Integer> denied = new TreeMap<>();
        load.failures().forEach((id, failures) -> denied.put(id, failures.size()));
        return new DrillReport(
                scenario,
                victims,
                Findings.of(stamps),
                stamps.size(),
                denied,
                before.isEmpty() ? 0 : before.get(before.size() / 2),
                longest,
                named,
                List.of(),
                isWell(WELL_MILLIS_MAX),
                remarks);
    }

    private void act(Scenario scenario, String id) throws IOException, InterruptedException, ClusterException {
        switch (scenario) {
            case CRASH -> {
                Optional<ProcessHandle> process = cluster.process(id);
                process.ifPresent(ProcessHandle::destroyForcibly);
            }
            case COMPONENT_STOP -> components.kill(id);
            case COMPONENT_SET_BACK -> components.setBack(id);
            default -> {
                String asked = Files.readString(cluster.directory().corruptionFile(id));
                write(id, asked.strip().split(" ", -1)[0]);
            }
        }
    }

    /** Starts the victims again as they were; one that is well already stays. */
    private void restore(List<String> victims) throws IOException, InterruptedException, ClusterException {
        for (String id : victims) {
            boolean corrupted = Files.deleteIfExists(cluster.directory().corruptionFile(id));
            if (corrupted || cluster.process(id).isEmpty()) {
                restart(id);
                console.accept("  " + id + " was started again, clean");
            }
        }
    }

    private void write(String id, String words) throws IOException {
        Files.writeString(cluster.directory().corruptionFile(id), words + "\n");
    }

    private void restart(String id) throws IOException, InterruptedException, ClusterException {
        cluster.stop(id);
        cluster.start(id);
    }

    private SortedMap<String, NotaryClient> clients() throws IOException {
        TokenVerifier verifier = TokenVerifier.trusting(cluster.caCertificate());
        SortedMap<String, NotaryClient> clients = new TreeMap<>();
        for (Endpoints.Replica replica : endpoints.replicas()) {
            clients.put(replica.id(), new NotaryClient(List.of(address(replica)), cluster.http(), verifier));
        }
        return clients;
    }

    /** The index of the leader of the highest epoch that a kernel speaks of; none where they disagree. */
    private Optional<Integer> leader() throws InterruptedException {
        SortedMap<Long, ReplicaSet> byEpoch = new TreeMap<>();
        SortedMap<Long, String> leaders = new TreeMap<>();
        List<ClusterStatus.Entry> entries = cluster.status().replicas();
        for (int i = 0; i < entries.size(); i++) {
            int index = i;
            entries.get(i).said().ifPresent(said -> {
                byEpoch.merge(said.epoch(), ReplicaSet.of(index), ReplicaSet::union);
                leaders.put(said.epoch(), said.leader());
            });
        }
        return byEpoch.reversed().entrySet().stream()
                .filter(entry -> cluster.trust().isKernel(entry.getValue()))
                .findFirst()
                .flatMap(entry -> cluster.configuration().indexOf(leaders.getOrDefault(entry.getKey(), "")));
    }

    /** Whether every replica takes part, waiting for it for a while. What was blamed before counts for nothing here. */
    private boolean isWell(int millisMax) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        while (true) {
            boolean well = cluster.status().replicas().stream()
                    .allMatch(entry ->
                            entry.said().isPresent() && entry.said().get().ready());
            if (well || System.nanoTime() > deadline) {
                return well;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void awaitWell(String message, String hint) throws InterruptedException, ClusterException {
        if (!isWell(WELL_MILLIS_MAX)) {
            throw new ClusterException(message, hint);
        }
    }
}
