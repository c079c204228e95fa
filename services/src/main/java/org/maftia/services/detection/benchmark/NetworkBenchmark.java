package org.maftia.services.detection.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.maftia.services.detection.AlarmTable;
import org.maftia.services.detection.Cluster;
import org.maftia.services.detection.Miner;

/**
 * What each policy would have done with the alarms of one network.
 *
 * @param network its name
 * @param alarms in all
 * @param training of them on the days of training
 * @param tuples different ones in all
 * @param clusters for somebody to review
 * @param rows one for each policy
 */
public record NetworkBenchmark(
        String network, long alarms, long training, int tuples, int clusters, List<Outcome> rows) {
    public NetworkBenchmark {
        rows = List.copyOf(rows);
    }

    /** Clusters of one type each. */
    public static List<NetworkBenchmark> typePinned(List<LabelledNetwork> networks, int guardPercent) {
        List<Policy> policies = List.of(
                Policy.every(),
                Policy.reviewOnly(),
                Policy.guarded(guardPercent),
                Policy.withCanary(guardPercent),
                Policy.onlyNarrow(guardPercent));
        return all(networks, policies, Miner::typePinned);
    }

    /** Clusters as the original finds them. */
    public static List<NetworkBenchmark> classic(List<LabelledNetwork> networks, int sizeBasisPoints) {
        List<Policy> policies = List.of(Policy.every(), Policy.harmlessOnly(), Policy.typeAtLeaf());
        return all(networks, policies, (miner, table) -> miner.classic(table, sizeBasisPoints));
    }

    /** How clusters are found. */
    interface Mining {
        List<Cluster> mine(Miner miner, AlarmTable table);
    }

    private static List<NetworkBenchmark> all(List<LabelledNetwork> networks, List<Policy> policies, Mining mining) {
        List<NetworkBenchmark> all = new ArrayList<>();
        for (LabelledNetwork network : networks) {
            SortedSet<String> canaries = new TreeSet<>();
            for (LabelledNetwork other : networks) {
                if (other != network) {
                    canaries.addAll(other.attackTypes());
                }
            }
            all.add(of(network, canaries, policies, mining));
        }
        return all;
    }

    private static NetworkBenchmark of(
            LabelledNetwork network, SortedSet<String> canaries, List<Policy> policies, Mining mining) {
        Miner miner = new Miner(network.hierarchies());
        List<Cluster> clusters = mining.mine(miner, network.table(network.training()));
        Replay replay = new Replay(network);
        List<Evidence> evidence = replay.evidence(clusters);
        List<Outcome> rows = policies.stream()
                .map(policy -> replay.run(policy, evidence, canaries))
                .toList();
        return new NetworkBenchmark(
                network.name(),
                network.alarms().size(),
                network.training().size(),
                replay.tuples(),
                clusters.size(),
                rows);
    }

    /** The rows of all networks, added up. */
    public static List<Outcome> sum(List<NetworkBenchmark> networks) {
        List<Outcome> sum = new ArrayList<>(networks.getFirst().rows());
        for (NetworkBenchmark network : networks.subList(1, networks.size())) {
            for (int i = 0; i < sum.size(); i++) {
                sum.set(i, sum.get(i).plus(network.rows().get(i)));
            }
        }
        return sum;
    }
}
