package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.protocol.Port;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/** The same inputs of a quorum everywhere, whoever is silent, slow, crashing or lying. */
class CommonSubsetTest {
    private static final int STEPS_MAX = 200_000;

    private static TestGroup<Consumer<CommonSubset>, SortedMap<Integer, byte[]>> group(
            FaultStructure trust, long seed) {
        return new TestGroup<>(
                trust.size(),
                TestGroup.Scheduler.drawn(seed, trust.size()),
                seed,
                (self, now) -> Solo.node(
                        self,
                        trust,
                        now,
                        (Port<CommonSubset.Nothing, SortedMap<Integer, byte[]>> port) -> new CommonSubset(
                                port,
                                new IdealCertifier(self),
                                new IdealCoin(seed, trust, self),
                                Digest.ZERO,
                                leadership(seed),
                                100)));
    }

    /** Every second group has no timer at all. */
    private static Leadership leadership(long seed) {
        return seed / 4 % 2 == 0 ? Leadership.ELECTED : new Leadership(0, 100_000);
    }

    private static List<SortedMap<Integer, String>> outputs(
            TestGroup<?, SortedMap<Integer, byte[]>> group, ReplicaSet replicas) {
        List<SortedMap<Integer, String>> all = new ArrayList<>();
        replicas.forEach(i -> group.outputs(i).forEach(inputs -> {
            SortedMap<Integer, String> texts = new TreeMap<>();
            inputs.forEach((sender, input) -> texts.put(sender, MultivaluedAgreementTest.text(input)));
            all.add(texts);
        }));
        return all.stream().distinct().toList();
    }

    private static boolean haveAll(TestGroup<?, ?> group, ReplicaSet replicas) {
        return replicas.toList().stream().noneMatch(i -> group.outputs(i).isEmpty());
    }

    private static void settle(TestGroup<Consumer<CommonSubset>, ?> group, ReplicaSet correct) {
        for (int round = 0; round < 100 && !haveAll(group, correct); round++) {
            group.run(
                    STEPS_MAX, () -> haveAll(group, correct) || group.flights().isEmpty());
            correct.forEach(i -> correct.without(i).forEach(peer -> group.input(i, subset -> subset.nudge(peer))));
            group.run(50, () -> false);
        }
        assertThat(haveAll(group, correct)).isTrue();
    }

    private static void assertPromises(
            TestGroup<?, SortedMap<Integer, byte[]>> group, FaultStructure trust, ReplicaSet correct) {
        assertThat(outputs(group, correct)).hasSize(1);
        SortedMap<Integer, String> subset = outputs(group, correct).getFirst();
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (int sender : subset.keySet()) {
            senders = senders.with(sender);
            if (correct.contains(sender)) {
                assertThat(subset).containsEntry(sender, "input " + sender);
            }
        }
        assertThat(trust.isQuorum(senders)).isTrue();
        correct.forEach(i -> assertThat(group.blames(i)).noneMatch(blame -> correct.contains(blame.replica())));
    }

    @Seeds(120)
    void allOutputTheSameInputsOfAQuorumThoughAFaultSetIsSilent(long seed) {
        FaultStructure trust = seed % 4 == 0 ? Structures.general(seed) : FOUR;
        List<ReplicaSet> sets = trust.maximalFaultSets();
        ReplicaSet silent = sets.get(new SplittableRandom(seed).nextInt(sets.size()));
        ReplicaSet correct = trust.all().minus(silent);
        var group = group(trust, seed);
        silent.forEach(group::crash);
        correct.forEach(i -> group.input(i, subset -> subset.propose(Forger.bytes("input " + i))));
        settle(group, correct);
        assertPromises(group, trust, correct);
    }

    /** The corrupted send each of the others another input, and vouch for what each got. */
    @Attack("equivocating leader, two-faced replica")
    @Seeds(120)
    void whoSendsEachAnotherInputIsInTheSubsetWithOneOrNotAtAll(long seed) {
        FaultStructure trust = seed % 4 == 0 ? Structures.general(seed) : FOUR;
        SplittableRandom random = new SplittableRandom(seed);
        List<ReplicaSet> sets = trust.maximalFaultSets();
        ReplicaSet liars = sets.get(random.nextInt(sets.size()));
        ReplicaSet correct = trust.all().minus(liars);
        var group = group(trust, seed);
        liars.forEach(group::crash);
        liars.forEach(liar -> correct.forEach(to -> {
            byte[] input = Forger.bytes(random.nextInt(3) == 0 ? "one" : "other");
            for (int type = 0; type < 2; type++) {
                group.inject(
                        liar,
                        to,
                        new Writer()
                                .opaque8(Forger.bytes("test0/rb" + liar))
                                .u8(type)
                                .opaque32(input)
                                .toBytes());
            }
        }));
        correct.forEach(i -> group.input(i, subset -> subset.propose(Forger.bytes("input " + i))));
        settle(group, correct);
        assertPromises(group, trust, correct);
    }

    @Seeds(60)
    void crashesAndLossesAreRepaired(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        var group = group(FOUR, seed);
        group.loss(random.nextInt(200));
        FOUR.all().forEach(i -> group.input(i, subset -> subset.propose(Forger.bytes("input " + i))));
        for (int i = 0; i < 6; i++) {
            int victim = random.nextInt(4);
            group.crashAfterRecords(victim, group.records(victim) + random.nextInt(3));
            group.run(random.nextInt(60), () -> false);
            group.crash(victim);
            group.restart(victim);
            group.input(victim, subset -> subset.propose(Forger.bytes("input " + victim)));
        }
        group.loss(0);
        settle(group, FOUR.all());
        assertPromises(group, FOUR, FOUR.all());
    }

    @Test
    void aListThatIsShortOrWrongOrNoListIsInvalid() {
        RecordingPort<CommonSubset.Nothing, SortedMap<Integer, byte[]>> port = new RecordingPort<>(0, FOUR);
        CommonSubset subset = new CommonSubset(
                port, new IdealCertifier(0), new IdealCoin(0, FOUR, 0), Digest.ZERO, Leadership.ELECTED, 100);
        assertThat(subset.judge(new byte[0])).isEqualTo(Validity.Verdict.INVALID);
        assertThat(subset.judge(list(ReplicaSet.of(0, 1)))).isEqualTo(Validity.Verdict.INVALID);
        assertThat(subset.judge(list(ReplicaSet.of(0, 1, 2, 9)))).isEqualTo(Validity.Verdict.INVALID);
        assertThat(subset.judge(list(ReplicaSet.of(0, 1, 2)))).isEqualTo(Validity.Verdict.UNKNOWN);
        assertThat(port.take()).contains("nest rb0").contains("nest rb3").contains("nest mvba");
    }

    private static byte[] list(ReplicaSet senders) {
        Writer writer = new Writer().u64(senders.bits());
        senders.forEach(sender -> writer.digest(Digest.ZERO));
        return writer.toBytes();
    }
}
