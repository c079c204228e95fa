package org.maftia.core.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * An intruder who holds another fault set in each epoch, reads all that lies on its disks, and has kept everything that he ever
 * read: over any number of epochs it never qualifies. Where disks do not forget, or nothing is renewed, it soon does.
 */
class MobileAdversaryTest {
    private static final int EPOCHS = 6;

    /** What he has of each epoch: the owners of shares that fit its key. */
    private static final class Loot {
        private final SortedMap<Long, ReplicaSet> owners = new TreeMap<>();

        void steal(KeyGroup group, ReplicaSet from) {
            for (int replica : from.toList()) {
                for (byte[] bytes :
                        group.members.get(replica).keeper.all(KeyGroup.KEY).values()) {
                    DiscreteLogShares shares = DiscreteLogShares.CODEC.decode(bytes);
                    group.epochs.forEach((epoch, key) -> {
                        if (shares.match(key)) {
                            owners.merge(epoch, ReplicaSet.of(replica), ReplicaSet::union);
                        }
                    });
                }
            }
        }

        boolean qualifies(KeyGroup group) {
            return group.epochs.entrySet().stream()
                    .anyMatch(entry -> isQualified(entry.getValue(), owners.get(entry.getKey())));
        }

        private static boolean isQualified(DiscreteLogKey key, @Nullable ReplicaSet set) {
            return set != null && key.formula().isQualified(set);
        }

        ReplicaSet all() {
            return owners.values().stream().reduce(ReplicaSet.EMPTY, ReplicaSet::union);
        }
    }

    private static Loot roam(KeyGroup group, boolean renewing) {
        Loot loot = new Loot();
        FaultStructure trust = group.trust;
        List<ReplicaSet> sets = trust.maximalFaultSets();
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            // Each is held between two renewals: who is held during one counts for both epochs.
            loot.steal(group, sets.get(epoch % sets.size()));
            if (renewing) {
                group.renew();
                checkpoints(group);
            }
        }
        return loot;
    }

    /** Slots with nothing in them, until every member has had a checkpoint. */
    private static void checkpoints(KeyGroup group) {
        for (int i = 0; i < 40; i++) {
            group.inject(0, new KeyMessage.Deal(KeyGroup.KEY, 99, new byte[0]));
            group.calm();
        }
    }

    private static FaultStructure structure(long seed) {
        return seed % 2 == 0 ? Structures.FOUR : Structures.guarded(seed);
    }

    @Attack("mobile adversary gathers shares over time")
    @Seeds(8)
    void whoHoldsAnotherFaultSetInEachEpochNeverHasTheKey(long seed) {
        KeyGroup group = KeyGroup.dealt(structure(seed), KeyGroup.PACE, seed, false);
        Loot loot = roam(group, true);
        assertThat(loot.qualifies(group)).isFalse();
        // He did get around: what he held of all epochs together would be the key.
        assertThat(group.upkeep.formula().isQualified(loot.all())).isTrue();
    }

    @Attack("mobile adversary gathers shares over time")
    @Seeds(4)
    void withoutRenewalHeHasTheKey(long seed) {
        KeyGroup group = KeyGroup.dealt(structure(seed), KeyGroup.PACE, seed, false);
        assertThat(roam(group, false).qualifies(group)).isTrue();
    }

    @Attack("mobile adversary gathers shares over time")
    @Seeds(4)
    void withDisksThatDoNotForgetHeHasTheKey(long seed) {
        KeyGroup group = KeyGroup.dealt(structure(seed), KeyGroup.PACE, seed, true);
        assertThat(roam(group, true).qualifies(group)).isTrue();
    }
}
