package org.maftia.server.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.server.journal.Position;
import org.maftia.server.testing.Certificates;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.LocalGroup;

/** Links over real TLS on loopback, each end with a loop of its own. */
class LinksTest {
    private static final int FRAME_LENGTH_MAX = 1 << 20;
    private static final byte[] NOTHING = {};

    private final List<TlsIdentity> identities =
            List.of(Certificates.identity("r1"), Certificates.identity("r2"), Certificates.identity("r3"));
    private final List<Links.Peer> peers = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final ExecutorService handshakes = Executors.newCachedThreadPool();

    /** One end: its loop, its links and what they brought. */
    private final class End implements Links.Listener, AutoCloseable {
        private final EventLoop loop = new EventLoop(0);
        private final Links links;
        private final Thread thread;
        private final List<byte[]> received = new CopyOnWriteArrayList<>();
        private final List<String> log = new CopyOnWriteArrayList<>();

        End(int self, TlsIdentity identity, Digest configuration, long resendBytesMax, long life) throws IOException {
            Links.Settings settings = new Links.Settings(
                    self,
                    Links.bySeat(peers),
                    identity,
                    configuration,
                    FRAME_LENGTH_MAX,
                    resendBytesMax,
                    life,
                    Position.NONE);
            links = new Links(loop, settings, handshakes, this);
            links.start(peers.get(self).address());
            thread = Thread.ofPlatform()
                    .start(() -> loop.run(() -> {
                        links.flush();
                        return Long.MAX_VALUE;
                    }));
            ends.add(this);
        }

        void send(int peer, byte[] frame) {
            loop.post(() -> links.send(peer, frame));
        }

        <T> T ask(java.util.function.Function<Links, T> question) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            loop.post(() -> answer.complete(question.apply(links)));
            return answer.orTimeout(300, TimeUnit.SECONDS).join();
        }

        @Override
        public void received(int peer, byte[] frame) {
            received.add(frame);
        }

        @Override
        public void connected(int peer) {
            log.add("connected " + peer);
        }

        @Override
        public void remembered(int peer, Position mine) {
            log.add("remembered " + peer + " " + mine);
        }

        @Override
        public void disconnected(int peer, String reason) {
            log.add("disconnected " + peer);
        }

        @Override
        public void violated(int peer, String rule) {
            log.add("violated " + peer + " " + rule);
        }

        @Override
        public void refused(String address, String reason) {
            log.add("refused");
        }

        boolean has(String entry) {
            return log.stream().anyMatch(line -> line.startsWith(entry));
        }

