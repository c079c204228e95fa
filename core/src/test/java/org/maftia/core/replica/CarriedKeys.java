package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.testing.MemoryKeeper;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Writer;

/**
 * A group that goes through configurations and takes two keys along: the one to which things are encrypted, and one that
 * signs. Each process has one disk of secrets for all configurations.
 */
final class CarriedKeys {
    static final List<String> ALL = List.of(KeptKeys.BEACON, KeptKeys.CONFIDENTIAL);
    private static final KeyUpkeep.Pace PACE = new KeyUpkeep.Pace(0, 1_000, 30_000_000, 300_000_000);
    private static final int STEPS_MAX = 600_000;

    final LineageGroup group;
    final List<MemoryKeeper> keepers = new ArrayList<>();
    private final SortedMap<String, DiscreteLogDealer.Dealing> dealings = new TreeMap<>();
    private final Tdh2Cipher cipher;
    private final BlsThreshold beacon;
    private final SeededEntropy entropy;
    private final long seed;

    CarriedKeys(Configuration first, int processes, long seed, boolean hoarding) {
        this.seed = seed;
        this.entropy = new SeededEntropy(seed + 77);
        FaultStructure trust = first.trust();
        for (int i = 0; i < processes; i++) {
            keepers.add(new MemoryKeeper(hoarding));
        }
        for (String keyId : ALL) {
            var dealing = DiscreteLogDealer.deal("group", keyId, trust.sharing(), new SeededEntropy(keyId.length()));
            dealings.put(keyId, dealing);
            for (int index = 0; index < first.seats().size(); index++) {
                keepers.get(first.seats().get(index).number())
                        .keep(keyId, 0, DiscreteLogShares.CODEC.encode(dealing.sharesOf(index)));
            }
        }
        this.cipher = new Tdh2Cipher(dealing(KeptKeys.CONFIDENTIAL).key());
        this.beacon = new BlsThreshold(BlsKey.of(dealing(KeptKeys.BEACON)));
        this.group = new LineageGroup(first, processes, TestGroup.Scheduler.drawn(seed, processes), seed, this::equip);
        group.connectAll();
    }

    private DiscreteLogDealer.Dealing dealing(String keyId) {
        return Objects.requireNonNull(dealings.get(keyId));
    }

    private Genesis equip(Configuration configuration, int seat, Genesis plain) {
        TreeMap<String, StateMachine> services = new TreeMap<>(plain.services());
        services.put("desk", new KeptKeys.Desk());
        TreeMap<String, ThresholdSignature> keys = new TreeMap<>(plain.keys());
        keys.put(KeptKeys.BEACON, beacon);
        FaultStructure trust = configuration.trust();
        List<KeyUpkeep> upkeeps = ALL.stream()
                .map(keyId -> new KeyUpkeep(
                        "group",
                        keyId,
                        trust.sharing(),
                        dealing(keyId).key(),
                        configuration.carried().contains(keyId),
                        PACE))
                .toList();
        SeededEntropy own = new SeededEntropy(seed * 1000 + seat * 10L + configuration.number());
        return new Genesis(
                        plain.configuration(),
                        plain.certifier(),
                        plain.coin(),
                        cipher.bare(),
                        services,
                        keys,
                        plain.signers())
                .with(new KeyCare(upkeeps, keepers.get(seat), own));
    }

    /** Something that is encrypted for the service, and stays so until somebody has it opened. */
    byte[] encrypted(String what) {
        return cipher.encrypt(KeptKeys.text(what), ServiceSecret.label("desk", KeptKeys.LABEL), entropy);
    }

    RequestId open(byte[] ciphertext) {
        return group.submit("desk", new Writer().u8('o').fixed(ciphertext).toBytes());
    }

    RequestId sign(String message) {
        return group.submit("desk", KeptKeys.text("s" + message));
    }

    void assertSigned(String message, byte[] signature) {
        assertThat(beacon.verify(KeptKeys.text(message), signature)).isTrue();
    }

