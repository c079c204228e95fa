package org.maftia.core.broadcast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/** Both broadcasts with correct senders, with senders and echoers that say different things, and through crashes. */
class BroadcastTest {
    private static final int STEPS_MAX = 100_000;
    private static final byte[] X = bytes("X");
    private static final byte[] Y = bytes("Y");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ReliableBroadcast reliable(Port<ReliableBroadcast.Message, byte[]> port, int sender) {
        return new ReliableBroadcast(port, sender, 1000);
    }

    private static Function<Port<ConsistentBroadcast.Message, byte[]>, ConsistentBroadcast> consistent(
            int self, int sender) {
        return port -> new ConsistentBroadcast(port, new IdealCertifier(self), Digest.ZERO, sender, 1000);
    }

    private static TestGroup<Consumer<ReliableBroadcast>, byte[]> reliableGroup(FaultStructure trust, long seed) {
        return new TestGroup<>(
                trust.size(),
                TestGroup.Scheduler.drawn(seed, trust.size()),
                seed,
                (self, now) -> Solo.node(self, trust, now, port -> reliable(port, 0)));
    }

    private static TestGroup<Consumer<ConsistentBroadcast>, byte[]> consistentGroup(FaultStructure trust, long seed) {
        return new TestGroup<>(
                trust.size(),
                TestGroup.Scheduler.drawn(seed, trust.size()),
                seed,
                (self, now) -> Solo.node(self, trust, now, consistent(self, 0)));
    }

    /** All deliveries of the replicas, each text once. */
    private static List<String> delivered(TestGroup<?, byte[]> group, ReplicaSet replicas) {
        List<String> all = new ArrayList<>();
        replicas.forEach(i ->
                group.outputs(i).forEach(payload -> all.add(new String(payload, StandardCharsets.UTF_8))));
        return all.stream().distinct().toList();
    }

    private static boolean everyoneDelivered(TestGroup<?, byte[]> group, ReplicaSet replicas) {
        return replicas.toList().stream().noneMatch(i -> group.outputs(i).isEmpty());
    }

    private static <M> byte[] frame(Codec<M> codec, M message) {
        Writer writer = new Writer().opaque8(bytes("test0"));
        codec.write(writer, message);
        return writer.toBytes();
    }

    private static Codec<ReliableBroadcast.Message> reliableCodec() {
        return reliable(new RecordingPort<>(0, FOUR), 0).codec();
    }

    private static Codec<ConsistentBroadcast.Message> consistentCodec() {
        return consistent(0, 0).apply(new RecordingPort<>(0, FOUR)).codec();
    }

    /** A fault set that is as large as can be, with the sender in it. */
    private static ReplicaSet corruptSenders(FaultStructure trust, SplittableRandom random) {
        List<ReplicaSet> sets =
                trust.maximalFaultSets().stream().filter(set -> set.contains(0)).toList();
        return sets.isEmpty() ? ReplicaSet.EMPTY : sets.get(random.nextInt(sets.size()));
    }

    @Seeds(50)
    void aCorrectSenderIsHeardByAllThoughOneIsSilent(long seed) {
        FaultStructure trust = seed % 10 == 0 ? Structures.grid() : FOUR;
        ReplicaSet heard = trust.all().without(2);
        var reliable = reliableGroup(trust, seed);
        reliable.crash(2);
        reliable.input(0, broadcast -> broadcast.broadcast(X));
        assertThat(reliable.run(STEPS_MAX, () -> everyoneDelivered(reliable, heard)))
                .isTrue();
        assertThat(delivered(reliable, heard)).containsExactly("X");

        var consistent = consistentGroup(trust, seed);
        consistent.crash(2);
        consistent.input(0, broadcast -> broadcast.broadcast(X));
        assertThat(consistent.run(STEPS_MAX, () -> everyoneDelivered(consistent, heard)))
                .isTrue();
        assertThat(delivered(consistent, heard)).containsExactly("X");
    }

