package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.agreement.Validity.Verdict;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** Whole groups: silent, slow, crashing and lying replicas under hostile schedulers. */
class MultivaluedAgreementTest {
    private static final int STEPS_MAX = 20_000;
    private static final int ROUNDS_MAX = 200;

    static Verdict judge(byte[] value) {
        return text(value).startsWith("value") ? Verdict.VALID : Verdict.INVALID;
    }

    static Automaton<Consumer<MultivaluedAgreement>, byte[]> correct(
            FaultStructure trust, int self, long now, int firstLeader, Validity validity) {
        return correct(trust, self, now, new Leadership(firstLeader, 100_000), validity);
    }

    static Automaton<Consumer<MultivaluedAgreement>, byte[]> correct(
            FaultStructure trust, int self, long now, Leadership leadership, Validity validity) {
        return Solo.node(
                self,
                trust,
                now,
                port -> new MultivaluedAgreement(
                        port, new IdealCertifier(self), coin(trust, self), Digest.ZERO, leadership, validity));
    }

    static Coin coin(FaultStructure trust, int self) {
        return new IdealCoin(1, trust, self);
    }

    static TestGroup<Consumer<MultivaluedAgreement>, byte[]> group(
            FaultStructure trust, TestGroup.Scheduler scheduler, long seed) {
        return new TestGroup<>(
                trust.size(),
                scheduler,
                seed,
                (self, now) -> correct(trust, self, now, 0, MultivaluedAgreementTest::judge));
    }

    static String text(byte[] value) {
        return new String(value, StandardCharsets.UTF_8);
    }

    static void propose(TestGroup<Consumer<MultivaluedAgreement>, byte[]> group, ReplicaSet replicas) {
        replicas.forEach(i -> group.input(i, agreement -> agreement.propose(Forger.bytes("value " + i))));
    }

    static boolean haveAllDecided(TestGroup<?, byte[]> group, ReplicaSet replicas) {
        return replicas.toList().stream().noneMatch(i -> group.outputs(i).isEmpty());
    }

    static List<String> decisions(TestGroup<?, byte[]> group, ReplicaSet replicas) {
        List<String> all = new ArrayList<>();
        replicas.forEach(i -> group.outputs(i).forEach(value -> all.add(text(value))));
        return all.stream().distinct().toList();
    }

    /** Lets messages through, with the repair that parents do, until all have decided. */
    static void settle(TestGroup<Consumer<MultivaluedAgreement>, byte[]> group, ReplicaSet correct) {
        group.earlyAlarms(0);
        group.loss(0);
        for (int round = 0; round < ROUNDS_MAX && !haveAllDecided(group, correct); round++) {
            correct.forEach(i -> correct.forEach(peer -> group.input(i, agreement -> {
                if (peer != i) {
                    agreement.nudge(peer);
                }
            })));
            group.run(
                    STEPS_MAX,
                    () -> haveAllDecided(group, correct) || group.flights().isEmpty());
            group.step();
        }
        assertThat(haveAllDecided(group, correct)).as("all decide").isTrue();
    }

    static void assertAgreement(TestGroup<?, byte[]> group, ReplicaSet correct, ReplicaSet blameable) {
        assertThat(decisions(group, correct)).as("one decision").hasSize(1).allMatch(text -> text.startsWith("value"));
        correct.forEach(i -> assertThat(group.blames(i)).allMatch(blame -> blameable.contains(blame.replica())));
    }

    @Test
    void inACalmGroupAllDecideTheFirstLeadersValue() {
        var group = group(FOUR, TestGroup.Scheduler.OLDEST_FIRST, 0);
        propose(group, FOUR.all());
        assertThat(group.run(STEPS_MAX, () -> haveAllDecided(group, FOUR.all())))
                .isTrue();
        assertThat(decisions(group, FOUR.all())).containsExactly("value 0");
        assertAgreement(group, FOUR.all(), ReplicaSet.EMPTY);
    }

    @Attack("view-synchronisation games")
    @Seeds(200)
    void aSilentReplicaAndTimersThatAreTooShortDoNotHinder(long seed) {
        var group = group(FOUR, TestGroup.Scheduler.drawn(seed, 4), seed);
        int silent = (int) (seed / 16 % 4);
        group.crash(silent);
        group.earlyAlarms((int) (seed % 5) * 20);
        ReplicaSet others = FOUR.all().without(silent);
        propose(group, others);
        group.run(2000, () -> haveAllDecided(group, others));
        settle(group, others);
        assertAgreement(group, others, ReplicaSet.EMPTY);
    }

    @Attack("equivocating leader, two-faced replica")
    @Seeds(150)
    void anEquivocatingReplicaDividesNobody(long seed) {
        FaultStructure trust = seed % 3 == 0 ? Structures.general(seed) : FOUR;
        SplittableRandom random = new SplittableRandom(seed);
        int liar = random.nextInt(trust.size());
        ReplicaSet seesFirst = new ReplicaSet(random.nextLong(1L << trust.size()));
        int firstLeader = seed % 2 == 0 ? liar : random.nextInt(trust.size());
        TestGroup.Maker<Consumer<MultivaluedAgreement>, byte[]> honest =
                (self, now) -> correct(trust, self, now, firstLeader, MultivaluedAgreementTest::judge);
        boolean mayLie = trust.isFaultSet(ReplicaSet.of(liar));
        var group = new TestGroup<Consumer<MultivaluedAgreement>, byte[]>(
                trust.size(),
                TestGroup.Scheduler.drawn(seed, trust.size()),
                seed,
                (self, now) ->
                        self == liar && mayLie ? new TwoFaced(seesFirst, self, now, honest) : honest.make(self, now));
        ReplicaSet correct = mayLie ? trust.all().without(liar) : trust.all();
        group.earlyAlarms(random.nextInt(60));
        propose(group, correct);
        group.run(3000, () -> haveAllDecided(group, correct));
        settle(group, correct);
        assertAgreement(group, correct, ReplicaSet.of(liar));
    }

