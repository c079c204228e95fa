package org.maftia.server.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.testing.Attack;
import org.maftia.server.testing.Certificates;
import org.maftia.server.testing.Eventually;
import org.maftia.server.testing.RawClient;

/** A client that opens many connections gets no more turns for it. */
class TurnSharingTest {
    private static final int CHANNELS = 16;
    private static final int FRAME_BYTES = 1 << 10;
    private static final int FRAMES = 40_000;

    /** A sixteenth of a turn is one record of TLS, perhaps one more, and what was left over comes in the same turn. */
    private static final int FRAMES_PER_TURN_MAX = 4 * (16 << 10) / FRAME_BYTES + 2;

    private final AtomicInteger all = new AtomicInteger();
    private int thisTurn;
    private int mostInATurn;

    private final class Sink implements FrameChannel.Listener {
        @Override
        public void opened(X509Certificate peer) {}

        @Override
        public void received(byte[] frame) {
            thisTurn++;
            all.incrementAndGet();
        }

        @Override
        public void closed(String reason) {}
    }

    @Attack("client flood")
    @Test
    void oneOfManyConnectionsOfAClientBringsItsShareOfATurnOnly() throws Exception {
        TlsIdentity identity = Certificates.identity("end");
        ExecutorService handshakes = Executors.newSingleThreadExecutor();
        try (EventLoop loop = new EventLoop(0);
                ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false);
            FrameChannel.Settings settings = new FrameChannel.Settings(
                    loop, identity.ends(pin -> true), handshakes, 1 << 20, 1 << 20, 60_000_000);
            List<FrameChannel> accepted = new ArrayList<>();
            loop.register(server, SelectionKey.OP_ACCEPT, key -> {
                try {
                    SocketChannel socket = server.accept();
                    if (socket != null) {
                        FrameChannel channel = FrameChannel.accept(settings, socket, new Sink());
                        channel.shareTurn(CHANNELS);
                        accepted.add(channel);
                    }
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            Thread thread = Thread.ofPlatform()
                    .start(() -> loop.run(() -> {
                        mostInATurn = Math.max(mostInATurn, thisTurn);
                        thisTurn = 0;
                        return Long.MAX_VALUE;
                    }));
            InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
            try (RawClient flood = new RawClient(identity, address)) {
                for (int i = 0; i < FRAMES; i++) {
                    flood.send(new byte[FRAME_BYTES]);
                }
                Eventually.until("much has come", () -> all.get() >= FRAMES / 2);
            }
            loop.stop();
            thread.join();
            accepted.forEach(channel -> channel.close("enough"));
        } finally {
            handshakes.shutdown();
        }
        assertThat(mostInATurn).isBetween(1, FRAMES_PER_TURN_MAX);
    }
}
