package org.maftia.simulator;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.MadeKeys;
import org.maftia.core.replica.Output;
import org.maftia.core.trust.ReplicaSet;

/**
 * One key that a group of whole replicas renews by itself, and that was dealt to it or that it makes. Promised: a key that nobody
 * dealt comes without anybody's wish once the network is calm, and what a quorum certifies of it is it; the epochs are the same everywhere and keep the secret; when
 * one begins, the correct replicas that have its shares on their disks qualify, whoever crashed; once the network is calm a
 * renewal that is wished for comes; and an intruder who then reads the disks of another fault set in each epoch, beside
 * those that he holds all the time, never qualifies.
 */
final class KeyWatch {
    /** Renewals that begin while faults rage, one in so many steps: each costs real curve arithmetic. */
    private static final int WISH_PPM = 400;

    /** After healing, until the first wish has come to the log. */
    private static final int WISH_AGAIN_PPM = 1_000;

    /** Epochs that the intruder sees after healing; the first may still end an attempt that began before. */
    private static final int ROUNDS = 2;

    /** Whom a renewal left out, as it was late, has shares with the next one. */
    private static final int ROUNDS_MAX = ROUNDS + 2;

    /**
     * Events that pass before he reads disks, for each pair of replicas, as all of them speak with all: the recovery that needed the
     * coin of before is over, the checkpoint after it comes, and what is to be erased is.
     */
    private static final int LEISURE_STEPS = 50;

    /** So many times as long some may take to erase, where timers of those who ask again are most of the events. */
    private static final int LATE_FACTOR = 5;

    /** A member that is down is waited for so long; a whole attempt may last ten times as long. */
    private static final KeyUpkeep.Pace PACE = new KeyUpkeep.Pace(0, 1, 2_000_000, 20_000_000);

    private final World world;
    private final String keyId;
    private final KeyUpkeep upkeep;
    private final List<SimulatedKeeper> keepers;
    private final SortedMap<Long, DiscreteLogKey> epochs = new TreeMap<>();

    /** The newest epoch that each correct replica was told of, and whether it had shares of it. */
    private final SortedMap<Integer, Long> present = new TreeMap<>();

    private final SortedMap<Integer, Boolean> holding = new TreeMap<>();

    /** Owners of the shares that the intruder read, by epoch. */
    private final SortedMap<Long, ReplicaSet> loot = new TreeMap<>();

    /** What outsiders verify with, as a quorum certified it; null: nobody has shown it, or a ceremony dealt the key. */
    private byte @Nullable [] verifying;

    private int rounds;
    private int leisure;
    private long goal = -1;

    private KeyWatch(World world, List<SimulatedKeeper> keepers, KeyUpkeep upkeep) {
        this.world = world;
        this.keyId = upkeep.keyId();
        this.keepers = keepers;
        this.upkeep = upkeep;
        DiscreteLogKey dealt = upkeep.dealt();
        if (dealt != null) {
            epochs.put(0L, dealt);
        }
    }

    /** @param keepers to whom its shares are dealt, by replica */
    static KeyWatch dealt(World world, String keyId, List<SimulatedKeeper> keepers, Draw draw) {
        var sharing = world.trust().sharing();
        try (var dealing = DiscreteLogDealer.deal("simulated", keyId, sharing, draw::bytes)) {
            for (int i = 0; i < world.trust().size(); i++) {
                keepers.get(i).keep(keyId, 0, DiscreteLogShares.CODEC.encode(dealing.sharesOf(i)));
            }
            return new KeyWatch(world, keepers, new KeyUpkeep("simulated", keyId, sharing, dealing.key(), PACE));
        }
    }

    /** Of a key that signs and that the group makes for itself. */
    static KeyWatch made(World world, String keyId, List<SimulatedKeeper> keepers) {
        return new KeyWatch(
                world,
                keepers,
                KeyUpkeep.signing("simulated", keyId, world.trust().sharing(), false, PACE));
    }

    KeyUpkeep upkeep() {
        return upkeep;
    }

    void renewed(int replica, Output.Renewed renewed) {
        DiscreteLogKey key = renewed.key();
        DiscreteLogKey known = epochs.get(key.epoch());
        if (known == null) {
            epochs.put(key.epoch(), key); // of a key that is made the first that anybody tells of is the measure
            Violation.unless(
                    Arrays.equals(key.publicKey(), genesis().publicKey()), "a renewal gives the key another secret");
            Violation.unless(
                    key.formula().isQualified(able(key)),
                    "epoch " + key.epoch() + " begins and those who have its shares cannot use it: " + able(key));
        } else {
            Violation.unless(
                    Arrays.equals(DiscreteLogKey.CODEC.encode(key), DiscreteLogKey.CODEC.encode(known)),
                    "r" + replica + " has another key in epoch " + key.epoch());
        }
        if (key.epoch() >= present.getOrDefault(replica, -1L)) {
            present.put(replica, key.epoch());
            holding.put(replica, renewed.holds());
        }
    }

    /** As it was dealt, or as it was heard of first. */
    DiscreteLogKey genesis() {
        return epochs.firstEntry().getValue();
    }

