package org.maftia.services.beacon;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.Command;
import org.maftia.core.replica.Context;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Replica;
import org.maftia.core.replica.ReplicaSnapshot;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.MemoryKeeper;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Whole replicas over a network in memory that delivers in any order, with nobody who asks for anything: rounds come by
 * themselves, no share of one leaves before its time, and all replicas have one value for each.
 */
class BeaconGroupTest {
    private static final FaultStructure TRUST = Structures.FOUR;
    private static final int STEPS_MAX = 400_000;

    /** Begins within the time of the group. */
    private static final BeaconSchedule SCHEDULE = new BeaconSchedule(1_700_000_003, 5);

    private final DiscreteLogDealer.Dealing dealing =
            DiscreteLogDealer.deal("group", "beacon", TRUST.sharing(), new SeededEntropy(1));
    private final BlsThreshold key = new BlsThreshold(BlsKey.of(dealing));

    /** By what is signed for it. */
    private final TreeMap<String, Long> rounds = new TreeMap<>();

    /** What each replica has, by round. */
    private final TreeMap<Integer, TreeMap<Long, byte[]>> values = new TreeMap<>();

    private int liar = -1;
    private int sharesMade;

    /** Of each replica, where the group keeps the key by itself. */
    private final List<MemoryKeeper> keepers = new ArrayList<>();

    private @Nullable TestGroup<Input, Output> group;

    private TestGroup<Input, Output> start(long seed) {
        for (long round = 1; round <= 1000; round++) {
            rounds.put(HexFormat.of().formatHex(BeaconSchedule.message(round)), round);
        }
        TestGroup<Input, Output> made =
                new TestGroup<>(TRUST.size(), TestGroup.Scheduler.drawn(seed, TRUST.size()), seed, this::replica);
        group = made;
        return made;
    }

    private Automaton<Input, Output> replica(int self, long now) {
        return new Node<>(self, TRUST, Limits.DEFAULT, now, (Port<ReplicaSnapshot, Output> port) -> {
            TreeMap<String, StateMachine> services = new TreeMap<>();
            services.put(Beacon.NAME, new Watched(self));
            TreeMap<String, ThresholdSignature> keys = new TreeMap<>();
            keys.put(key.keyId(), key);
            TreeMap<String, ThresholdSignature.Signer> signers = new TreeMap<>();
            signers.put(key.keyId(), new WatchedSigner(self));
            Genesis genesis = new Genesis(
                            Digest.ZERO,
                            new IdealCertifier(self),
                            new IdealCoin(0, TRUST, self),
                            new IdealCipher(0, TRUST).holder(self),
                            services,
                            keys,
                            signers)
                    .with(new IdealCertifier(self));
            return new Replica(port, keepers.isEmpty() ? genesis : kept(genesis, self), false);
        });
    }

    private Genesis kept(Genesis genesis, int self) {
        KeyUpkeep.Pace pace = new KeyUpkeep.Pace(0, 1, 2_000_000, 60_000_000);
        KeyUpkeep upkeep = new KeyUpkeep("group", "beacon", TRUST.sharing(), dealing.key(), pace);
        return genesis.with(new KeyCare(List.of(upkeep), keepers.get(self), new SeededEntropy(100 + self)));
    }

    private boolean haveRounds(int count) {
        return values.size() == TRUST.size() && values.values().stream().allMatch(own -> own.size() >= count);
    }

    private void check() {
        TreeMap<Long, byte[]> all = new TreeMap<>();
        values.values()
                .forEach(own -> own.forEach((round, signature) -> {
                    assertThat(BlsSignature.verify(key.key().publicKey(), BeaconSchedule.message(round), signature))
                            .isTrue();
                    byte[] other = all.putIfAbsent(round, signature);
                    assertThat(other == null ? signature : other).isEqualTo(signature);
                }));
        assertThat(all.firstKey()).isEqualTo(1);
        assertThat(sharesMade > 0).isEqualTo(keepers.isEmpty());
    }

