package org.maftia.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/** The connection to one replica, made again whenever it breaks. On the thread of the loop. */
final class ReplicaConnection implements FrameChannel.Listener {
    /** Takes what comes from the replica. */
    interface Sink {
        /** The replica takes requests: all that are open should be sent to it. */
        void welcomed(int replica);

        void message(int replica, ClientMessage message);

        /** The replica says what followed the configuration that this client knows. */
        void followed(ReplicaConnection from, byte[] step);
    }

    private static final long RETRY_MICROS_MIN = 20_000;
    private static final long RETRY_MICROS_MAX = 1_000_000;
    private static final long HELD_MICROS_MAX = 64_000_000;
    private static final byte[] NOTHING = {};

    private final int replica;
    private final EventLoop loop;
    private final GroupClientSetup.Endpoint endpoint;
    private final Digest pin;
    private final Digest configuration;
    private final Codec<ClientMessage> codec;
    private final FrameChannel.Settings channels;
    private final Executor blocking;
    private final boolean follows;
    private final Sink sink;
    private @Nullable FrameChannel channel;
    private boolean welcomed;
    private boolean closed;
    private long retryMicros = RETRY_MICROS_MIN;
    private long heldMicros;
    private String lastTrouble = "not connected yet";

    ReplicaConnection(
            int replica,
            EventLoop loop,
            GroupClientSetup setup,
            FrameChannel.Settings channels,
            Executor blocking,
            Sink sink) {
        this.replica = replica;
        this.loop = loop;
        this.endpoint = setup.replicas().get(replica);
        this.pin = TlsIdentity.pin(endpoint.certificate());
        this.configuration = setup.configuration();
        this.codec = ClientMessage.codec(setup.limits());
        this.channels = channels;
        this.blocking = blocking;
        this.follows = setup.successor().isPresent();
        this.sink = sink;
    }

    void dial() {
        if (closed) {
            return;
        }
        InetSocketAddress address = endpoint.address();
        if (!address.isUnresolved()) {
            dial(address);
            return;
        }
        blocking.execute(() -> {
            InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
            loop.post(() -> dial(resolved));
        });
    }

    private void dial(InetSocketAddress address) {
        if (closed) {
            return;
        }
        try {
            channel = FrameChannel.dial(channels, address, this);
        } catch (IOException e) {
            closed("no socket: " + e.getMessage());
        }
    }

    private FrameChannel channel() {
        FrameChannel open = channel;
        if (open == null) {
            throw new IllegalStateException("a channel speaks before it is made");
        }
        return open;
    }

    boolean isReady() {
        return welcomed;
    }

    /** Sends an encoded request; false when the replica is not there, or does not read what it was sent before. */
    boolean put(byte[] request) {
        if (!welcomed || !channel().accepts()) {
            return false;
        }
        channel().put(request, NOTHING);
        return true;
    }

    void flush() {
        if (welcomed) {
            channel().flush();
        }
    }

    @Override
    public void opened(X509Certificate peer) {
        if (!TlsIdentity.pin(peer).equals(pin)) {
            channel().close("the certificate is another replica's");
        }
    }

    @Override
    public void received(byte[] frame) {
        try {
            ClientMessage message = codec.decode(frame);
            if (message instanceof ClientMessage.Welcome welcome) {
                if (!welcome.configuration().equals(configuration)) {
                    elsewhere();
                    return;
                }
                welcomed = true;
                retryMicros = RETRY_MICROS_MIN;
                sink.welcomed(replica);
            } else if (message instanceof ClientMessage.HeldOff held) {
                heldOff(held);
            } else if (message instanceof ClientMessage.Followed followed) {
                if (follows && !welcomed && followed.step().length > 0) {
                    sink.followed(this, followed.step());
                } else {
                    channel().close("the replica runs another configuration");
                }
            } else {
                sink.message(replica, message);
            }
        } catch (MalformedException e) {
            channel().close("malformed: " + e.getMessage());
        }
    }

    /** The replica is in another configuration: in a later one, if it can tell what followed. */
    private void elsewhere() {
        if (follows) {
            channel().put(codec.encode(new ClientMessage.Follow(configuration)), NOTHING);
            channel().flush();
        } else {
            channel().close("the replica runs another configuration");
        }
    }

    /** Ends the present connection; another is made later. */
    void end(String reason) {
        FrameChannel open = channel;
        if (open != null) {
            open.close(reason);
        }
    }

    /** Coming back earlier would be in vain. The time is the replica's word, so it is bounded. */
    private void heldOff(ClientMessage.HeldOff held) {
        heldMicros = Math.min(held.micros(), HELD_MICROS_MAX);
        channel().close("held off for " + heldMicros / 1000 + " ms: " + held.reason());
    }

    @Override
    public void closed(String reason) {
        lastTrouble = reason;
        welcomed = false;
        channel = null;
        if (!closed) {
            long wait = Math.max(retryMicros, heldMicros);
            heldMicros = 0;
            retryMicros = Math.min(retryMicros * 2, RETRY_MICROS_MAX);
            loop.after(wait, this::dial);
        }
    }

    /** Why the last connection ended. */
    String lastTrouble() {
        return lastTrouble;
    }

    void close() {
        closed = true;
        FrameChannel open = channel;
        if (open != null) {
            open.close("the client closes");
        }
    }
}
