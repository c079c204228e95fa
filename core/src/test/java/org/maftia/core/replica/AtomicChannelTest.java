package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogShares;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.PageExamples;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;

/** The examples of the package's face for channels, compiled and run; and what the channel promises, through crashes. */
class AtomicChannelTest {
    private static final int STEPS_MAX = 400_000;
    private static final int INTERVAL = LineageGroup.INTERVAL;
    private static final DiscreteLogDealer.Dealing DEALING =
            DiscreteLogDealer.deal("group", "channel", FOUR.sharing(), new SeededEntropy(1));

    private final Set<Integer> amnesiac = new HashSet<>();

    /** An application that outputs what it hears. Its inputs are its own next moves. */
    private static class Talk implements Protocol.Root<Consumer<Talk>, Object> {
        final Port<Object, String> port;
        final Certifier certifier;
        final Coin coin;
        final Digest configuration = Digest.ZERO;
        final Entropy entropy;
        final boolean amnesiac;
        final AtomicChannel channel;

        Talk(Port<Object, String> port, boolean amnesiac) {
            this.port = port;
            this.certifier = new IdealCertifier(port.self());
            this.coin = new IdealCoin(0, port.trust(), port.self());
            this.entropy = new SeededEntropy(port.self());
            this.amnesiac = amnesiac;
            this.channel = made();
        }

        AtomicChannel made() {
            AtomicChannel channel = port.nest(
                    "talk",
                    7,
                    (Port<AtomicChannel.Message, AtomicChannel.Event> child) ->
                            AtomicChannel.open(child, new AtomicChannel.Keys(certifier, coin, configuration), amnesiac),
                    event -> {
                        switch (event) {
                            case AtomicChannel.Delivery m -> heard(m.sender(), m.payload());
                            case AtomicChannel.Missed m -> missed(m.payloads());
                            case AtomicChannel.Notice m -> noticed(m.text());
                            case AtomicChannel.Ended m -> ended();
                        }
                    });
            return channel;
        }

        void heard(int sender, byte[] payload) {
            port.output(sender + " " + new String(payload, StandardCharsets.UTF_8));
        }

        void missed(long payloads) {
            port.output("missed " + payloads);
        }

        void noticed(String text) {
            assertThat(text).isNotEmpty();
        }

        void ended() {
            port.output("ended");
        }

        boolean send(String text) {
            byte[] payload = text.getBytes(StandardCharsets.UTF_8);
            if (channel.canSend()) {
                channel.send(payload, entropy);
                return true;
            }
            return false;
        }

        void end() {
            channel.close(entropy);
        }

        @Override
        public void input(Consumer<Talk> move) {
            move.accept(this);
        }

        @Override
        public Codec<Object> codec() {
            return Codec.ofNothing();
        }

        @Override
        public void receive(int from, Object message) {}
    }

    private static final class Bids extends Talk {
        Bids(Port<Object, String> port, boolean amnesiac) {
            super(port, amnesiac);
        }

        @Override
        AtomicChannel made() {
            Tdh2Cipher cipher = new Tdh2Cipher(DEALING.key());
            DiscreteLogShares shares = DEALING.sharesOf(port.self());
            AtomicChannel sealed = port.nest(
                    "bids",
                    7,
                    (Port<AtomicChannel.Message, AtomicChannel.Event> child) -> AtomicChannel.confidential(
                            child,
                            new AtomicChannel.Keys(certifier, coin, configuration),
                            cipher.holder(shares),
                            amnesiac),
                    event -> bid(event));
            return sealed;
        }

        private void bid(AtomicChannel.Event event) {
            if (event instanceof AtomicChannel.Delivery m) {
                heard(m.sender(), m.payload());
            }
        }

        @Override
        boolean send(String text) {
            byte[] bid = text.getBytes(StandardCharsets.UTF_8);
            AtomicChannel sealed = channel;
            sealed.send(bid, entropy);
            return true;
        }
    }

    private Automaton<Consumer<Talk>, String> talk(int self, long now) {
        return new Node<Consumer<Talk>, String>(
                self,
                FOUR,
                LineageGroup.limits(),
                now,
                (Port<Object, String> port) -> new Talk(port, amnesiac.contains(self)));
    }

    private TestGroup<Consumer<Talk>, String> group(long seed) {
        return new TestGroup<>(4, TestGroup.Scheduler.drawn(seed, 4), seed, this::talk);
    }

    private static void nudgeAll(TestGroup<Consumer<Talk>, String> group, int replica) {
        for (int i = 0; i < 4; i++) {
            int peer = i;
            if (peer != replica) {
                group.input(peer, talk -> talk.channel.nudge(replica));
                group.input(replica, talk -> talk.channel.nudge(peer));
            }
        }
    }