    /** The corrupted replicas tell everyone X or Y, by chance, in every message of the protocol. */
    @Attack("equivocating leader, two-faced replica")
    @Seeds(300)
    void anEquivocatingSenderOfReliableBroadcastIsDeliveredByAllAlikeOrByNone(long seed) {
        FaultStructure trust = seed % 3 == 0 ? Structures.general(seed) : FOUR;
        SplittableRandom random = new SplittableRandom(seed);
        ReplicaSet corrupt = corruptSenders(trust, random);
        ReplicaSet correct = trust.all().minus(corrupt);
        var group = reliableGroup(trust, seed);
        corrupt.forEach(group::crash);
        Codec<ReliableBroadcast.Message> codec = reliableCodec();
        int bias = random.nextInt(101);
        for (int liar : corrupt.toList()) {
            for (int to : correct.toList()) {
                byte[] payload = random.nextInt(100) < bias ? X : Y;
                Digest digest = ReliableBroadcast.digest(payload);
                if (liar == 0) {
                    group.inject(liar, to, frame(codec, new ReliableBroadcast.Send(payload)));
                }
                if (random.nextInt(4) > 0) {
                    group.inject(liar, to, frame(codec, new ReliableBroadcast.Echo(payload)));
                }
                if (random.nextInt(4) > 0) {
                    group.inject(liar, to, frame(codec, new ReliableBroadcast.Ready(digest)));
                }
            }
        }
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        assertThat(delivered(group, correct)).hasSizeLessThanOrEqualTo(1);
        assertThat(everyoneDelivered(group, correct))
                .isEqualTo(!delivered(group, correct).isEmpty());
    }

