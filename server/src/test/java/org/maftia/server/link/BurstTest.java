package org.maftia.server.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.server.testing.Certificates;
import org.maftia.server.testing.Eventually;

/** Frames of all lengths in bursts, on two connections of one loop, which take turns with the same buffers. */
class BurstTest {
    private static final int CONNECTIONS = 2;
    private static final int ROUNDS = 40;
    private static final byte[] HEAD = {7, 7, 7};

    private final SplittableRandom random = new SplittableRandom(1);
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger wrong = new AtomicInteger();

    /** Of each connection, what was put and has not come yet. */
    private final List<List<byte[]>> expected = new ArrayList<>();

    private final class End implements FrameChannel.Listener {
        private final int connection;

        End(int connection) {
            this.connection = connection;
        }

        @Override
        public void opened(X509Certificate peer) {
            opened.incrementAndGet();
        }

        @Override
        public void received(byte[] frame) {
            byte[] first = expected.get(connection).removeFirst();
            if (!Arrays.equals(frame, first)) {
                wrong.incrementAndGet();
            }
            received.incrementAndGet();
        }

        @Override
        public void closed(String reason) {}
    }

    @Test
    void whatIsPutInBurstsComesWholeAndInOrder() throws Exception {
        TlsIdentity identity = Certificates.identity("end");
        ExecutorService handshakes = Executors.newSingleThreadExecutor();
        int frames = 0;
        try (EventLoop loop = new EventLoop(0);
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false);
            FrameChannel.Settings settings = new FrameChannel.Settings(
                    loop, identity.ends(pin -> true), handshakes, 1 << 20, 64 << 20, 60_000_000);
            AtomicInteger accepted = new AtomicInteger();
            loop.register(server, SelectionKey.OP_ACCEPT, key -> {
                try {
                    FrameChannel.accept(settings, server.accept(), new End(accepted.getAndIncrement()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            List<FrameChannel> dialled = new ArrayList<>();
            InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
            for (int i = 0; i < CONNECTIONS; i++) {
                expected.add(new ArrayList<>());
                dialled.add(FrameChannel.dial(settings, address, new End(i)));
            }
            Thread thread = Thread.ofPlatform().start(() -> loop.run(() -> Long.MAX_VALUE));
            Eventually.until("all are open", () -> opened.get() == 2 * CONNECTIONS);
            for (int round = 0; round < ROUNDS; round++) {
                List<byte[]> bodies = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    byte[] body = new byte[random.nextInt(1 << random.nextInt(18))];
                    random.nextBytes(body);
                    bodies.add(body);
                }
                frames += CONNECTIONS * bodies.size();
                loop.post(() -> bodies.forEach(body -> dialled.forEach(channel -> {
                    byte[] whole = Arrays.copyOf(HEAD, HEAD.length + body.length);
                    System.arraycopy(body, 0, whole, HEAD.length, body.length);
                    expected.get(dialled.indexOf(channel)).add(whole);
                    channel.put(HEAD, body);
                })));
                loop.post(() -> dialled.forEach(FrameChannel::flush));
            }
            int all = frames;
            Eventually.until("all frames are there", () -> received.get() == all);
            loop.post(() -> dialled.forEach(channel -> channel.close("enough")));
            loop.stop();
            thread.join();
        } finally {
            handshakes.shutdown();
        }
        assertThat(wrong.get()).isZero();
    }
}
