package org.maftia.core.crypto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.trust.SharingFormula;

/**
 * Makes a key for an {@link ObliviousFunction}: one seed for each maximal fault set, unknown to its members and known to
 * all others. Whoever runs it knows them all meanwhile. Deterministic in its entropy.
 */
public final class ObliviousDealer {
    private ObliviousDealer() {}

    /** A key; closing it erases the shares. */
    public record Dealing(ObliviousKey key, SortedMap<Integer, ObliviousShares> shares) implements AutoCloseable {
        public Dealing {
            shares = Collections.unmodifiableSortedMap(new TreeMap<>(shares));
        }

        @Override
        public void close() {
            shares.values().forEach(ObliviousShares::close);
        }
    }

    /**
     * Deals a fresh key.
     *
     * @param formula the group's {@code FaultStructure.copiedSharing}
     */
    public static Dealing deal(String group, String keyId, SharingFormula formula, Entropy entropy) {
        ObliviousKey key = new ObliviousKey(group, keyId, 0, formula);
        List<byte[]> seeds = new ArrayList<>();
        ReplicaSet all = ReplicaSet.EMPTY;
        for (ReplicaSet keepers : key.keepers()) {
            seeds.add(entropy.bytes(ObliviousShares.SEED_LENGTH));
            all = all.union(keepers);
        }
        SortedMap<Integer, ObliviousShares> shares = new TreeMap<>();
        all.forEach(replica -> {
            SortedMap<Integer, byte[]> own = new TreeMap<>();
            for (int i = 0; i < seeds.size(); i++) {
                if (key.keepers().get(i).contains(replica)) {
                    own.put(i, seeds.get(i).clone());
                }
            }
            shares.put(replica, new ObliviousShares(keyId, key.epoch(), replica, own));
        });
        seeds.forEach(seed -> Arrays.fill(seed, (byte) 0));
        return new Dealing(key, shares);
    }
}
