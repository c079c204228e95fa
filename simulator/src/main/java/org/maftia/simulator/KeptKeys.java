package org.maftia.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.corrupt.Corrupted;
import org.maftia.simulator.corrupt.FalseDealing;

/**
 * The keys that a group of whole replicas uses and renews by itself: its coin, and what clients encrypt to. In some runs a third one,
 * with which it could sign, it makes for itself.
 */
final class KeptKeys {
    private static final String COIN = "coin";
    private static final String CONFIDENTIAL = "confidential";

    private static final String MADE = "made";

    /** In one of so many runs. */
    private static final int MADE_RUNS = 4;

    /** Of those who are corrupted while a key is made, so many lie about what outsiders are to verify with. */
    private static final int POWERS_PPM = 500_000;

    /** From so many replicas on a renewal is what takes longest: with seven of sixteen corrupted some 700,000 events. */
    private static final int LARGE = 16;

    private static final int LARGE_FACTOR = 4;

    private final World world;
    private final List<SimulatedKeeper> keepers = new ArrayList<>();
    private final SortedMap<String, KeyWatch> watches = new TreeMap<>();

    KeptKeys(World world) {
        this.world = world;
        for (int i = 0; i < world.trust().size(); i++) {
            keepers.add(new SimulatedKeeper(world.corrupted().contains(i)));
        }
        Draw draw = new Draw(world.configuration().c());
        for (String keyId : List.of(COIN, CONFIDENTIAL)) {
            watches.put(keyId, KeyWatch.dealt(world, keyId, keepers, draw));
        }
        if (Long.remainderUnsigned(world.configuration().b(), MADE_RUNS) == MADE_RUNS - 1) {
            watches.put(MADE, KeyWatch.made(world, MADE, keepers));
        }
    }

    private KeyWatch watch(String keyId) {
        KeyWatch watch = watches.get(keyId);
        if (watch == null) {
            throw new IllegalStateException("no such key");
        }
        return watch;
    }

    KeyCare care(Boot boot) {
        int replica = boot.replica();
        Draw draw = new Draw(world.configuration().d() + 1000L * replica + boot.incarnation());
        SimulatedKeeper keeper = keepers.get(replica);
        if (boot.diskLost()) {
            keeper.lose();
        }
        return new KeyCare(watches.values().stream().map(KeyWatch::upkeep).toList(), keeper, draw::bytes);
    }

    /** Without shares, as they come from the keeper. */
    Coin coin(Boot boot) {
        return EpochShares.coin(watch(COIN).genesis(), boot.coin());
    }

    /** The same. */
    ThresholdCipher.Holder holder(Boot boot) {
        return EpochShares.holder(watch(CONFIDENTIAL).genesis(), boot.holder());
    }

    /** A corrupted replica deals falsely, beside whatever else it does. */
    Automaton<Input, Output> corrupted(Automaton<Input, Output> correct, int replica) {
        Draw draw = new Draw(world.configuration().d() ^ replica);
        if (watches.containsKey(MADE) && new Draw(world.configuration().d() + replica).chance(POWERS_PPM)) {
            return new Corrupted<>(correct, FalseDealing.ofPowers(MADE, draw), draw);
        }
        String keyId = draw.of(List.copyOf(watches.keySet()));
        return new Corrupted<>(correct, new FalseDealing(keyId, draw), draw);
    }

    void renewed(int replica, Output.Renewed renewed) {
        watch(renewed.key().keyId()).renewed(replica, renewed);
    }

    void certified(int replica, CertifiedView view) {
        watches.values().forEach(watch -> watch.certified(replica, view));
    }

    void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input> give) {
        draw.of(List.copyOf(watches.values())).stimulate(draw, up, give);
    }

    void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input> give) {
        watches.values().forEach(watch -> watch.insist(draw, core, give));
    }

    int healingFactor() {
        return world.trust().size() < LARGE ? 1 : LARGE_FACTOR;
    }

    boolean settled(ReplicaSet core) {
        return watches.values().stream().allMatch(watch -> watch.settled(core));
    }

    void conclude(ReplicaSet core) {
        watches.values().forEach(watch -> watch.conclude(core));
    }

    String standing() {
        StringBuilder text = new StringBuilder();
        watches.forEach((keyId, watch) ->
                text.append(keyId).append(": ").append(watch.standing()).append("; "));
        return text.toString();
    }
}