    /** The newest epoch; -1 before the key is made. */
    private long newest() {
        return epochs.isEmpty() ? -1 : epochs.lastKey();
    }

    /** What a replica shows of the group that a quorum certified. */
    void certified(int replica, CertifiedView view) {
        byte[] shown = MadeKeys.in(view, keyId).orElse(null);
        if (shown == null) {
            return;
        }
        byte[] known = verifying;
        Violation.unless(
                known == null || Arrays.equals(known, shown), "r" + replica + " shows another key than others do");
        verifying = shown;
    }

    /** Correct replicas whose disks have shares of the key. */
    private ReplicaSet able(DiscreteLogKey key) {
        ReplicaSet able = ReplicaSet.EMPTY;
        for (int replica : world.correct().toList()) {
            able = has(replica, key) ? able.with(replica) : able;
        }
        return able;
    }

    private boolean has(int replica, DiscreteLogKey key) {
        return keepers.get(replica).all(keyId).values().stream()
                .anyMatch(bytes -> DiscreteLogShares.CODEC.decode(bytes).match(key));
    }

    void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        if (!up.isEmpty() && draw.chance(WISH_PPM)) {
            give.accept(draw.of(up.toList()), new Input.Renew(keyId));
        }
    }

    /** Wishes for one renewal after the other, and reads disks in between. */
    void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input> give) {
        if (settled(core)) {
            return;
        }
        if (goal < 0) {
            goal = newest() + 1;
        }
        if (newest() < goal) {
            if (goal > 0 && draw.chance(WISH_AGAIN_PPM)) {
                give.accept(draw.of(core.toList()), new Input.Renew(keyId));
            }
            return;
        }
        leisure = isSettledIn(core) ? leisure + 1 : 0;
        int round = world.trust().size() * world.trust().size();
        int enough = LEISURE_STEPS * round;
        if (leisure > enough && leisure % round == 1) { // to match shares with keys takes curve arithmetic
            ReplicaSet late = hoarders(core);
            Violation.unless(
                    late.isEmpty() || leisure < LATE_FACTOR * enough,
                    late + " still have shares of epochs before " + newest() + " in a calm network");
            if (!late.isEmpty()) {
                return;
            }
            steal(core);
            rounds++;
            leisure = 0;
            goal = newest() + 1;
        }
    }

    /** Where the formula is not strong an attempt needs everybody, and the run may have buried some. */
    boolean settled(ReplicaSet core) {
        boolean enough = rounds >= ROUNDS && holders(core).containsAll(owners(core));
        return enough || rounds >= ROUNDS_MAX || !upkeep.formula().strong();
    }

    private ReplicaSet owners(ReplicaSet core) {
        ReplicaSet owners = ReplicaSet.EMPTY;
        for (int owner : upkeep.formula().owners()) {
            owners = core.contains(owner) ? owners.with(owner) : owners;
        }
        return owners;
    }

    private ReplicaSet holders(ReplicaSet core) {
        ReplicaSet holders = ReplicaSet.EMPTY;
        for (int replica : core.toList()) {
            holders = holding.getOrDefault(replica, false) ? holders.with(replica) : holders;
        }
        return holders;
    }

    /** Whether all are in the newest epoch. */
    private boolean isSettledIn(ReplicaSet core) {
        return core.toList().stream()
                .allMatch(replica -> present.getOrDefault(replica, -1L).equals(newest()));
    }

    /** Whose disks have shares of epochs that are over. */
    private ReplicaSet hoarders(ReplicaSet core) {
        ReplicaSet hoarders = ReplicaSet.EMPTY;
        for (int replica : core.toList()) {
            boolean old = epochs.headMap(newest()).values().stream().anyMatch(key -> has(replica, key));
            hoarders = old ? hoarders.with(replica) : hoarders;
        }
        return hoarders;
    }

    private void steal(ReplicaSet core) {
        List<ReplicaSet> around = world.trust().maximalFaultSets().stream()
                .filter(set -> set.containsAll(world.corrupted()))
                .toList();
        ReplicaSet held = around.get(rounds % around.size()).intersection(core.union(world.corrupted()));
        for (int replica : held.union(world.corrupted()).toList()) {
            for (var entry : epochs.entrySet()) {
                if (has(replica, entry.getValue())) {
                    loot.merge(entry.getKey(), ReplicaSet.of(replica), ReplicaSet::union);
                }
            }
        }
        loot.forEach((epoch, owners) -> Violation.unless(
                !upkeep.formula().isQualified(owners),
                "who held one fault set at a time has enough shares of epoch " + epoch + ": " + owners));
    }

    void conclude(ReplicaSet core) {
        ReplicaSet without = owners(core).minus(holders(core));
        Violation.unless(
                !upkeep.formula().strong() || without.isEmpty(),
                without + " have no share after " + rounds + " renewals in a calm network");
        byte[] shown = verifying;
        Violation.unless(
                shown == null || new BlsKey(genesis(), shown).isOfOneNumber(),
                "what outsiders verify with is not of the key that the group made");
    }

    String standing() {
        return "key epochs " + epochs.keySet() + ", present " + present + ", goal " + goal + ", round " + rounds;
    }
}