    /** What replicas told of a key, the oldest first; an epoch that goes on comes twice, as indices change. */
    List<DiscreteLogKey> told(int seat, String keyId) {
        return group.group.outputs(seat).stream()
                .filter(Output.Renewed.class::isInstance)
                .map(output -> ((Output.Renewed) output).key())
                .filter(key -> key.keyId().equals(keyId))
                .toList();
    }

    private boolean holds(int seat, String keyId, long epoch, FaultStructure trust) {
        return group.group.outputs(seat).stream()
                .filter(Output.Renewed.class::isInstance)
                .map(Output.Renewed.class::cast)
                .anyMatch(renewed -> renewed.key().keyId().equals(keyId)
                        && renewed.key().epoch() == epoch
                        && renewed.key().formula().equals(trust.sharing())
                        && renewed.holds());
    }

    /** Until these hold shares of both keys in the epoch, shared as the configuration wants it. */
    void reshared(Configuration configuration, long epoch, int... seats) {
        FaultStructure trust = configuration.trust();
        runUntil(
                () -> ALL.stream()
                        .allMatch(keyId -> Arrays.stream(seats).allMatch(seat -> holds(seat, keyId, epoch, trust))),
                "epoch " + epoch);
    }

    void runUntil(BooleanSupplier goal, String what) {
        assertThat(group.group.run(STEPS_MAX, goal))
                .as("%s: %s", what, group.standing())
                .isTrue();
    }

    /** Until nothing is under way. */
    void quiet() {
        runUntil(() -> group.group.flights().isEmpty(), "quiet");
    }

    /** Officers want the configuration, and its members install what they need. */
    void change(Configuration before, Configuration after, int... members) {
        assertThat(wish(before, LineageGroup.signed(after, 0, 0, 2)).accepted()).isTrue();
        begin(before, after, members);
    }

    Reconfiguration.Verdict wish(Configuration present, Reconfiguration wish) {
        return Reconfiguration.Verdict.CODEC.decode(group.answered(group.submit(wish), present));
    }

    /** The next configuration is wanted: its members come to it. */
    void begin(Configuration before, Configuration after, int... members) {
        group.install(after);
        for (int i = 0; i < 2 * LineageGroup.INTERVAL; i++) {
            group.answered(group.submit("x"), before, after);
        }
        group.settled(after, members);
    }

    /** Numbers of the shares of a key on a disk. */
    List<Long> onDisk(int seat, String keyId) {
        return List.copyOf(keepers.get(seat).all(keyId).keySet());
    }

    /** What an intruder took from disks, by the epoch to which it belongs: owners, by their indices when it was made. */
    static final class Loot {
        private final CarriedKeys keys;
        private final SortedMap<String, ReplicaSet> owners = new TreeMap<>();

        Loot(CarriedKeys keys) {
            this.keys = keys;
        }

        /** Everything that lies on the disk of the seat. */
        void steal(int seat) {
            for (String keyId : ALL) {
                keys.keepers.get(seat).all(keyId).forEach((number, bytes) -> {
                    DiscreteLogShares shares = DiscreteLogShares.CODEC.decode(bytes);
                    owners.merge(keyId + shares.epoch(), ReplicaSet.of(shares.replica()), ReplicaSet::union);
                });
            }
        }

        /** @param epochs by epoch, over which structure it was shared */
        boolean qualifies(String keyId, SortedMap<Long, FaultStructure> epochs) {
            return epochs.entrySet().stream()
                    .anyMatch(epoch -> epoch.getValue()
                            .sharing()
                            .isQualified(owners.getOrDefault(keyId + epoch.getKey(), ReplicaSet.EMPTY)));
        }
    }

    void assertNobodyIsBlamed() {
        for (int seat = 0; seat < keepers.size(); seat++) {
            assertThat(group.group.blames(seat)).isEmpty();
        }
    }
}