    @Attack("predictable, early or corrupt coin")
    @Seeds(8)
    void roundsComeByThemselvesNotBeforeTheirTimeAndAreTheSameEverywhere(long seed) {
        TestGroup<Input, Output> replicas = start(seed);
        assertThat(replicas.run(STEPS_MAX, () -> haveRounds(4))).isTrue();
        check();
        // So far and not much further: they follow the clock, not the speed of the network.
        long newest = SCHEDULE.roundAt(replicas.nowMicros());
        values.values().forEach(own -> assertThat(own.lastKey()).isBetween(newest - 4, newest));
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(replicas.blames(i)).isEmpty();
        }
    }

    private static boolean holds(TestGroup<Input, Output> replicas, int replica, long epoch) {
        return replicas.outputs(replica).stream()
                .filter(Output.Renewed.class::isInstance)
                .map(Output.Renewed.class::cast)
                .anyMatch(renewed -> renewed.key().epoch() == epoch && renewed.holds());
    }

    /** Whoever verifies rounds notices nothing: the public key is that of the first day. */
    @Seeds(4)
    void theChainGoesOnWhileTheKeyIsRenewed(long seed) {
        for (int i = 0; i < TRUST.size(); i++) {
            MemoryKeeper keeper = new MemoryKeeper(false);
            keeper.keep("beacon", 0, DiscreteLogShares.CODEC.encode(dealing.sharesOf(i)));
            keepers.add(keeper);
        }
        TestGroup<Input, Output> replicas = start(seed);
        for (int epoch = 1; epoch <= 3; epoch++) {
            int rounds = 2 * epoch;
            long next = epoch;
            assertThat(replicas.run(STEPS_MAX, () -> haveRounds(rounds))).isTrue();
            replicas.input(epoch % TRUST.size(), new Input.Renew("beacon"));
            assertThat(replicas.run(
                            STEPS_MAX,
                            () -> TRUST.all().toList().stream().allMatch(replica -> holds(replicas, replica, next))))
                    .as("epoch %d", epoch)
                    .isTrue();
        }
        assertThat(replicas.run(STEPS_MAX, () -> haveRounds(8))).isTrue();
        check();
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(replicas.blames(i)).isEmpty();
        }
    }

    @Attack("false shares")
    @Seeds(4)
    void whoSignsFalselyIsNamedAndHoldsNothingUp(long seed) {
        liar = (int) seed;
        TestGroup<Input, Output> replicas = start(0);
        assertThat(replicas.run(STEPS_MAX, () -> haveRounds(6))).isTrue();
        check();
        boolean named = false;
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(replicas.blames(i)).allMatch(blame -> blame.replica() == liar);
            named |= !replicas.blames(i).isEmpty();
        }
        // Replica 0 is to combine the first one: its share reaches nobody, others step in, and it is spared for a
        // while.
        assertThat(named || liar == 0).isTrue();
    }

    /** The beacon as a replica runs it, with somebody who looks on. */
    private final class Watched implements StateMachine {
        private final int self;
        private final Beacon beacon = new Beacon("beacon", key.key().publicKey(), SCHEDULE);

        Watched(int self) {
            this.self = self;
        }

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            return beacon.apply(command, context);
        }

        @Override
        public void signed(long reference, byte[] signature, Context context) {
            values.computeIfAbsent(self, replica -> new TreeMap<>()).put(reference, signature);
            beacon.signed(reference, signature, context);
        }

        @Override
        public long dueMicros() {
            return beacon.dueMicros();
        }

        @Override
        public void tick(Context context) {
            beacon.tick(context);
        }

        @Override
        public void snapshot(Writer writer) {
            beacon.snapshot(writer);
        }

        @Override
        public void restore(Reader reader) {
            beacon.restore(reader);
        }

        @Override
        public Digest root() {
            return beacon.root();
        }
    }

    /** Holds every share against the one clock that this group has; lies where it is told to. */
    private final class WatchedSigner implements ThresholdSignature.Signer {
        private final int self;

        WatchedSigner(int self) {
            this.self = self;
        }

        private ThresholdSignature.Signer own() {
            return key.signer(dealing.sharesOf(self));
        }

        @Override
        public Set<Integer> leaves() {
            return own().leaves();
        }

        @Override
        public byte[] share(byte[] message, int leaf) {
            Long round = rounds.get(HexFormat.of().formatHex(message));
            assertThat(round).as("what is signed is a round").isNotNull();
            TestGroup<Input, Output> running = group;
            if (round != null && running != null) {
                assertThat(running.nowMicros())
                        .as("round %d", round)
                        .isGreaterThanOrEqualTo(SCHEDULE.timeMicros(round));
            }
            sharesMade++;
            return own().share(self == liar ? BeaconSchedule.message(1_000_000) : message, leaf);
        }

        @Override
        public byte[] prove(byte[] message, int leaf) {
            return own().prove(message, leaf);
        }
    }
}
