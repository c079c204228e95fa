package org.maftia.server.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.protocol.Limits;

/** One connection of a client to one replica, on which it may say anything. */
public final class RawClient implements AutoCloseable, FrameChannel.Listener {
    private static final byte[] NOTHING = {};

    private final EventLoop loop;
    private final ExecutorService handshakes = Executors.newSingleThreadExecutor();
    private final Thread thread;
    private final FrameChannel channel;
    private final CompletableFuture<String> closed = new CompletableFuture<>();
    private final CompletableFuture<Boolean> opened = new CompletableFuture<>();

    /** What came, in order. */
    public final List<ClientMessage> received = new CopyOnWriteArrayList<>();

    public RawClient(TlsIdentity identity, InetSocketAddress address) throws IOException {
        loop = new EventLoop(0);
        FrameChannel.Settings settings =
                new FrameChannel.Settings(loop, identity.ends(pin -> true), handshakes, 1 << 20, 8 << 20, 10_000_000);
        channel = FrameChannel.dial(settings, address, this);
        thread = Thread.ofPlatform().daemon().unstarted(() -> loop.run(() -> Long.MAX_VALUE));
        thread.start();
    }

    /** Sends a frame with this content, once the connection is there. */
    public void send(byte[] frame) {
        opened.thenRun(() -> loop.post(() -> {
            channel.put(frame, NOTHING);
            channel.flush();
        }));
    }

    public void send(ClientMessage message) {
        send(ClientMessage.codec(Limits.DEFAULT).encode(message));
    }

    /** Why the connection ended. */
    public CompletableFuture<String> closed() {
        return closed;
    }

    @Override
    public void opened(X509Certificate peer) {
        opened.complete(true);
    }

    @Override
    public void received(byte[] frame) {
        received.add(ClientMessage.codec(Limits.DEFAULT).decode(frame));
    }

    @Override
    public void closed(String reason) {
        closed.complete(reason);
    }

    @Override
    public void close() throws IOException {
        loop.stop();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        handshakes.shutdown();
        loop.close();
    }
}