    @Attack("hostile bytes")
    @Seeds(400)
    void aForgerWithAWholeFaultSetDividesNobody(long seed) {
        rage(seed % 4 == 0 ? Structures.general(seed) : FOUR, seed, 4000);
    }

    @Attack("equivocating leader, two-faced replica")
    @Seeds(4)
    void aForgerWithASiteAndASystemOfTheGridDividesNobody(long seed) {
        rage(Structures.grid(), seed, 6000);
    }

    private static void rage(FaultStructure trust, long seed, int steps) {
        SplittableRandom random = new SplittableRandom(seed);
        List<ReplicaSet> faults = trust.maximalFaultSets();
        ReplicaSet corrupt = faults.get(random.nextInt(faults.size()));
        ReplicaSet correct = trust.all().minus(corrupt);
        int firstLeader = random.nextInt(trust.size());
        Leadership leadership = seed % 5 == 0 ? Leadership.ELECTED : new Leadership(firstLeader, 100_000);
        Forger forger = new Forger(trust, corrupt, leadership, seed);
        var group = new TestGroup<Consumer<MultivaluedAgreement>, byte[]>(
                trust.size(),
                TestGroup.Scheduler.drawn(seed, trust.size()),
                seed,
                (self, now) -> corrupt.contains(self)
                        ? forger.hand(self)
                        : correct(trust, self, now, leadership, MultivaluedAgreementTest::judge));
        group.earlyAlarms(random.nextInt(100));
        propose(group, correct);
        group.run(steps, () -> haveAllDecided(group, correct));
        forger.raging = false;
        settle(group, correct);
        assertAgreement(group, correct, corrupt);
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(150)
    void crashesAndLossesAtAnyRecordDivideNobody(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        var group = group(FOUR, TestGroup.Scheduler.drawn(seed, 4), seed);
        group.earlyAlarms(random.nextInt(80));
        group.loss(random.nextInt(100));
        propose(group, FOUR.all());
        for (int round = 0; round < 12; round++) {
            int victim = random.nextInt(4);
            group.crashAfterRecords(victim, group.records(victim) + random.nextInt(3));
            group.run(20 + random.nextInt(40), () -> !group.isUp(victim));
            group.crash(victim);
            group.run(random.nextInt(40), () -> false);
            group.restart(victim);
        }
        propose(group, FOUR.all());
        settle(group, FOUR.all());
        assertAgreement(group, FOUR.all(), ReplicaSet.EMPTY);
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void aCrashAtEveryRecordOfACalmRunIsSurvived() {
        for (int replica = 0; replica < 4; replica++) {
            int victim = replica;
            for (int record = 0; record < 6; record++) {
                var group = group(FOUR, TestGroup.Scheduler.UNIFORM, record);
                group.crashAfterRecords(victim, record);
                propose(group, FOUR.all());
                group.run(STEPS_MAX, () -> !group.isUp(victim) || haveAllDecided(group, FOUR.all()));
                group.crash(victim);
                group.restart(victim);
                group.input(victim, agreement -> agreement.propose(Forger.bytes("value " + victim)));
                settle(group, FOUR.all());
                assertAgreement(group, FOUR.all(), ReplicaSet.EMPTY);
            }
        }
    }

    @Attack("FINISH to one replica only")
    @Test
    void aFinishShownToOneReplicaReachesAllByItsHalt() {
        var group = group(FOUR, TestGroup.Scheduler.UNIFORM, 1);
        MultivaluedAgreementCodec codec = new MultivaluedAgreementCodec(4);
        group.filter(0, outgoing -> {
            byte[] frame = outgoing.frame();
            byte type = frame[1 + frame[0]];
            boolean late = type == codec.encode(new MultivaluedMessage.Finish(0, 0, new byte[0], none()))[0]
                    || type
                            == codec.encode(new MultivaluedMessage.Halt(0, 0, new byte[0], false, none(), List.of()))[
                                    0];
            return !late || outgoing.to() == 3;
        });
        propose(group, FOUR.all());
        ReplicaSet correct = ReplicaSet.of(1, 2, 3);
        assertThat(group.run(STEPS_MAX, () -> haveAllDecided(group, correct))).isTrue();
        assertThat(decisions(group, correct)).containsExactly("value 0");
    }

    private static Certificate none() {
        return new Certificate(ReplicaSet.EMPTY, List.of());
    }

    @Test
    void whatIsUnknownWaitsForRecheckAndHaltsNobodyElse() {
        boolean[] known = new boolean[4];
        var group = new TestGroup<Consumer<MultivaluedAgreement>, byte[]>(
                4,
                TestGroup.Scheduler.UNIFORM,
                7,
                (self, now) -> correct(FOUR, self, now, 0, value -> known[self] ? judge(value) : Verdict.UNKNOWN));
        known[0] = known[1] = true;
        propose(group, FOUR.all());
        group.run(60, () -> false);
        assertThat(decisions(group, FOUR.all())).isEmpty();
        known[2] = true;
        group.input(2, MultivaluedAgreement::recheck);
        settle(group, ReplicaSet.of(0, 1, 2));
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        assertThat(group.outputs(3)).isEmpty();
        known[3] = true;
        group.input(3, MultivaluedAgreement::recheck);
        assertThat(decisions(group, FOUR.all())).hasSize(1);
        assertThat(group.outputs(3)).hasSize(1);
    }
}
