package org.maftia.server.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.broadcast.Channel;
import org.maftia.core.testing.Attack;
import org.maftia.server.testing.Eventually;

/** Four members on loopback, over TLS and journals on disk; one of them may lie. */
class BlockingChannelTest {
    private static final int LENGTH_MAX = 1000;

    @TempDir
    private Path directory;

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Received received) {
        return switch (received) {
            case Received.Payload payload ->
                payload.sender() + " " + new String(payload.payload(), StandardCharsets.UTF_8);
            case Received.Missed missed -> "missed " + missed.payloads();
            case Received.Ended end -> "ended";
        };
    }

    /** Sends so many payloads, receives until it has all of the correct members, then asks for the end with the others. */
    private static List<String> talk(BlockingChannel channel, int count, CyclicBarrier allHeard) throws Exception {
        for (int i = 0; i < count; i++) {
            assertThat(channel.send(text("m" + i))).isTrue();
        }
        List<String> heard = new ArrayList<>();
        for (int honest = 0; honest < 3 * count; ) {
            Received next = channel.receive();
            heard.add(text(next));
            honest += next instanceof Received.Payload payload && payload.sender() != 3 ? 1 : 0;
        }
        allHeard.await(300, TimeUnit.SECONDS);
        channel.endWait();
        for (Received next = channel.receive(); !(next instanceof Received.Ended); next = channel.receive()) {
            heard.add(text(next));
        }
        assertThat(channel.send(text("too late"))).isFalse();
        assertThat(channel.receive()).isInstanceOf(Received.Ended.class);
        return heard;
    }

    /** Runs what each member does in a thread of its own; gives the results of the correct ones. */
    private static <T> List<T> inParallel(List<Callable<T>> members) throws Exception {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory())) {
            List<Future<T>> futures = members.stream().map(threads::submit).toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(300, TimeUnit.SECONDS));
            }
            threads.shutdownNow();
            return results;
        }
    }

    private static List<String> of(List<String> heard, int sender) {
        return heard.stream().filter(line -> line.startsWith(sender + " ")).toList();
    }

    private static void assertOnlyTheLiarIsBlamed(LocalMembers members) {
        assertThat(members.blames).allMatch(blame -> blame.startsWith("3 ") || blame.contains(" blames 3: "));
    }

    /** What three members say, through a channel in which the fourth tells each half something else. */
    private List<List<String>> withALiar(BlockingChannel liar, List<BlockingChannel> correct) throws Exception {
        try (liar) {
            for (int i = 0; i < 5; i++) {
                liar.send(text("lie" + i));
            }
            CyclicBarrier allHeard = new CyclicBarrier(correct.size());
            List<Callable<List<String>>> talks = new ArrayList<>();
            for (BlockingChannel channel : correct) {
                talks.add(() -> talk(channel, 40, allHeard));
            }
            return inParallel(talks);
        } finally {
            for (BlockingChannel channel : correct) {
                channel.close();
            }
        }
    }

    /** By number: what a correct member heard of the liar agrees with what the others heard, as far as they did. */
    private static void assertNoTwoHeardTheLiarDifferently(List<List<String>> heard) {
        TreeMap<Integer, String> known = new TreeMap<>();
        for (List<String> member : heard) {
            List<String> lies = of(member, 3);
            for (int i = 0; i < lies.size(); i++) {
                String before = known.putIfAbsent(i, lies.get(i));
                assertThat(lies.get(i)).isEqualTo(before == null ? lies.get(i) : before);
            }
        }
    }

    private static void assertAllHeardInOrder(List<List<String>> heard) {
        for (List<String> member : heard) {
            for (int sender = 0; sender < 3; sender++) {
                int of = sender;
                assertThat(of(member, sender))
                        .isEqualTo(Stream.iterate(0, i -> i + 1)
                                .limit(40)
                                .map(i -> of + " m" + i)
                                .toList());
            }
        }
    }

    @Attack("equivocating leader, two-faced replica")
    @Test
    void aReliableChannelCarriesThreeMembersWhileTheFourthEquivocates() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        List<BlockingChannel> correct = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            correct.add(BlockingChannel.reliable(members.setup("chat", i), Channel.Order.CAUSAL, LENGTH_MAX));
        }
        BlockingChannel liar = BlockingChannel.of(
                members.setup("chat", 3), LocalMembers.equivocating(3), Channel.Order.CAUSAL, LENGTH_MAX, false);
        List<List<String>> heard = withALiar(liar, correct);
        assertAllHeardInOrder(heard);
        assertNoTwoHeardTheLiarDifferently(heard);
        assertOnlyTheLiarIsBlamed(members);
    }

    @Attack("equivocating leader, two-faced replica")
    @Test
    void aConsistentChannelCarriesThreeMembersWhileTheFourthForges() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        List<BlockingChannel> correct = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            correct.add(BlockingChannel.consistent(members.setup("notes", i), Channel.Order.FIFO, LENGTH_MAX));
        }
        BlockingChannel liar = BlockingChannel.of(
                members.setup("notes", 3), LocalMembers.forging(3), Channel.Order.FIFO, LENGTH_MAX, true);
        List<List<String>> heard = withALiar(liar, correct);
        assertAllHeardInOrder(heard);
        assertNoTwoHeardTheLiarDifferently(heard);
        assertOnlyTheLiarIsBlamed(members);
    }

    @Attack("equivocating leader, two-faced replica")
    @Test
    void anAtomicChannelGivesThreeMembersOneSequenceWhileTheFourthEquivocates() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        List<BlockingChannel> correct = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            correct.add(BlockingChannel.atomic(members.setup("talk", i)));
        }
        BlockingChannel liar = BlockingChannel.atomic(members.setup("talk", 3), LocalMembers.equivocating(3));
        List<List<String>> heard = withALiar(liar, correct);
        assertAllHeardInOrder(heard);
        assertThat(heard.get(1)).isEqualTo(heard.get(0));
        assertThat(heard.get(2)).isEqualTo(heard.get(0));
        assertOnlyTheLiarIsBlamed(members);
    }

    @Test
    void aConfidentialChannelGivesThreeMembersOneSequenceWhileTheFourthForges() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        List<BlockingChannel> correct = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            correct.add(BlockingChannel.confidential(members.setup("bids", i), members.holder(i)));
        }
        BlockingChannel liar =
                BlockingChannel.confidential(members.setup("bids", 3), members.holder(3), LocalMembers.forging(3));
        List<List<String>> heard = withALiar(liar, correct);
        assertAllHeardInOrder(heard);
        assertThat(heard.get(1)).isEqualTo(heard.get(0));
        assertThat(heard.get(2)).isEqualTo(heard.get(0));
        assertOnlyTheLiarIsBlamed(members);
    }

    /** With its journal it contradicts nothing, hears nothing twice, and its numbers go on. */
    @Test
    void aMemberThatLeavesComesBackWithItsJournal() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        List<BlockingChannel> channels = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            channels.add(BlockingChannel.atomic(members.setup("talk", i)));
        }
        for (int i = 0; i < 10; i++) {
            assertThat(channels.get(1).send(text("m" + i))).isTrue();
        }
        List<String> before = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            before.add(text(channels.get(1).receive()));
        }
        channels.get(1).close();
        for (int i = 0; i < 5; i++) {
            assertThat(channels.get(2).send(text("meanwhile " + i))).isTrue();
        }
        try (BlockingChannel again = BlockingChannel.atomic(members.setup("talk", 1))) {
            assertThat(again.send(text("m10"))).isTrue();
            for (int i = 0; i < 6; i++) {
                before.add(text(again.receive()));
            }
            assertThat(of(before, 1)).hasSize(11).endsWith("1 m10");
            assertThat(of(before, 2)).hasSize(5);
            List<String> other = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                other.add(text(channels.get(3).receive()));
            }
            assertThat(before).isEqualTo(other);
        }
        for (int i : new int[] {0, 2, 3}) {
            channels.get(i).close();
        }
        assertThat(members.blames).isEmpty();
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void whoForgotWhatItSaidIsRefusedWhereItCouldContradictItself() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        BlockingChannel.reliable(members.setup("chat", 0), Channel.Order.FIFO, LENGTH_MAX)
                .close();
        Path journal = members.memory("chat", 0).resolve("journal");
        try (Stream<Path> files = Files.list(journal)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        assertThatThrownBy(() -> BlockingChannel.reliable(members.setup("chat", 0), Channel.Order.FIFO, LENGTH_MAX))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("forgotten what it said in chat0");
    }

    /** Members that were started as different kinds of channel do not understand each other, and say so. */
    @Test
    void membersOfDifferentKindsOfChannelDoNotTalk() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        try (BlockingChannel one = BlockingChannel.reliable(members.setup("chat", 0), Channel.Order.FIFO, LENGTH_MAX);
                BlockingChannel two =
                        BlockingChannel.reliable(members.setup("chat", 1), Channel.Order.NONE, LENGTH_MAX)) {
            Eventually.until("it is said", () -> members.blames.contains("0 blames 1: runs another configuration"));
            assertThat(one.canReceive()).isFalse();
            assertThat(two.canReceive()).isFalse();
        }
    }

    @Test
    void aStoppedMemberSaysSoAndAPayloadThatIsTooLongIsRefused() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        BlockingChannel alone = BlockingChannel.reliable(members.setup("chat", 0), Channel.Order.FIFO, LENGTH_MAX);
        assertThatThrownBy(() -> alone.send(new byte[LENGTH_MAX + 1])).isInstanceOf(IllegalArgumentException.class);
        alone.close();
        assertThatThrownBy(alone::receive).isInstanceOf(IOException.class).hasMessageContaining("stopped");
        assertThatThrownBy(() -> alone.send(text("x"))).isInstanceOf(IOException.class);
        assertThatThrownBy(alone::endWait).isInstanceOf(IOException.class);
    }

    /** Without the others nothing is delivered, so a window's worth goes out and the next one waits. */
    @Test
    void sendWaitsForRoom() throws Exception {
        LocalMembers members = new LocalMembers(directory);
        try (BlockingChannel alone =
                BlockingChannel.reliable(members.setup("chat", 0), Channel.Order.FIFO, LENGTH_MAX)) {
            for (int i = 0; i < Channel.WINDOW; i++) {
                assertThat(alone.send(text("m" + i))).isTrue();
            }
            Thread sender = Thread.ofPlatform().daemon().start(() -> {
                try {
                    alone.send(text("one too many"));
                } catch (IOException | InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            Eventually.until("it waits", () -> sender.getState() == Thread.State.WAITING);
            List<BlockingChannel> others = new ArrayList<>();
            for (int i = 1; i < 4; i++) {
                others.add(BlockingChannel.reliable(members.setup("chat", i), Channel.Order.FIFO, LENGTH_MAX));
            }
            sender.join(60_000);
            assertThat(sender.isAlive()).isFalse();
            for (int i = 0; i < Channel.WINDOW; i++) {
                assertThat(text(others.getFirst().receive())).isEqualTo("0 m" + i);
            }
            assertThat(text(others.getFirst().receive())).isEqualTo("0 one too many");
            for (BlockingChannel other : others) {
                other.close();
            }
        }
    }

    @Attack("client flood")
    @Test
    void whatNobodyReceivesIsBoundedAndItsNumberIsTold() throws Exception {
        Inbox inbox = new Inbox();
        byte[] megabyte = new byte[1 << 20];
        for (int i = 0; i < 20; i++) {
            inbox.put(new Received.Payload(0, i, megabyte));
        }
        inbox.put(new Received.Missed(3));
        for (int i = 0; i < 16; i++) {
            assertThat(inbox.take())
                    .isInstanceOfSatisfying(
                            Received.Payload.class, p -> assertThat(p.sender()).isZero());
        }
        inbox.put(new Received.Payload(1, 0, megabyte));
        inbox.put(new Received.Ended());
        assertThat(inbox.take()).isEqualTo(new Received.Missed(7));
        assertThat(inbox.take())
                .isInstanceOfSatisfying(
                        Received.Payload.class, p -> assertThat(p.sender()).isOne());
        assertThat(inbox.take()).isInstanceOf(Received.Ended.class);
        assertThat(inbox.take()).isInstanceOf(Received.Ended.class);
    }
}
