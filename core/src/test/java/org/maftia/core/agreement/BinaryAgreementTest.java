package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.agreement.BinaryAgreement.Decision;
import org.maftia.core.agreement.BinaryAgreement.Terms;
import org.maftia.core.agreement.BinaryMessage.Ballot;
import org.maftia.core.agreement.BinaryMessage.Decide;
import org.maftia.core.agreement.BinaryMessage.Echo;
import org.maftia.core.agreement.BinaryMessage.Echo2;
import org.maftia.core.agreement.BinaryMessage.Share;
import org.maftia.core.agreement.BinaryMessage.Val;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ThresholdCoin;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** Whole groups: silent, crashing, two-faced and forging replicas under hostile schedulers. */
class BinaryAgreementTest {
    private static final int STEPS_MAX = 200_000;
    private static final byte[] NO_PROOF = {};

    static TestGroup<Consumer<BinaryAgreement>, Decision> group(
            FaultStructure trust, TestGroup.Scheduler scheduler, long seed, Terms terms) {
        return new TestGroup<>(trust.size(), scheduler, seed, (self, now) -> node(trust, self, now, seed, terms));
    }

    private static Automaton<Consumer<BinaryAgreement>, Decision> node(
            FaultStructure trust, int self, long now, long seed, Terms terms) {
        return Solo.node(self, trust, now, port -> new BinaryAgreement(port, new IdealCoin(seed, trust, self), terms));
    }

    static List<Boolean> decisions(TestGroup<?, Decision> group, ReplicaSet replicas) {
        List<Boolean> all = new ArrayList<>();
        replicas.forEach(i -> group.outputs(i).forEach(decision -> all.add(decision.value())));
        return all.stream().distinct().toList();
    }

    static boolean haveAllDecided(TestGroup<?, Decision> group, ReplicaSet replicas) {
        return replicas.toList().stream().noneMatch(i -> group.outputs(i).isEmpty());
    }

    private static void propose(TestGroup<Consumer<BinaryAgreement>, ?> group, ReplicaSet replicas, long bits) {
        replicas.forEach(i -> group.input(i, agreement -> agreement.propose((bits >> i & 1) == 1)));
    }

    /** The rounds that the replicas of a set are in. */
    static List<Integer> rounds(TestGroup<Consumer<BinaryAgreement>, ?> group, ReplicaSet replicas) {
        List<Integer> rounds = new ArrayList<>();
        replicas.forEach(i -> group.input(i, agreement -> rounds.add(agreement.round())));
        return rounds;
    }

    private static FaultStructure structure(long seed) {
        return switch ((int) (seed % 8)) {
            case 0 -> Structures.grid();
            case 1, 2 -> Structures.general(seed);
            case 3 -> FaultStructure.threshold(7, 2);
            default -> FOUR;
        };
    }

