package org.maftia.core.broadcast;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.broadcast.Channel.Delivery;
import org.maftia.core.broadcast.Channel.Ended;
import org.maftia.core.broadcast.Channel.Event;
import org.maftia.core.broadcast.Channel.Order;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.protocol.Port;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/** Sequences: in order, after their causes, once, through crashes, and whatever one sender does. */
class ChannelTest {
    private static final int STEPS_MAX = 400_000;
    private static final int LENGTH_MAX = 100;

    private static TestGroup<Consumer<Channel>, Event> group(Order order, boolean reliable, long seed) {
        return new TestGroup<>(
                4,
                TestGroup.Scheduler.drawn(seed, 4),
                seed,
                (self, now) -> Solo.node(
                        self,
                        FOUR,
                        now,
                        (Port<Channel.Message, Event> port) -> reliable
                                ? Channel.reliable(port, order, LENGTH_MAX)
                                : Channel.consistent(port, new IdealCertifier(self), Digest.ZERO, order, LENGTH_MAX)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** "sender/number text" of what a replica heard. */
    private static List<String> heard(TestGroup<?, Event> group, int replica) {
        List<String> texts = new ArrayList<>();
        for (Event event : group.outputs(replica)) {
            texts.add(
                    switch (event) {
                        case Delivery m ->
                            m.sender() + "/" + m.number() + " " + new String(m.payload(), StandardCharsets.UTF_8);
                        case Ended m -> "ended";
                    });
        }
        return texts;
    }

    private static List<String> heard(TestGroup<?, Event> group, int replica, int sender) {
        return heard(group, replica).stream()
                .filter(text -> text.startsWith(sender + "/"))
                .toList();
    }

    /** Sends if there is room; whether there was. */
    private static boolean send(TestGroup<Consumer<Channel>, Event> group, int replica, String text) {
        boolean[] sent = new boolean[1];
        group.input(replica, channel -> {
            sent[0] = channel.canSend();
            if (sent[0]) {
                channel.send(bytes(text));
            }
        });
        return sent[0];
    }

    @Seeds(24)
    void payloadsOfEachSenderComeInOrderAndOnceMoreThanAWindowOfThem(long seed) {
        boolean reliable = seed % 3 != 0;
        var group = group(seed % 2 == 0 ? Order.FIFO : Order.CAUSAL, reliable, seed);
        group.crash(3);
        int count = 3 * Channel.WINDOW;
        int[] sent = new int[3];
        for (int step = 0; step < STEPS_MAX && sent[0] + sent[1] < 2 * count; step++) {
            for (int i = 0; i < 2; i++) {
                if (sent[i] < count && send(group, i, "m" + sent[i])) {
                    sent[i]++;
                }
            }
            group.step();
        }
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        for (int i = 0; i < 3; i++) {
            for (int sender = 0; sender < 2; sender++) {
                List<String> expected = new ArrayList<>();
                for (int number = 0; number < count; number++) {
                    expected.add(sender + "/" + number + " m" + number);
                }
                assertThat(heard(group, i, sender)).isEqualTo(expected);
            }
            assertThat(group.blames(i)).isEmpty();
        }
    }

    /** Replica 0 asks, replica 1 answers what it heard. How many replicas heard an answer before its question. */
    private static int answersBeforeQuestions(Order order, long seed) {
        var group = group(order, true, seed);
        int asked = 0;
        int answered = 0;
        for (int step = 0; step < 3000; step++) {
            if (asked < 10 && send(group, 0, "q" + asked)) {
                asked++;
            }
            if (answered < heard(group, 1, 0).size()) {
                send(group, 1, "a" + answered++);
            }
            group.step();
        }
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        int wrong = 0;
        for (int i = 0; i < 4; i++) {
            List<String> all = heard(group, i);
            assertThat(all).hasSize(20);
            for (int k = 0; k < 10; k++) {
                wrong += all.indexOf("1/" + k + " a" + k) < all.indexOf("0/" + k + " q" + k) ? 1 : 0;
            }
        }
        return wrong;
    }

    @Test
    void causesComeBeforeTheirEffectsInCausalOrderAndNotAlwaysWithoutIt() {
        int without = 0;
        for (long seed = 0; seed < 24; seed++) {
            assertThat(answersBeforeQuestions(Order.CAUSAL, seed)).isZero();
            without += answersBeforeQuestions(Order.FIFO, seed);
        }
        assertThat(without).isPositive();
    }

    /** A corrupted sender claims to have delivered what nobody will ever send. */
    @Test
    void aWrongVectorBlocksItsSenderAndNobodyElse() {
        var group = group(Order.CAUSAL, true, 4);
        group.crash(3);
        byte[] content = new Writer()
                .u64(1L << 40)
                .u64(0)
                .u64(0)
                .u64(0)
                .fixed(bytes("lie"))
                .toBytes();
        var codec = new ReliableBroadcast(new RecordingPort<>(0, FOUR), 3, 200).codec();
        for (int to = 0; to < 3; to++) {
            for (ReliableBroadcast.Message message :
                    List.of(new ReliableBroadcast.Send(content), new ReliableBroadcast.Echo(content))) {
                group.inject(
                        3,
                        to,
                        new Writer()
                                .opaque8(bytes("test0/rb3"))
                                .fixed(codec.encode(message))
                                .toBytes());
            }
        }
        for (int k = 0; k < 5; k++) {
            assertThat(send(group, 0, "m" + k)).isTrue();
        }
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        for (int i = 0; i < 3; i++) {
            assertThat(heard(group, i, 3)).isEmpty();
            assertThat(heard(group, i, 0)).hasSize(5);
        }
    }

    @Seeds(40)
    void crashesAndLossesAreRepairedAndNothingIsHeardTwice(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        boolean reliable = seed % 2 == 0;
        var group = group(Order.FIFO, reliable, seed);
        group.loss(random.nextInt(200));
        int sent = 0;
        for (int i = 0; i < 12; i++) {
            sent += send(group, 0, "m" + sent) ? 1 : 0;
            int victim = 1 + random.nextInt(3);
            group.crashAfterRecords(victim, group.records(victim) + random.nextInt(4));
            group.run(random.nextInt(60), () -> false);
            group.crash(victim);
            group.restart(victim);
        }
        group.loss(0);
        for (int round = 0; round < 6; round++) {
            FOUR.all()
                    .forEach(i ->
                            FOUR.all().without(i).forEach(peer -> group.input(i, channel -> channel.nudge(peer))));
            group.run(STEPS_MAX, () -> group.flights().isEmpty());
        }
        for (int i = 0; i < 4; i++) {
            List<String> texts = heard(group, i, 0);
            // A crash between the durable record and the output loses the output: never the order, never twice.
            assertThat(texts).doesNotHaveDuplicates().isSubsetOf(heard(group, 0, 0));
            assertThat(texts.getLast()).isEqualTo("0/" + (sent - 1) + " m" + (sent - 1));
            assertThat(group.blames(i)).isEmpty();
        }
        assertThat(heard(group, 0, 0)).hasSize(sent);
    }

    @Test
    void oneReplicaAloneEndsNothing() {
        var group = group(Order.FIFO, true, 1);
        group.input(3, Channel::close);
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        assertThat(send(group, 0, "still here")).isTrue();
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        assertThat(heard(group, 1)).containsExactly("0/0 still here");
        group.input(2, Channel::close);
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        FOUR.all().forEach(i -> assertThat(heard(group, i)).endsWith("ended"));
        assertThat(send(group, 0, "too late")).isFalse();
    }

    @Test
    void reliableBroadcastKnowsNoSignature() {
        noClasses()
                .that()
                .haveNameMatching(".*\\.ReliableBroadcast(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Certifier.class, Certificate.class)
                .check(new ClassFileImporter().importPackages("org.maftia.core.broadcast"));
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void farInstancesAndForeignOnesTakeNoMemory() {
        var group = group(Order.FIFO, true, 1);
        ReplicaSet others = FOUR.all().without(3);
        for (long index : new long[] {3, 4 * 1000 + 3, 4L << 40}) {
            others.forEach(to -> group.inject(
                    3, to, new Writer().opaque8(bytes("test0/rb" + index)).u8(9).toBytes()));
            others.forEach(to -> group.inject(
                    3, to, new Writer().opaque8(bytes("test0/cb" + index)).u8(9).toBytes()));
        }
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        // Only the frame for an instance that is there was looked into.
        others.forEach(i -> assertThat(group.blames(i)).hasSize(1));
    }

    @Test
    void theCodecIsCanonical() {
        CodecCheck.check(
                Channel.reliable(new RecordingPort<>(0, FOUR), Order.FIFO, 10).codec(),
                List.of(new Channel.Close(), new Channel.Progress(3, 7)));
    }
}
