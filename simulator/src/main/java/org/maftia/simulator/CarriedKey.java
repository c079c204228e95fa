package org.maftia.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.replica.Configuration;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * A key that a group takes along through its configurations, as far as those who stay can hand it on, and has dealt anew where
 * they cannot. Promised: it keeps its secret; whenever it is shared anew, the correct replicas that have the shares on their
 * disks can use them; when all is calm the members of the last configuration have shares made for it; and an intruder who
 * held one fault set of the first configuration before the first change, and reads the disks of one of the last after it, does
 * not qualify in any sharing.
 */
final class CarriedKey {
    /** After healing, in one step of so many: who came late has shares with the next renewal. */
    private static final int WISH_AGAIN_PPM = 500;

    /** Events for each replica that pass before he reads disks: the checkpoint comes, and what is to be erased is. */
    private static final int LEISURE_STEPS = 200;

    private static final KeyUpkeep.Pace PACE = new KeyUpkeep.Pace(0, 1, 2_000_000, 20_000_000);

    private final World world;
    private final Governance governance;
    private final List<SimulatedKeeper> keepers = new ArrayList<>();

    /** By id: as it was dealt. */
    private final SortedMap<String, DiscreteLogKey> dealt = new TreeMap<>();

    /** By id and epoch, as it was told first: with the indices of the configuration that made it. */
    private final SortedMap<String, SortedMap<Long, DiscreteLogKey>> epochs = new TreeMap<>();

    /** By seat, what it told last. */
    private final SortedMap<Integer, Output.Renewed> present = new TreeMap<>();

    /** By id and epoch, owners of shares that the intruder read, by their indices when those were made. */
    private final SortedMap<String, SortedMap<Long, ReplicaSet>> loot = new TreeMap<>();

    private long boots;
    private int leisure;
    private boolean stolen;

    CarriedKey(World world, Governance governance, Draw draw) {
        this.world = world;
        this.governance = governance;
        for (int seat = 0; seat < world.trust().size(); seat++) {
            keepers.add(new SimulatedKeeper(world.corrupted().contains(seat)));
        }
        for (Configuration configuration : governance.configurations()) {
            if (configuration.carried().isEmpty()) {
                deal(configuration, draw);
            }
        }
        steal(governance.configurations().getFirst(), world.trust().all(), draw);
    }

    /** All that are dealt at some time are installed at the beginning: each has a name of its own. */
    private void deal(Configuration configuration, Draw draw) {
        String keyId = governance.keyId(configuration);
        var sharing = governance.trust(configuration).sharing();
        try (var dealing = DiscreteLogDealer.deal("simulated", keyId, sharing, draw::bytes)) {
            dealt.put(keyId, dealing.key());
            epochs.computeIfAbsent(keyId, key -> new TreeMap<>()).put(0L, dealing.key());
            for (int index = 0; index < configuration.seats().size(); index++) {
                keepers.get(configuration.seats().get(index).number())
                        .keep(keyId, 0, DiscreteLogShares.CODEC.encode(dealing.sharesOf(index)));
            }
        }
    }

    KeyCare care(Configuration configuration, int seat) {
        String keyId = governance.keyId(configuration);
        DiscreteLogKey key = dealt(keyId);
        KeyUpkeep upkeep = new KeyUpkeep(
                "simulated",
                keyId,
                governance.trust(configuration).sharing(),
                key,
                !configuration.carried().isEmpty(),
                PACE);
        Draw draw = new Draw(world.configuration().d() + 1000L * seat + boots++);
        return new KeyCare(List.of(upkeep), keepers.get(seat), draw::bytes);
    }

    private DiscreteLogKey dealt(String keyId) {
        return Optional.ofNullable(dealt.get(keyId)).orElseThrow();
    }

    void lose(int seat) {
        keepers.get(seat).lose();
    }

    void renewed(int seat, Output.Renewed renewed) {
        DiscreteLogKey key = renewed.key();
        SortedMap<Long, DiscreteLogKey> known = epochs.get(key.keyId());
        Violation.unless(
                known != null
                        && Arrays.equals(key.publicKey(), dealt(key.keyId()).publicKey()),
                "a change gives key " + key.keyId() + " another secret");
        if (known == null) {
            return;
        }
        DiscreteLogKey first = known.putIfAbsent(key.epoch(), key);
        if (first == null) {
            ReplicaSet able = able(key);
            Violation.unless(
                    key.formula().isQualified(able),
                    key.keyId() + " is shared anew and those who have shares cannot use it: " + able);
        } else {
            Violation.unless(
                    equal(first.verificationKeys(), key.verificationKeys()),
                    "r" + seat + " has another key in epoch " + key.epoch());
        }
        present.put(seat, renewed);
    }

    private static boolean equal(List<byte[]> one, List<byte[]> other) {
        boolean equal = one.size() == other.size();
        for (int i = 0; equal && i < one.size(); i++) {
            equal = Arrays.equals(one.get(i), other.get(i));
        }
        return equal;
    }

