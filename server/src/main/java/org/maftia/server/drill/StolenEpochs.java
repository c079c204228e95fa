package org.maftia.server.drill;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Reconstruction;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;
import org.maftia.server.ceremony.ShareKeeper;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.ClusterException;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.LocalRefresh;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.http.KeyState;
import org.maftia.server.succession.KeyFolders;

/**
 * Steals the shares of one fault set, has the group renew the key, steals those of another one, and puts everything together.
 * That the attempt is in earnest, a control shows: the same two sets, robbed in one epoch, have the key.
 */
final class StolenEpochs {
    /** Pairs of fault sets that are tried: each costs as many powers as they have minimal sets. */
    private static final int PAIRS_MAX = 64;

    /** Old shares go with the first checkpoint after a renewal. */
    private static final int ERASED_SECONDS_MAX = 60;

    private static final int POLL_MILLIS = 250;

    private final LocalCluster cluster;
    private final Consumer<String> console;
    private final SharingFormula formula;

    StolenEpochs(LocalCluster cluster, Consumer<String> console) {
        this.cluster = cluster;
        this.console = console;
        this.formula = cluster.trust().sharing();
    }

    /**
     * What came of it.
     *
     * @param gained a sentence for each thing that the intruder gained; empty is what must be
     * @param inEarnest whether the control succeeded everywhere
     */
    record Findings(List<String> gained, boolean inEarnest, List<String> remarks) {}

    Findings attempt() throws IOException, InterruptedException, ClusterException {
        LocalRefresh refresh = new LocalRefresh(cluster, step -> console.accept("  " + step));
        SortedMap<String, KeyState> states = LocalRefresh.states(cluster);
        if (states.isEmpty()) {
            throw new ClusterException("the group renews no key", "'maftia status' shows whether it is well");
        }
        String id = states.firstKey();
        KeyState before = epoch(refresh, id);
        SortedMap<Integer, DiscreteLogShares> old = steal(id, before.epoch());
        console.accept("  the shares of key " + id + " in epoch " + before.epoch() + " are stolen; it is renewed");
        KeyState after = renewed(refresh, id);
        SortedMap<Integer, DiscreteLogShares> fresh = steal(id, after.epoch());
        try {
            return judged(id, before, after, old, fresh);
        } finally {
            old.values().forEach(DiscreteLogShares::close);
            fresh.values().forEach(DiscreteLogShares::close);
        }
    }

    /** An epoch of which all that run have shares. */
    private KeyState epoch(LocalRefresh refresh, String id) throws IOException, InterruptedException, ClusterException {
        KeyState state = LocalRefresh.states(cluster).get(id);
        return state != null && state.epoch() >= 0 ? state : renewed(refresh, id);
    }

    private KeyState renewed(LocalRefresh refresh, String id)
            throws IOException, InterruptedException, ClusterException {
        LocalRefresh.Outcome outcome = refresh.perform(Optional.of(id)).get(id);
        if (outcome == null || !outcome.renewed()) {
            throw new ClusterException(
                    "the group did not renew key " + id, "all its replicas must be well: see 'maftia status'");
        }
        return outcome.state();
    }