    @Seeds(400)
    void allDecideOneProposedValueThoughAFaultSetIsSilent(long seed) {
        FaultStructure trust = structure(seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<ReplicaSet> sets = trust.maximalFaultSets();
        ReplicaSet silent = sets.get(random.nextInt(sets.size()));
        ReplicaSet correct = trust.all().minus(silent);
        var group = group(trust, TestGroup.Scheduler.drawn(seed, trust.size()), seed, Terms.PLAIN);
        silent.forEach(group::crash);
        long bits = random.nextInt(4) == 0 ? -(seed & 1) : random.nextLong();
        propose(group, correct, bits);
        assertThat(group.run(STEPS_MAX, () -> haveAllDecided(group, correct))).isTrue();
        assertThat(decisions(group, correct)).hasSize(1);
        boolean decided = decisions(group, correct).getFirst();
        assertThat(correct.toList()).anyMatch(i -> (bits >> i & 1) == (decided ? 1 : 0));
        // All halt: nothing is under way for ever.
        assertThat(group.run(STEPS_MAX, () -> group.flights().isEmpty())).isTrue();
        correct.forEach(i -> {
            assertThat(group.blames(i)).isEmpty();
            assertThat(group.outputs(i)).hasSize(1);
        });
    }

    @Test
    void roundsToDecideAreFewOnAverage() {
        long rounds = 0;
        int runs = 2000;
        for (long seed = 0; seed < runs; seed++) {
            var group = group(FOUR, TestGroup.Scheduler.drawn(seed, 4), seed, Terms.PLAIN);
            propose(group, FOUR.all(), seed / 7);
            assertThat(group.run(STEPS_MAX, () -> haveAllDecided(group, FOUR.all())))
                    .isTrue();
            rounds += rounds(group, FOUR.all()).stream().mapToInt(i -> i).max().orElseThrow();
        }
        assertThat(rounds).isBetween((long) runs, 3L * runs);
    }

    /** With the fixed first toss and one opinion, a decision takes one round and not one share. */
    @Test
    void aUnanimousGroupDecidesTheFavouredValueWithoutACoin() {
        Terms terms = new Terms(Terms.PLAIN.validity(), 0, Optional.of(true));
        for (boolean value : new boolean[] {false, true}) {
            var group = group(FOUR, TestGroup.Scheduler.OLDEST_FIRST, 5, terms);
            int[] shares = new int[1];
            FOUR.all()
                    .forEach(i -> group.filter(i, outgoing -> {
                        shares[0] += message(outgoing.frame()) instanceof Share ? 1 : 0;
                        return true;
                    }));
            propose(group, FOUR.all(), value ? -1 : 0);
            assertThat(group.run(STEPS_MAX, () -> haveAllDecided(group, FOUR.all())))
                    .isTrue();
            assertThat(decisions(group, FOUR.all())).containsExactly(value);
            assertThat(shares[0] == 0).isEqualTo(value);
        }
    }

    /** The validity of the examples: a value is proved by its own name. */
    private static final Terms PROVED =
            new Terms((value, proof) -> Arrays.equals(proof, Forger.bytes(value ? "yes" : "no")), 10, Optional.empty());

    @Seeds(100)
    void theValidatedFormDecidesAProvedValueAndHandsOutTheProof(long seed) {
        FaultStructure trust = seed % 2 == 0 ? FOUR : Structures.general(seed);
        ReplicaSet liars = trust.maximalFaultSets().getLast();
        ReplicaSet correct = trust.all().minus(liars);
        var group = group(trust, TestGroup.Scheduler.drawn(seed, trust.size()), seed, PROVED);
        liars.forEach(group::crash);
        boolean mixed = seed % 3 == 0;
        correct.forEach(i -> group.input(i, agreement -> {
            boolean value = !mixed || i % 2 == 0;
            agreement.propose(value, Forger.bytes(value ? "yes" : "no"));
        }));
        // The corrupted press for a value that they cannot prove, with the proof of the other.
        liars.forEach(liar -> correct.forEach(to -> {
            group.inject(liar, to, frame(new Val(0, false, Forger.bytes(mixed ? "no" : "yes"))));
            group.inject(liar, to, frame(new Decide(false, Forger.bytes("yes"))));
        }));
        assertThat(group.run(
                        STEPS_MAX,
                        () -> haveAllDecided(group, correct) && group.flights().isEmpty()))
                .isTrue();
        assertThat(decisions(group, correct)).hasSize(1);
        if (!mixed) {
            assertThat(decisions(group, correct)).containsExactly(true);
        }
        correct.forEach(i -> {
            Decision decision = group.outputs(i).getFirst();
            assertThat(PROVED.validity().accepts(decision.value(), decision.proof()))
                    .isTrue();
            assertThat(group.blames(i)).allMatch(blame -> liars.contains(blame.replica()));
        });
    }

    @Test
    void whoVouchesOrDecidesWithoutAProofIsBlamed() {
        var group = group(FOUR, TestGroup.Scheduler.OLDEST_FIRST, 1, PROVED);
        group.inject(3, 0, frame(new Val(0, false, Forger.bytes("yes"))));
        group.inject(3, 0, frame(new Decide(false, Forger.bytes("yes"))));
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        assertThat(group.blames(0).stream().map(Ready.Blame::rule))
                .containsExactly("vouches for a value without a proof", "decides without a proof");
    }

    static byte[] frame(BinaryMessage message) {
        return new Writer()
                .opaque8(Forger.bytes("test0"))
                .fixed(PROVED_CODEC.encode(message))
                .toBytes();
    }

    /** The message in a frame of the protocol under test. */
    static BinaryMessage message(byte[] frame) {
        Reader reader = new Reader(frame);
        reader.opaque8(Path.LENGTH_MAX);
        return PROVED_CODEC.read(reader);
    }

    private static final BinaryAgreementCodec PROVED_CODEC = new BinaryAgreementCodec(10);

    /** Each corrupted replica runs as two correct ones with different proposals, each shown to one part of the group. */
    @Attack("equivocating leader, two-faced replica")
    @Seeds(300)
    void twoFacedReplicasDivideNobody(long seed) {
        FaultStructure trust = structure(seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<ReplicaSet> sets = trust.maximalFaultSets();
        ReplicaSet liars = sets.get(random.nextInt(sets.size()));
        ReplicaSet correct = trust.all().minus(liars);
        ReplicaSet audience = new ReplicaSet(random.nextLong());
        TestGroup<Consumer<BinaryAgreement>, Decision> group = new TestGroup<>(
                trust.size(),
                TestGroup.Scheduler.drawn(seed / 8, trust.size()),
                seed,
                (self, now) -> liars.contains(self)
                        ? new Faces(
                                node(trust, self, now, seed, Terms.PLAIN),
                                node(trust, self, now, seed, Terms.PLAIN),
                                audience)
                        : node(trust, self, now, seed, Terms.PLAIN));
        propose(group, trust.all(), random.nextLong());
        assertThat(group.run(STEPS_MAX, () -> haveAllDecided(group, correct))).isTrue();
        assertThat(decisions(group, correct)).hasSize(1);
        correct.forEach(i -> assertThat(group.blames(i)).allMatch(blame -> liars.contains(blame.replica())));
    }

    /** Two automata behind one name: the audience hears the first, all others the second, which proposes the contrary. */
    private record Faces(
            Automaton<Consumer<BinaryAgreement>, Decision> first,
            Automaton<Consumer<BinaryAgreement>, Decision> second,
            ReplicaSet audience)
            implements Automaton<Consumer<BinaryAgreement>, Decision> {
        @Override
        public void start(List<byte[]> journal) {
            first.start(List.of());
            second.start(List.of());
        }

        @Override
        public void received(int from, byte[] frame, long nowMicros) {
            first.received(from, frame, nowMicros);
            second.received(from, frame, nowMicros);
        }

        @Override
        public void input(Consumer<BinaryAgreement> input, long nowMicros) {
            first.input(agreement -> agreement.propose(false), nowMicros);
            second.input(agreement -> agreement.propose(true), nowMicros);
        }

        @Override
        public void tick(long nowMicros) {}

        @Override
        public void computed(long id, Object result, long nowMicros) {
            (id % 2 == 0 ? first : second).computed(id / 2, result, nowMicros);
        }

        @Override
        public long nextWakeMicros() {
            return Long.MAX_VALUE;
        }

        @Override
        public Ready<Decision> drain() {
            Ready<Decision> one = first.drain();
            Ready<Decision> other = second.drain();
            List<Ready.Outgoing> sends = new ArrayList<>();
            one.sends().stream().filter(send -> audience.contains(send.to())).forEach(sends::add);
            other.sends().stream().filter(send -> !audience.contains(send.to())).forEach(sends::add);
            List<Ready.Computation> computations = new ArrayList<>();
            one.computations().forEach(task -> computations.add(again(task, 2 * task.id())));
            other.computations().forEach(task -> computations.add(again(task, 2 * task.id() + 1)));
            return new Ready<>(List.of(), sends, List.of(), computations, List.of());
        }

        private static Ready.Computation again(Ready.Computation task, long id) {
            return new Ready.Computation(id, task.path(), task.task());
        }
    }

    /** The corrupted say anything that the grammar allows about live rounds, at any time, each thing to one replica. */
    @Attack("hostile bytes")
    @Seeds(400)
    void forgersDivideAndStopNobodyAndFrameNobody(long seed) {
        FaultStructure trust = structure(seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<ReplicaSet> sets = trust.maximalFaultSets();
        ReplicaSet liars = sets.get(random.nextInt(sets.size()));
        ReplicaSet correct = trust.all().minus(liars);
        var group = group(trust, TestGroup.Scheduler.drawn(seed / 8, trust.size()), seed, Terms.PLAIN);
        liars.forEach(group::crash);
        propose(group, correct, random.nextLong());
        for (int burst = 0; burst < 200 && !haveAllDecided(group, correct); burst++) {
            int live = rounds(group, correct).stream().mapToInt(i -> i).max().orElseThrow();
            for (int i = 0; i < 12; i++) {
                int liar = liars.toList().get(random.nextInt(liars.size()));
                int to = correct.toList().get(random.nextInt(correct.size()));
                group.inject(liar, to, frame(forged(liar, trust, seed, live, random)));
            }
            group.run(30, () -> false);
        }
        assertThat(group.run(STEPS_MAX, () -> haveAllDecided(group, correct))).isTrue();
        assertThat(decisions(group, correct)).hasSize(1);
        correct.forEach(i -> assertThat(group.blames(i)).allMatch(blame -> liars.contains(blame.replica())));
    }

    private static BinaryMessage forged(int liar, FaultStructure trust, long seed, int live, SplittableRandom random) {
        int round = Math.max(0, live + random.nextInt(4) - 1);
        boolean value = random.nextBoolean();
        return switch (random.nextInt(9)) {
            case 0, 1 -> new Val(round, value, NO_PROOF);
            case 2, 3 -> new Echo(round, value);
            case 4, 5 -> new Echo2(round, Ballot.values()[random.nextInt(3)]);
            case 6 -> new Share(round, new IdealCoin(seed, trust, liar).share(new Coin.Name("test0", round)));
            case 7 -> new Share(round, Forger.bytes("false"));
            default -> new Decide(value, NO_PROOF);
        };
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(150)
    void crashesAndLossesAreRepairedByNudges(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        var group = group(FOUR, TestGroup.Scheduler.drawn(seed, 4), seed, Terms.PLAIN);
        group.loss(random.nextInt(300));
        long bits = random.nextLong();
        propose(group, FOUR.all(), bits);
        for (int i = 0; i < 8; i++) {
            int victim = random.nextInt(4);
            group.crashAfterRecords(victim, group.records(victim) + random.nextInt(3));
            group.run(random.nextInt(40), () -> false);
            group.crash(victim);
            group.restart(victim);
            // A parent that lost its memory may propose otherwise.
            group.input(victim, agreement -> agreement.propose(random.nextBoolean()));
        }
        group.loss(0);
        for (int round = 0; round < 100 && !haveAllDecided(group, FOUR.all()); round++) {
            FOUR.all()
                    .forEach(i ->
                            FOUR.all().without(i).forEach(peer -> group.input(i, agreement -> agreement.nudge(peer))));
            group.run(STEPS_MAX, () -> group.flights().isEmpty());
        }
        assertThat(haveAllDecided(group, FOUR.all())).isTrue();
        assertThat(decisions(group, FOUR.all())).hasSize(1);
        FOUR.all().forEach(i -> assertThat(group.blames(i)).isEmpty());
    }

    /** With the real coin: its paths, its computations and its proofs. */
    @Seeds(6)
    void theRealCoinServes(long seed) {
        var dealing = DiscreteLogDealer.deal("test", "coin", FOUR.sharing(), new SeededEntropy(seed));
        SortedMap<Integer, Coin> coins = new TreeMap<>();
        FOUR.all().forEach(i -> coins.put(i, new ThresholdCoin(dealing.key(), dealing.sharesOf(i))));
        TestGroup<Consumer<BinaryAgreement>, Decision> group = new TestGroup<>(
                4,
                TestGroup.Scheduler.drawn(seed, 4),
                seed,
                (self, now) -> Solo.node(
                        self, FOUR, now, port -> new BinaryAgreement(port, coins.getOrDefault(self, NO_COIN))));
        group.crash(3);
        ReplicaSet correct = FOUR.all().without(3);
        propose(group, correct, 0b010);
        correct.forEach(to -> group.inject(3, to, frame(new Share(0, new byte[112]))));
        assertThat(group.run(STEPS_MAX, () -> haveAllDecided(group, correct))).isTrue();
        assertThat(decisions(group, correct)).hasSize(1);
    }

    private static final Coin NO_COIN = new IdealCoin(0, FOUR, 0);

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void memoryIsBoundedAgainstFarRounds() {
        var group = group(FOUR, TestGroup.Scheduler.OLDEST_FIRST, 1, Terms.PLAIN);
        for (int round = 0; round < 3000; round++) {
            group.inject(3, 0, frame(new Val(round, true, NO_PROOF)));
            group.inject(3, 0, frame(new Share(round, new byte[1000])));
        }
        assertThat(group.run(STEPS_MAX, () -> group.flights().isEmpty())).isTrue();
        List<Integer> kept = new ArrayList<>();
        group.input(0, agreement -> kept.add(agreement.roundsKept()));
        assertThat(kept).containsExactly(BinaryAgreement.ROUNDS_AHEAD + 1);
    }

    @Test
    void theCodecIsCanonical() {
        CodecCheck.check(
                PROVED_CODEC,
                List.of(
                        new Val(0, true, Forger.bytes("yes")),
                        new Val(3, false, NO_PROOF),
                        new Echo(1, true),
                        new Echo2(2, Ballot.EITHER),
                        new Share(2, Forger.bytes("share")),
                        new Decide(false, Forger.bytes("no"))));
    }
}