    /** Lets the replicas send so many payloads each, in turn as there is room. */
    private static void sendAll(TestGroup<Consumer<Talk>, String> group, List<Integer> senders, int first, int count) {
        int[] sent = new int[4];
        for (int step = 0; step < STEPS_MAX; step++) {
            boolean done = true;
            for (int sender : senders) {
                if (sent[sender] < count) {
                    done = false;
                    group.input(sender, talk -> sent[sender] += talk.send("m" + (first + sent[sender])) ? 1 : 0);
                }
            }
            if (done) {
                return;
            }
            group.step();
        }
    }

    private static List<String> of(List<String> heard, int sender) {
        return heard.stream().filter(line -> line.startsWith(sender + " ")).toList();
    }

    private static List<String> numbered(int sender, int count) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lines.add(sender + " m" + i);
        }
        return lines;
    }

    @Seeds(6)
    void allHearOneSequenceWithThePayloadsOfEachSenderInTheirOrder(long seed) {
        var group = group(seed);
        sendAll(group, List.of(0, 1, 2, 3), 0, 30);
        assertThat(group.run(
                        STEPS_MAX,
                        () -> FOUR.all().toList().stream().allMatch(i -> accountedFor(group.outputs(i)) == 120)))
                .isTrue();
        List<String> sequence = FOUR.all().toList().stream()
                .map(group::outputs)
                .filter(heard -> heard.size() == 120)
                .findFirst()
                .orElseThrow();
        for (int i = 0; i < 4; i++) {
            assertThat(isSequenceWithAGap(group.outputs(i), sequence)).isTrue();
            assertThat(of(sequence, i)).isEqualTo(numbered(i, 30));
            assertThat(group.blames(i)).isEmpty();
        }
    }

    private static int missedBy(String line) {
        return line.startsWith("missed ") ? Integer.parseInt(line.substring("missed ".length())) : 0;
    }

    /** Payloads that a member heard, or was told that it missed. */
    private static int accountedFor(List<String> heard) {
        return heard.stream().mapToInt(line -> Math.max(1, missedBy(line))).sum();
    }

    /** Who falls behind the others by more than they keep takes the state over, and is told how much it missed. */
    private static boolean isSequenceWithAGap(List<String> heard, List<String> sequence) {
        int at = 0;
        for (String line : heard) {
            int missed = missedBy(line);
            if (missed == 0 && !line.equals(sequence.get(at))) {
                return false;
            }
            at += Math.max(1, missed);
        }
        return at == sequence.size();
    }

    /** What was sent before the crash comes out, nothing comes out twice, and the numbers go on. */
    @Seeds(6)
    void eachPayloadIsHeardOnceThroughCrashesOfItsSender(long seed) {
        var group = new TestGroup<>(4, TestGroup.Scheduler.UNIFORM, seed, this::talk);
        sendAll(group, List.of(1), 0, 10);
        group.run((int) (seed * 40), () -> false);
        group.crash(1);
        group.run(200, () -> false);
        group.restart(1);
        nudgeAll(group, 1);
        sendAll(group, List.of(1), 10, 10);
        assertThat(group.run(
                        STEPS_MAX,
                        () -> FOUR.all().toList().stream()
                                .allMatch(i -> group.outputs(i).size() == 20)))
                .isTrue();
        for (int i = 0; i < 4; i++) {
            assertThat(group.outputs(i)).isEqualTo(numbered(1, 20));
        }
    }

    @Test
    void whoWasLeftBehindIsToldHowMuchItMissedAndGoesOnInTheSameOrder() {
        var group = new TestGroup<>(4, TestGroup.Scheduler.UNIFORM, 3, this::talk);
        sendAll(group, List.of(0), 0, 5);
        assertThat(group.run(STEPS_MAX, () -> group.outputs(3).size() == 5)).isTrue();
        group.crash(3);
        sendAll(group, List.of(0, 1), 5, 200);
        assertThat(group.run(STEPS_MAX, () -> group.outputs(1).size() == 405)).isTrue();
        group.restart(3);
        nudgeAll(group, 3);
        sendAll(group, List.of(2), 0, 40);
        List<String> whole = group.outputs(1);
        List<String> late = group.outputs(3);
        assertThat(group.run(
                        STEPS_MAX, () -> whole.size() == 445 && late.getLast().equals(whole.getLast())))
                .isTrue();
        int place = 0;
        for (String line : late) {
            if (line.startsWith("missed ")) {
                place += Integer.parseInt(line.substring("missed ".length()));
            } else {
                assertThat(line).isEqualTo(whole.get(place++));
            }
        }
        assertThat(place).isEqualTo(whole.size());
        assertThat(late).hasSizeLessThan(whole.size());
    }

    @Test
    void whoLostItsMemoryTakesPartAgainAndIsHeard() {
        var group = new TestGroup<>(4, TestGroup.Scheduler.UNIFORM, 5, this::talk);
        sendAll(group, List.of(0, 3), 0, 20);
        assertThat(group.run(STEPS_MAX, () -> group.outputs(0).size() == 40)).isTrue();
        group.crash(3);
        group.journal(3).clear();
        amnesiac.add(3);
        group.restart(3);
        nudgeAll(group, 3);
        assertThat(group.run(STEPS_MAX, () -> group.outputs(3).size() > 40)).isTrue();
        group.input(3, talk -> talk.send("again"));
        assertThat(group.run(STEPS_MAX, () -> group.outputs(0).contains("3 again")))
                .isTrue();
        assertThat(of(group.outputs(0), 3)).hasSize(21);
    }

    @Test
    void theChannelEndsForAllAtOnePlaceOfTheSequence() {
        var group = new TestGroup<>(4, TestGroup.Scheduler.UNIFORM, 7, this::talk);
        for (int i = 0; i < 4; i++) {
            int self = i;
            group.input(i, talk -> talk.send("last words of " + self));
        }
        group.input(0, Talk::end);
        group.run(20_000, () -> false);
        assertThat(group.outputs(0)).doesNotContain("ended");
        group.input(2, Talk::end);
        sendAll(group, List.of(1), 0, 3);
        assertThat(group.run(
                        STEPS_MAX,
                        () -> FOUR.all().toList().stream()
                                .allMatch(i -> group.outputs(i).contains("ended"))))
                .isTrue();
        for (int i = 0; i < 4; i++) {
            assertThat(group.outputs(i)).isEqualTo(group.outputs(0)).endsWith("ended");
        }
        group.crash(1);
        group.restart(1);
        boolean[] canSend = {true};
        assertThat(group.run(STEPS_MAX, () -> {
                    group.input(1, talk -> canSend[0] = talk.channel.canSend());
                    return !canSend[0];
                }))
                .as("whoever comes back learns that the channel has ended")
                .isTrue();
    }

    /** A liar with its own key: it takes another's name, and sends its own payloads in no order. */
    @Attack("leader forges, alters, replays requests")
    @Test
    void nobodySpeaksInThePlaceOfAnother() {
        var group = new TestGroup<>(4, TestGroup.Scheduler.UNIFORM, 9, this::talk);
        group.input(0, talk -> talk.send("mine"));
        List<byte[]> carried = new ArrayList<>();
        group.flights().stream()
                .filter(flight -> flight.from() == 0
                        && flight.to() == 1
                        && new Reader(flight.frame()).opaque8(255).length == "talk7".length())
                .forEach(flight -> carried.add(flight.frame()));
        assertThat(carried).hasSize(1);
        group.inject(3, 1, carried.getFirst());
        assertThat(group.run(
                        STEPS_MAX,
                        () -> FOUR.all().toList().stream()
                                .allMatch(i -> group.outputs(i).size() == 1)))
                .isTrue();
        group.run(20_000, () -> group.flights().isEmpty());
        assertThat(group.blames(1)).extracting(Ready.Blame::replica).containsExactly(3);
        assertThat(group.outputs(1)).containsExactly("0 mine");
    }

    /** What travels does not show the payload; it comes out in one order at all. */
    @Test
    void aConfidentialPayloadIsReadByNobodyBeforeItHasItsPlace() {
        List<byte[]> frames = new ArrayList<>();
        TestGroup<Consumer<Talk>, String> group = new TestGroup<>(
                4,
                TestGroup.Scheduler.UNIFORM,
                11,
                (self, now) -> new Node<Consumer<Talk>, String>(
                        self, FOUR, LineageGroup.limits(), now, (Port<Object, String> port) -> new Bids(port, false)));
        for (int i = 0; i < 4; i++) {
            group.filter(i, outgoing -> frames.add(outgoing.frame()));
        }
        for (int round = 0; round < 3; round++) {
            int number = round;
            group.input(0, talk -> talk.send("I bid 1000, " + number));
            group.input(1, talk -> talk.send("I bid 2000, " + number));
        }
        assertThat(group.run(
                        STEPS_MAX,
                        () -> FOUR.all().toList().stream()
                                .allMatch(i -> group.outputs(i).size() == 6)))
                .isTrue();
        for (int i = 0; i < 4; i++) {
            assertThat(group.outputs(i)).isEqualTo(group.outputs(0));
            assertThat(group.blames(i)).isEmpty();
        }
        assertThat(of(group.outputs(0), 1)).containsExactly("1 I bid 2000, 0", "1 I bid 2000, 1", "1 I bid 2000, 2");
        assertThat(frames).noneMatch(frame -> new String(frame, StandardCharsets.ISO_8859_1).contains("I bid"));
    }

    @Test
    void everyStatementOfThePackagePageStandsHere() throws IOException {
        assertThat(PageExamples.missing(
                        "core", "org/maftia/core/replica", "org/maftia/core/replica/AtomicChannelTest.java"))
                .isEmpty();
    }
}