    /** Indices of correct replicas whose disks have shares of the key, as they were when it was made. */
    private ReplicaSet able(DiscreteLogKey key) {
        ReplicaSet able = ReplicaSet.EMPTY;
        for (int seat : world.correct().toList()) {
            for (DiscreteLogShares shares : shares(seat, key.keyId())) {
                able = shares.match(key) ? able.with(shares.replica()) : able;
            }
        }
        return able;
    }

    private List<DiscreteLogShares> shares(int seat, String keyId) {
        return keepers.get(seat).all(keyId).values().stream()
                .map(DiscreteLogShares.CODEC::decode)
                .toList();
    }

    /**
     * Wishes for renewals until all members of the last configuration have shares, then reads disks.
     *
     * @param members of the core in the last configuration, by their seats
     * @param gone seats of the core that are in no configuration any more: their operators destroy what they have
     */
    void insist(Draw draw, ReplicaSet members, ReplicaSet gone, BiConsumer<Integer, Input> give) {
        gone.forEach(this::lose);
        if (!members.isEmpty() && !isShared(members) && draw.chance(WISH_AGAIN_PPM)) {
            give.accept(draw.of(members.toList()), new Input.Renew(governance.keyId(governance.last())));
        }
        leisure = isShared(members) ? leisure + 1 : 0;
        if (leisure > LEISURE_STEPS * world.trust().size() && !stolen) {
            stolen = true;
            steal(governance.last(), members, draw);
            loot.forEach((keyId, byEpoch) -> byEpoch.forEach((epoch, owners) -> Violation.unless(
                    !qualifies(keyId, epoch, owners),
                    "who held one fault set before and another one after has enough shares of " + keyId + ", epoch "
                            + epoch)));
        }
    }

    private boolean qualifies(String keyId, long epoch, ReplicaSet owners) {
        DiscreteLogKey key = Optional.ofNullable(epochs.get(keyId))
                .map(known -> known.get(epoch))
                .orElseThrow();
        return key.formula().isQualified(owners);
    }

    /** Whether all of them have shares that were made for the last configuration. */
    private boolean isShared(ReplicaSet members) {
        FaultStructure trust = governance.trust(governance.last());
        String keyId = governance.keyId(governance.last());
        boolean carried = !governance.last().carried().isEmpty();
        long newest = present.values().stream()
                .filter(told -> told.key().keyId().equals(keyId))
                .mapToLong(told -> told.key().epoch())
                .max()
                .orElse(-1);
        return members.toList().stream().allMatch(seat -> {
            Output.Renewed told = present.get(seat);
            return told != null
                    && told.key().keyId().equals(keyId)
                    && told.key().epoch() == newest
                    && (!carried || told.key().epoch() > 0)
                    && told.key().formula().equals(trust.sharing())
                    && told.holds();
        });
    }

    boolean settled() {
        return stolen;
    }

    /**
     * One fault set around those that he holds all the time.
     *
     * @param up seats that he can read: who is down for good erases nothing, and counts as held from the beginning
     */
    private void steal(Configuration configuration, ReplicaSet up, Draw draw) {
        FaultStructure trust = governance.trust(configuration);
        ReplicaSet held = ReplicaSet.EMPTY;
        for (int index = 0; index < configuration.seats().size(); index++) {
            int seat = configuration.seats().get(index).number();
            held = world.corrupted().contains(seat) ? held.with(index) : held;
        }
        ReplicaSet own = held;
        List<ReplicaSet> around = trust.maximalFaultSets().stream()
                .filter(set -> set.containsAll(own))
                .toList();
        ReplicaSet chosen = around.isEmpty() ? own : draw.of(around);
        for (int index : chosen.toList()) {
            int seat = configuration.seats().get(index).number();
            if (up.contains(seat)) {
                read(seat);
            }
        }
        // What corrupted replicas that are outside now once had they still have.
        world.corrupted().forEach(this::read);
    }

    /** What was made for an attempt that came to nothing is of no sharing. */
    private void read(int seat) {
        epochs.forEach((keyId, known) -> known.forEach((epoch, key) -> {
            for (DiscreteLogShares shares : shares(seat, keyId)) {
                if (shares.match(key)) {
                    loot.computeIfAbsent(keyId, id -> new TreeMap<>())
                            .merge(epoch, ReplicaSet.of(shares.replica()), ReplicaSet::union);
                }
            }
        }));
    }

    String standing() {
        StringBuilder text = new StringBuilder();
        epochs.forEach((keyId, known) -> text.append(keyId).append(" epochs ").append(known.keySet()));
        present.forEach((seat, told) -> text.append(", r")
                .append(seat)
                .append(" e")
                .append(told.key().epoch())
                .append(told.holds() ? "" : " bare"));
        return text.toString();
    }
}