    @Attack("equivocating leader, two-faced replica")
    @Seeds(300)
    void anEquivocatingSenderOfConsistentBroadcastIsNotDeliveredInTwoWays(long seed) {
        FaultStructure trust = seed % 3 == 0 ? Structures.general(seed) : FOUR;
        SplittableRandom random = new SplittableRandom(seed);
        ReplicaSet corrupt = corruptSenders(trust, random);
        ReplicaSet correct = trust.all().minus(corrupt);
        var group = consistentGroup(trust, seed);
        Codec<ConsistentBroadcast.Message> codec = consistentCodec();
        if (corrupt.isEmpty()) {
            return;
        }
        // Whatever it collects from those who saw X and those who saw Y, with all corrupted signatures, it closes.
        var toX = new ReplicaSet(random.nextLong()).intersection(correct);
        group.crash(0);
        for (int to : correct.toList()) {
            group.inject(0, to, frame(codec, new ConsistentBroadcast.Send(toX.contains(to) ? X : Y)));
        }
        corrupt.forEach(group::crash);
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        for (byte[] payload : List.of(X, Y)) {
            var signatures = new TreeMap<Integer, byte[]>();
            ReplicaSet signers = (payload == X ? toX : correct.minus(toX)).union(corrupt);
            Digest statement = ConsistentBroadcast.statement(Digest.ZERO, "test0", 0, payload);
            signers.forEach(i -> signatures.put(i, new IdealCertifier(i).sign(statement)));
            var closing = new ConsistentBroadcast.Final(payload, Certificate.of(signatures));
            correct.forEach(to -> group.inject(0, to, frame(codec, closing)));
        }
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        assertThat(delivered(group, correct)).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void aClosingProofIsTransferableAndNothingElseIs() {
        var group = consistentGroup(FOUR, 3);
        group.crash(3);
        group.input(0, broadcast -> broadcast.broadcast(X));
        group.run(STEPS_MAX, () -> everyoneDelivered(group, ReplicaSet.of(0, 1, 2)));
        group.restart(3);
        List<byte[]> proofs = new ArrayList<>();
        group.input(1, broadcast -> broadcast.closing().ifPresent(proofs::add));
        assertThat(proofs).hasSize(1);
        List<Boolean> results = new ArrayList<>();
        group.input(3, broadcast -> {
            results.add(broadcast.closing().isPresent());
            for (int bit = 0; bit < proofs.get(0).length * 8; bit++) {
                byte[] flipped = proofs.get(0).clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                results.add(broadcast.deliverClosing(flipped));
            }
        });
        assertThat(results).containsOnly(false);
        assertThat(group.outputs(3)).isEmpty();
        group.input(3, broadcast -> results.add(broadcast.deliverClosing(proofs.get(0))));
        assertThat(results).endsWith(true);
        assertThat(delivered(group, ReplicaSet.of(3))).containsExactly("X");
    }

    @Test
    void consistentBroadcastCostsALinearNumberOfMessages() {
        FaultStructure grid = Structures.grid();
        var group = consistentGroup(grid, 3);
        int[] count = new int[1];
        grid.all().forEach(i -> group.filter(i, outgoing -> ++count[0] > 0));
        group.input(0, broadcast -> broadcast.broadcast(X));
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        // SEND and at least one FINAL to each of the 15 others, a signature back.
        assertThat(count[0]).isBetween(45, 45 + 15 * 7);
    }

    @Seeds(60)
    void crashesAndLossesAreRepairedByNudges(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        var reliable = reliableGroup(FOUR, seed);
        reliable.loss(random.nextInt(300));
        reliable.input(0, broadcast -> broadcast.broadcast(X));
        var consistent = consistentGroup(FOUR, seed);
        consistent.loss(random.nextInt(300));
        consistent.input(0, broadcast -> broadcast.broadcast(X));
        hurt(reliable, random);
        hurt(consistent, random);
        for (int round = 0; round < 5; round++) {
            FOUR.all()
                    .forEach(i -> FOUR.all().without(i).forEach(peer -> {
                        reliable.input(i, broadcast -> broadcast.nudge(peer));
                        consistent.input(i, broadcast -> broadcast.nudge(peer));
                    }));
            reliable.run(STEPS_MAX, () -> reliable.flights().isEmpty());
            consistent.run(STEPS_MAX, () -> consistent.flights().isEmpty());
        }
        assertThat(everyoneDelivered(reliable, FOUR.all())).isTrue();
        assertThat(delivered(reliable, FOUR.all())).containsExactly("X");
        assertThat(everyoneDelivered(consistent, FOUR.all())).isTrue();
        assertThat(delivered(consistent, FOUR.all())).containsExactly("X");
        FOUR.all().forEach(i -> {
            assertThat(reliable.blames(i)).isEmpty();
            assertThat(consistent.blames(i)).isEmpty();
        });
    }

    private static <C extends Protocol<?>> void hurt(TestGroup<Consumer<C>, byte[]> group, SplittableRandom random) {
        for (int i = 0; i < 6; i++) {
            int victim = random.nextInt(4);
            group.crashAfterRecords(victim, group.records(victim) + random.nextInt(2));
            group.run(random.nextInt(15), () -> false);
            group.crash(victim);
            group.restart(victim);
        }
        group.loss(0);
    }

    @Test
    void codecsAreCanonical() {
        CodecCheck.check(
                reliableCodec(),
                List.of(
                        new ReliableBroadcast.Send(X),
                        new ReliableBroadcast.Echo(X),
                        new ReliableBroadcast.Ready(Digest.ZERO),
                        new ReliableBroadcast.Pull(Digest.ZERO)));
        var signatures = new TreeMap<Integer, byte[]>();
        signatures.put(2, X);
        CodecCheck.check(
                consistentCodec(),
                List.of(
                        new ConsistentBroadcast.Send(X),
                        new ConsistentBroadcast.Sign(Digest.ZERO, X),
                        new ConsistentBroadcast.Final(X, Certificate.of(signatures))));
    }
}