        @Override
        public void close() throws IOException {
            loop.post(() -> {
                try {
                    links.close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            loop.stop();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            loop.close();
            ends.remove(this);
        }
    }

    @BeforeEach
    void drawPorts() throws IOException {
        for (TlsIdentity identity : identities) {
            peers.add(new Links.Peer(LocalGroup.freeAddress(), identity.certificate()));
        }
    }

    @AfterEach
    void closeAll() throws IOException {
        for (End end : List.copyOf(ends)) {
            end.close();
        }
        handshakes.shutdownNow();
    }

    private End end(int self) throws IOException {
        return new End(self, identities.get(self), Digest.ZERO, 64 << 20, 1);
    }

    private static byte[] frame(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private static List<Integer> numbers(List<byte[]> frames) {
        return frames.stream().map(bytes -> ByteBuffer.wrap(bytes).getInt()).toList();
    }

    private static List<Integer> upTo(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void framesQueuedBeforeThePeerStartsArriveInOrder() throws IOException {
        End high = end(1);
        for (int i = 0; i < 100; i++) {
            high.send(0, frame(i));
        }
        End low = end(0);
        Eventually.until("all arrived", () -> low.received.size() >= 100);
        assertThat(numbers(low.received)).isEqualTo(upTo(100));
    }

    private static void members(End end, SortedMap<Integer, Links.Peer> present) {
        end.ask(links -> {
            links.members(present);
            return true;
        });
    }

    @Test
    void whoIsNoMemberAnyMoreIsRefusedUntilItIsOneAgain() throws IOException {
        SortedMap<Integer, Links.Peer> all = Links.bySeat(peers);
        End first = end(0);
        End second = end(1);
        End third = end(2);
        Eventually.until("all are linked", () -> first.has("connected 2") && second.has("connected 2"));

        members(first, all.headMap(2));
        Eventually.until("the link is down", () -> first.has("disconnected 2"));
        Eventually.until("who left is refused", () -> first.has("refused"));
        first.send(2, frame(7)); // for nobody
        first.send(1, frame(1));
        Eventually.until("the others go on", () -> second.received.size() == 1);
        int linked = first.ask(links -> links.status().size());
        assertThat(linked).isEqualTo(1);

        members(first, all);
        Eventually.until(
                "it is linked again",
                () -> first.log.stream().filter("connected 2"::equals).count() == 2);
        first.send(2, frame(2));
        Eventually.until("frames flow", () -> numbers(third.received).equals(List.of(2)));
    }

    @Test
    void everyFrameArrivesOnceInOrderHoweverOftenTheConnectionIsKilled() throws IOException {
        End low = end(0);
        End high = end(1);
        int count = 3000;
        for (int i = 0; i < count; i++) {
            low.send(1, frame(i));
            high.send(0, frame(i));
            if (i % 300 == 150) {
                End killer = i % 600 == 150 ? low : high;
                int peer = killer == low ? 1 : 0;
                int seen = i;
                Eventually.until("some arrived", () -> low.received.size() > seen - 100);
                killer.ask(links -> {
                    links.disconnect(peer);
                    return true;
                });
            }
        }
        Eventually.until("all arrived", () -> low.received.size() >= count && high.received.size() >= count);
        assertThat(numbers(low.received)).isEqualTo(upTo(count));
        assertThat(numbers(high.received)).isEqualTo(upTo(count));
        assertThat(low.log.stream().filter("connected 1"::equals).count()).isGreaterThan(3);
    }

    @Test
    void largeFramesPassBothWaysAtTheSameTime() throws IOException {
        End low = end(0);
        End high = end(1);
        byte[] large = new byte[FRAME_LENGTH_MAX];
        Arrays.fill(large, (byte) 7);
        for (int i = 0; i < 20; i++) {
            low.send(1, large);
            high.send(0, large);
        }
        Eventually.until("all arrived", () -> low.received.size() == 20 && high.received.size() == 20);
        assertThat(low.received).allMatch(bytes -> Arrays.equals(bytes, large));
    }

    @Test
    void framesForAPeerThatRestartsAreSentToItsNewLife() throws IOException {
        End low = end(0);
        End high = end(1);
        high.send(0, frame(0));
        Eventually.until("it arrived", () -> low.received.size() == 1);
        low.close();
        high.send(0, frame(1));
        End reborn = new End(0, identities.get(0), Digest.ZERO, 64 << 20, 2);
        Eventually.until("it arrived", () -> numbers(reborn.received).contains(1));
        reborn.send(1, frame(5));
        Eventually.until("and back", () -> numbers(high.received).contains(5));
    }

    @Test
    void aPeerAwayForTooLongLosesTheOldestFramesAndHearsTheNewest() throws IOException {
        End high = new End(1, identities.get(1), Digest.ZERO, 10_000, 1);
        for (int i = 0; i < 1000; i++) {
            high.send(0, frame(i));
        }
        assertThat(high.ask(Links::status).getFirst().keptBytes()).isLessThanOrEqualTo(10_000);
        End low = end(0);
        Eventually.until("the newest arrived", () -> numbers(low.received).contains(999));
        int first = numbers(low.received).getFirst();
        assertThat(first).isGreaterThan(0);
        assertThat(numbers(low.received))
                .isEqualTo(IntStream.range(first, 1000).boxed().toList());
    }

    /** Also what came on earlier connections and in earlier lives, and not what it says of itself when it comes back. */
    @Attack("crash, amnesia, disk loss or rollback")
    @Test
    void aPeerThatComesBackIsToldHowFarItsMemoryHadCome() throws IOException {
        End low = end(0);
        End high = end(1);
        Eventually.until("connected", () -> low.has("connected 1") && high.has("connected 0"));
        assertThat(high.has("remembered 0 " + Position.NONE)).isTrue();
        Position first = new Position(7, 1, 100);
        Position second = new Position(7, 2, 30);
        high.loop.post(() -> high.links.mark(first));
        high.send(0, new byte[] {1});
        Eventually.until("arrived", () -> low.received.size() == 1);
        high.loop.post(() -> high.links.mark(second));
        high.send(0, new byte[] {2});
        Eventually.until("arrived", () -> low.received.size() == 2);
        high.close();
        End again = new End(1, identities.get(1), Digest.ZERO, 1 << 20, 99);
        Eventually.until("told", () -> again.has("remembered 0 " + second));
        Digest pin = TlsIdentity.pin(identities.get(1).certificate());
        SortedMap<Digest, Position> heard = low.ask(Links::remembered);
        assertThat(heard).containsEntry(pin, second);
        low.close();
        End later = new End(0, identities.get(0), Digest.ZERO, 1 << 20, 100);
        heard.put(pin, new Position(7, 3, 1));
        later.loop.post(() -> {
            later.links.recall(heard);
            later.links.disconnect(1);
        });
        Eventually.until("told of an earlier life", () -> again.has("remembered 0 " + new Position(7, 3, 1)));
    }

    @Test
    void aStrangerIsRefusedAndCounted() throws IOException {
        End low = end(0);
        End stranger = new End(1, Certificates.identity("r2"), Digest.ZERO, 1 << 20, 1);
        Eventually.until("it was refused", () -> low.ask(Links::refusals) > 0);
        assertThat(low.has("connected")).isFalse();
        assertThat(stranger.has("connected")).isFalse();
        assertThat(low.received).isEmpty();
    }

    @Test
    void aDiallerDoesNotSpeakToAnotherReplicaInThePeersPlace() throws IOException {
        // The certificate is a replica's, but not that of the replica which should answer at this address.
        peers.set(0, new Links.Peer(peers.get(2).address(), identities.get(0).certificate()));
        End high = end(1);
        End wrong = end(2);
        high.send(0, frame(1));
        Eventually.until("the right pair is up", () -> high.has("connected 2"));
        assertThat(high.has("connected 0")).isFalse();
        assertThat(wrong.received).isEmpty();
    }

    @Test
    void anotherConfigurationIsRefused() throws IOException {
        End low = end(0);
        End high = new End(1, identities.get(1), new Digest(1, 2, 3, 4), 1 << 20, 1);
        Eventually.until(
                "both said so", () -> low.has("violated 1 runs another") || high.has("violated 0 runs another"));
        assertThat(low.has("connected")).isFalse();
    }

    /** Connects as replica 2, and does what it likes. */
    private FrameChannel corrupt(EventLoop loop, CompletableFuture<String> end, Consumer<FrameChannel> action)
            throws IOException {
        FrameChannel.Settings settings = new FrameChannel.Settings(
                loop, identities.get(1).ends(pin -> true), handshakes, 8 << 20, 64 << 20, 10_000_000);
        FrameChannel[] made = new FrameChannel[1];
        made[0] = FrameChannel.dial(settings, peers.get(0).address(), new FrameChannel.Listener() {
            @Override
            public void opened(X509Certificate peer) {
                action.accept(made[0]);
                made[0].flush();
            }

            @Override
            public void received(byte[] frame) {}

            @Override
            public void closed(String reason) {
                end.complete(reason);
            }
        });
        return made[0];
    }

    private void expectClosedAfter(Consumer<FrameChannel> action) throws IOException {
        try (EventLoop loop = new EventLoop(0)) {
            CompletableFuture<String> end = new CompletableFuture<>();
            corrupt(loop, end, action);
            Thread thread = Thread.ofPlatform().start(() -> loop.run(() -> Long.MAX_VALUE));
            assertThat(end.orTimeout(300, TimeUnit.SECONDS).join()).isNotEmpty();
            loop.stop();
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] hello() {
        return new LinkMessage.Hello(Digest.ZERO, 1, 0, 0, Position.NONE, Position.NONE).encode();
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Test
    void aFrameLongerThanTheBoundEndsTheConnection() throws IOException {
        End low = end(0);
        expectClosedAfter(channel -> {
            channel.put(hello(), NOTHING);
            channel.put(LinkMessage.Data.head(1), new byte[FRAME_LENGTH_MAX + 1]);
        });
        assertThat(low.received).isEmpty();
        End honest = end(2);
        honest.send(0, frame(1));
        Eventually.until("others go on", () -> low.received.size() == 1);
    }

    @Test
    void whoBreaksTheRulesOfTheLinkIsNamed() throws IOException {
        End low = end(0);
        expectClosedAfter(channel -> channel.put(new byte[] {77}, NOTHING));
        expectClosedAfter(channel -> channel.put(LinkMessage.Data.head(1), new byte[3]));
        expectClosedAfter(channel -> {
            channel.put(hello(), NOTHING);
            channel.put(new LinkMessage.Acknowledge(1000).encode(), NOTHING);
        });
        expectClosedAfter(channel -> {
            channel.put(hello(), NOTHING);
            channel.put(hello(), NOTHING);
        });
        assertThat(low.log)
                .anyMatch(line -> line.startsWith("violated 1 malformed"))
                .contains(
                        "violated 1 speaks before it says hello",
                        "violated 1 acknowledges what was not sent",
                        "violated 1 says hello twice");
        assertThat(low.received).isEmpty();
    }

    @Attack("client flood")
    @Test
    void aFloodingPeerDoesNotKeepOthersFromTheirTurn() throws Exception {
        End low = end(0);
        try (EventLoop loop = new EventLoop(0)) {
            byte[] chunk = new byte[64 << 10];
            long[] number = {0};
            FrameChannel flood = corrupt(loop, new CompletableFuture<>(), channel -> channel.put(hello(), NOTHING));
            Thread thread = Thread.ofPlatform()
                    .start(() -> loop.run(() -> {
                        while (flood.isOpen() && flood.accepts()) {
                            flood.put(LinkMessage.Data.head(++number[0]), chunk);
                        }
                        flood.flush();
                        return 1000;
                    }));
            Eventually.until("the flood is on", () -> low.received.size() > 50);
            End honest = end(2);
            honest.send(0, frame(7));
            Eventually.until(
                    "the frame of the honest one gets through",
                    () -> low.received.stream().anyMatch(bytes -> Arrays.equals(bytes, frame(7))));
            loop.stop();
            thread.join();
            flood.close("enough");
        }
    }

    @Attack("hostile bytes")
    @Test
    void silentAndBabblingStrangersBlockNobody() throws IOException {
        End low = end(0);
        List<Socket> strangers = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                Socket socket = new Socket();
                socket.connect(new InetSocketAddress(
                        InetAddress.getLoopbackAddress(), peers.get(0).address().getPort()));
                if (i % 2 == 0) {
                    socket.getOutputStream()
                            .write("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                }
                strangers.add(socket);
            }
            End high = end(1);
            high.send(0, frame(1));
            Eventually.until("the peer gets through", () -> low.received.size() == 1);
        } finally {
            for (Socket socket : strangers) {
                socket.close();
            }
        }
        Eventually.until("all were refused", () -> low.ask(Links::refusals) >= 20);
    }
}