    private Findings judged(
            String id,
            KeyState before,
            KeyState after,
            SortedMap<Integer, DiscreteLogShares> old,
            SortedMap<Integer, DiscreteLogShares> fresh)
            throws IOException, InterruptedException {
        byte[] publicKey = HexFormat.of().parseHex(before.publicKey());
        List<String> gained = new ArrayList<>();
        boolean same = before.publicKey().equals(after.publicKey());
        int pairs = 0;
        int controls = 0;
        for (List<ReplicaSet> pair : pairs()) {
            List<DiscreteLogShares> first = of(pair.getFirst(), old);
            pairs++;
            if (Reconstruction.succeeds(formula, publicKey, both(first, of(pair.getLast(), fresh)))) {
                gained.add(
                        "key " + id + ", with the shares of " + cluster.trust().name(pair.getFirst()) + " of epoch "
                                + before.epoch() + " and those of "
                                + cluster.trust().name(pair.getLast()) + " of epoch " + after.epoch());
            }
            if (Reconstruction.succeeds(formula, publicKey, both(first, of(pair.getLast(), old)))) {
                controls++;
            }
        }
        for (String replica : unerased(id, before.epoch())) {
            gained.add("shares of epoch " + before.epoch() + " from the disk of " + replica
                    + ", which should have been erased");
        }
        List<String> remarks = List.of(
                "Key " + id + ": the shares of one fault set in epoch " + before.epoch() + " and of another in epoch "
                        + after.epoch() + " were put together in " + pairs + " ways: no key. The public key "
                        + (same ? "is the same." : "IS ANOTHER ONE."),
                "Control: robbed in one epoch, the same two sets have the key in " + controls + " of " + pairs
                        + " cases.");
        return new Findings(gained, same && pairs > 0 && controls == pairs, remarks);
    }

    /** Two fault sets each that together would have enough shares, could an intruder hold both at one time. */
    private List<List<ReplicaSet>> pairs() {
        List<List<ReplicaSet>> pairs = new ArrayList<>();
        List<ReplicaSet> sets = cluster.trust().maximalFaultSets();
        for (ReplicaSet first : sets) {
            for (ReplicaSet second : sets) {
                if (pairs.size() < PAIRS_MAX && formula.isQualified(first.union(second))) {
                    pairs.add(List.of(first, second));
                }
            }
        }
        return pairs;
    }

    private static List<DiscreteLogShares> of(ReplicaSet thieves, SortedMap<Integer, DiscreteLogShares> shares) {
        return shares.entrySet().stream()
                .filter(entry -> thieves.contains(entry.getKey()))
                .map(java.util.Map.Entry::getValue)
                .toList();
    }

    private static List<DiscreteLogShares> both(List<DiscreteLogShares> first, List<DiscreteLogShares> second) {
        List<DiscreteLogShares> both = new ArrayList<>(first);
        both.addAll(second);
        return both;
    }

    /** The shares of one epoch on the disks of all replicas, by index. */
    private SortedMap<Integer, DiscreteLogShares> steal(String id, long epoch) throws IOException {
        SortedMap<Integer, DiscreteLogShares> stolen = new TreeMap<>();
        List<ReplicaEntry> replicas = cluster.configuration().replicas();
        for (int i = 0; i < replicas.size(); i++) {
            for (DiscreteLogShares shares : shares(id, replicas.get(i).id())) {
                if (shares.epoch() == epoch) {
                    stolen.put(i, shares);
                } else {
                    shares.close();
                }
            }
        }
        return stolen;
    }

    /** All shares of a key on the disk of a replica. */
    private List<DiscreteLogShares> shares(String id, String replica) throws IOException {
        Path folder = KeyFolders.newest(cluster.directory().keys(replica));
        List<DiscreteLogShares> found = new ArrayList<>();
        try (ShareKeeper keeper = ShareKeeper.look(folder, Unlock.fromEnvironment())) {
            for (long number : keeper.numbers(id)) {
                keeper.kept(id, number).ifPresent(bytes -> {
                    found.add(DiscreteLogShares.CODEC.decode(bytes));
                    Arrays.fill(bytes, (byte) 0);
                });
            }
        }
        return found;
    }

    /** Who still has shares of an epoch that is over, when patience ends. */
    private List<String> unerased(String id, long epoch) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ERASED_SECONDS_MAX);
        while (true) {
            List<String> holders = new ArrayList<>();
            SortedMap<Integer, DiscreteLogShares> left = steal(id, epoch);
            left.forEach((index, shares) -> {
                holders.add(cluster.configuration().replicas().get(index).id());
                shares.close();
            });
            if (holders.isEmpty() || System.nanoTime() > deadline) {
                return holders;
            }
            Thread.sleep(POLL_MILLIS);
        }
    }
}
