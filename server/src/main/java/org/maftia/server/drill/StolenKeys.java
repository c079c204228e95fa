package org.maftia.server.drill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.server.ceremony.ReplicaKeys;
import org.maftia.server.ceremony.ServiceKey;
import org.maftia.server.ceremony.Unlock;
import org.maftia.server.cluster.LocalCluster;
import org.maftia.server.cluster.SystemEntropy;
import org.maftia.server.configuration.ReplicaEntry;
import org.maftia.server.crypto.ModularPowers;
import org.maftia.server.succession.KeyFolders;

/**
 * Tries to sign with the private files of the replicas of each maximal fault set. That the attempt is in earnest, a
 * control shows: the same steps with the files of all other replicas give a signature that verifies.
 */
final class StolenKeys {
    private static final byte[] MESSAGE = "a forged statement".getBytes(StandardCharsets.US_ASCII);

    private final LocalCluster cluster;
    private final ThresholdSignature key;

    /** By leaf: what the files of its owner make of the message. */
    private final SortedMap<Integer, byte[]> shares = new TreeMap<>();

    StolenKeys(LocalCluster cluster) {
        this.cluster = cluster;
        ModularPower power = ModularPowers.fastest(SystemEntropy.INSTANCE);
        ThresholdSignature found = null;
        for (ReplicaEntry replica : cluster.configuration().replicas()) {
            ReplicaKeys keys = ReplicaKeys.load(newest(cluster, replica), Unlock.fromEnvironment(), power);
            found = keys.group().key(ServiceKey.TIME_STAMP).scheme();
            ThresholdSignature.Signer signer = keys.signers().get(ServiceKey.TIME_STAMP);
            if (signer != null) {
                for (int leaf : signer.leaves()) {
                    shares.put(leaf, signer.share(MESSAGE, leaf));
                }
            }
        }
        if (found == null) {
            throw new IllegalArgumentException("a cluster has replicas");
        }
        this.key = found;
    }

    private static Path newest(LocalCluster cluster, ReplicaEntry replica) {
        try {
            return KeyFolders.newest(cluster.directory().keys(replica.id()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the files of these replicas sign. */
    private boolean sign(ReplicaSet thieves) {
        List<Integer> owners = key.formula().owners();
        SortedMap<Integer, byte[]> stolen = new TreeMap<>(shares);
        stolen.keySet().removeIf(leaf -> !thieves.contains(owners.get(leaf)));
        return key.combine(MESSAGE, stolen)
                .filter(signature -> key.verify(MESSAGE, signature))
                .isPresent();
    }

    DrillReport attempt() {
        List<String> gained = new ArrayList<>();
        List<ReplicaSet> sets = cluster.trust().maximalFaultSets();
        int controls = 0;
        for (ReplicaSet set : sets) {
            if (sign(set)) {
                gained.add("a signature, with the files of " + cluster.trust().name(set));
            }
            if (sign(cluster.trust().all().minus(set))) {
                controls++;
            }
        }
        List<String> remarks = List.of(
                "The files of each of " + sets.size() + " maximal fault sets were tried, such as "
                        + cluster.trust().name(sets.getFirst()) + ": no signature.",
                "Control: without such a set, the files of the others sign in " + controls + " of " + sets.size()
                        + " cases.");
        return new DrillReport(
                Scenario.STEAL_SHARE,
                sets.getFirst().toList().stream()
                        .map(index ->
                                cluster.configuration().replicas().get(index).id())
                        .toList(),
                gained,
                0,
                new TreeMap<>(),
                0,
                0,
                List.of(),
                List.of(),
                controls == sets.size(),
                remarks);
    }
}
