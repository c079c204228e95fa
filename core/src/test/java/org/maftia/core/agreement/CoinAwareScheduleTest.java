package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.agreement.BinaryAgreement.Decision;
import org.maftia.core.agreement.BinaryMessage.Ballot;
import org.maftia.core.agreement.CoinAwareAdversary.Item;
import org.maftia.core.agreement.CoinAwareAdversary.Kind;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.protocol.Path;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Attack register: a scheduler that knows the coin. It stops the algorithm of PODC 2014 for good; binding crusader
 * agreement takes no more rounds under it than under any other.
 */
class CoinAwareScheduleTest {
    private static final ReplicaSet CORRECT = ReplicaSet.of(0, 1, 2);
    private static final int CORRUPTED = 3;
    private static final int ROUNDS_TO_STOP = 60;
    private static final int STEPS_MAX = 100_000;

    private static byte[] share(long seed, int round) {
        return new IdealCoin(seed, FOUR, CORRUPTED).share(new Coin.Name("test0", round));
    }

    private static CoinAwareAdversary.Dialect podc2014(long seed) {
        return new CoinAwareAdversary.Dialect() {
            @Override
            public Item read(byte[] frame) {
                Reader reader = new Reader(frame);
                reader.opaque8(Path.LENGTH_MAX);
                return switch (Podc2014.CODEC.read(reader)) {
                    case Podc2014.Est m -> new Item(m.round(), Kind.VAL, m.value());
                    case Podc2014.Aux m -> new Item(m.round(), Kind.ECHO, m.value());
                    case Podc2014.Share m -> new Item(m.round(), Kind.SHARE, null);
                };
            }

            private byte[] frame(Podc2014.Message message) {
                return new Writer()
                        .opaque8(Forger.bytes("test0"))
                        .fixed(Podc2014.CODEC.encode(message))
                        .toBytes();
            }

            @Override
            public List<byte[]> opening(int round) {
                return List.of(
                        frame(new Podc2014.Est(round, false)),
                        frame(new Podc2014.Est(round, true)),
                        frame(new Podc2014.Aux(round, false)),
                        frame(new Podc2014.Share(round, share(seed, round))));
            }

            @Override
            public List<byte[]> support(int round, boolean value) {
                return List.of(frame(new Podc2014.Aux(round, value)));
            }
        };
    }

    private static final CoinAwareAdversary.Dialect BINDING = new CoinAwareAdversary.Dialect() {
        @Override
        public Item read(byte[] frame) {
            return switch (BinaryAgreementTest.message(frame)) {
                case BinaryMessage.Val m -> new Item(m.round(), Kind.VAL, m.value());
                case BinaryMessage.Echo m -> new Item(m.round(), Kind.ECHO, m.value());
                case BinaryMessage.Echo2 m ->
                    new Item(m.round(), Kind.ECHO2, m.ballot() == Ballot.EITHER ? null : m.ballot() == Ballot.YES);
                case BinaryMessage.Share m -> new Item(m.round(), Kind.SHARE, null);
                case BinaryMessage.Decide m -> new Item(0, Kind.DECIDE, m.value());
            };
        }

        @Override
        public List<byte[]> opening(int round) {
            return List.of(
                    BinaryAgreementTest.frame(new BinaryMessage.Val(round, false, new byte[0])),
                    BinaryAgreementTest.frame(new BinaryMessage.Val(round, true, new byte[0])));
        }

        @Override
        public List<byte[]> support(int round, boolean value) {
            return List.of(
                    BinaryAgreementTest.frame(new BinaryMessage.Echo(round, value)),
                    BinaryAgreementTest.frame(new BinaryMessage.Echo2(round, Ballot.of(value))));
        }
    };

    /** Every seed is another coin and another order among equals: it never decides, whatever comes up. */
    @Attack("coin-aware scheduler")
    @Test
    void theScheduleStopsTheAlgorithmOfPodc2014ForGood() {
        for (long seed = 0; seed < 200; seed++) {
            long common = seed;
            TestGroup<Consumer<Podc2014>, Boolean> group = new TestGroup<>(
                    4,
                    TestGroup.Scheduler.UNIFORM,
                    seed,
                    (self, now) ->
                            Solo.node(self, FOUR, now, port -> new Podc2014(port, new IdealCoin(common, FOUR, self))));
            CoinAwareAdversary adversary = new CoinAwareAdversary(group, podc2014(seed), seed);
            CORRECT.forEach(i -> group.input(i, agreement -> agreement.propose(i == 0)));
            List<Integer> rounds = new ArrayList<>(List.of(0));
            while (rounds.getLast() < ROUNDS_TO_STOP && adversary.step()) {
                group.input(0, agreement -> rounds.add(agreement.current));
            }
            assertThat(rounds.getLast()).isEqualTo(ROUNDS_TO_STOP);
            CORRECT.forEach(i -> assertThat(group.outputs(i)).isEmpty());
        }
    }

    @Attack("coin-aware scheduler")
    @Test
    void underTheSameScheduleBindingAgreementDecidesInThreeRoundsOnAverage() {
        int runs = Integer.getInteger("maftia.coin.seeds", 5_000);
        long rounds = 0;
        int most = 0;
        for (long seed = 0; seed < runs; seed++) {
            for (int taken : roundsToDecide(seed)) {
                rounds += taken;
                most = Math.max(most, taken);
            }
        }
        // One round until all hold the same, then two on average: 3, and the runs differ by 1.4, so that the mean of
        // thousands is off by some hundredths.
        assertThat(10 * rounds).as("of three replicas each").isLessThanOrEqualTo(31L * 3 * runs);
        // Every round after the first decides with probability 1/2 at least: 40 have probability 2^-39.
        assertThat(most).isBetween(3, 40);
    }

    /** For each correct replica the rounds that it had gone through when it decided. */
    private static List<Integer> roundsToDecide(long seed) {
        TestGroup<Consumer<BinaryAgreement>, Decision> group =
                BinaryAgreementTest.group(FOUR, TestGroup.Scheduler.UNIFORM, seed, BinaryAgreement.Terms.PLAIN);
        CoinAwareAdversary adversary = new CoinAwareAdversary(group, BINDING, seed);
        CORRECT.forEach(i -> group.input(i, agreement -> agreement.propose(i == 0)));
        List<Integer> taken = new ArrayList<>(List.of(0, 0, 0));
        int opened = -1;
        for (int steps = 0; taken.contains(0); steps++) {
            assertThat(steps < STEPS_MAX && adversary.step())
                    .as("seed %d goes on", seed)
                    .isTrue();
            List<Integer> rounds = BinaryAgreementTest.rounds(group, CORRECT);
            for (int i = 0; i < CORRUPTED; i++) {
                if (taken.get(i) == 0 && !group.outputs(i).isEmpty()) {
                    taken.set(i, rounds.get(i));
                }
            }
            // The corrupted share is there as soon as it can do harm.
            for (int live = Collections.max(rounds); opened < live; ) {
                opened++;
                byte[] frame = BinaryAgreementTest.frame(new BinaryMessage.Share(opened, share(seed, opened)));
                CORRECT.forEach(to -> group.inject(CORRUPTED, to, frame));
            }
        }
        assertThat(BinaryAgreementTest.decisions(group, CORRECT)).hasSize(1);
        return taken;
    }
}
