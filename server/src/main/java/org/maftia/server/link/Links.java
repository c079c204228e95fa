package org.maftia.server.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Digest;

/** All links of one replica. Confined to the thread of its event loop, except where said. */
public final class Links {
    /** Takes what the links bring. */
    public interface Listener {
        /** A frame of the peer, the receiver's to keep. */
        void received(int peer, byte[] frame);

        /** The link came up, or frames of a link that is up were lost: the protocols must repair by state. */
        void connected(int peer);

        void disconnected(int peer, String reason);

        /** The peer, authenticated, broke a rule of the link; the connection ends. */
        void violated(int peer, String rule);

        /** A connection of somebody who is no replica, or does not prove it, was refused. */
        void refused(String address, String reason);
    }

    /**
     * A replica of the group.
     *
     * @param address where it accepts links; resolved again for each attempt if it is unresolved
     * @param certificate its pinned certificate
     */
    public record Peer(InetSocketAddress address, X509Certificate certificate) {}

    /**
     * @param self the index of this replica
     * @param peers all replicas of the group by index, this one included
     * @param identity the key and certificate of this replica
     * @param configuration what both ends must agree on
     * @param frameLengthMax longest frame of the protocols, in bytes
     * @param resendBytesMax kept for a peer that is away, in bytes
     * @param life grows with each life of this process
     */
    public record Settings(
            int self,
            List<Peer> peers,
            TlsIdentity identity,
            Digest configuration,
            int frameLengthMax,
            long resendBytesMax,
            long life) {
        public Settings {
            peers = List.copyOf(peers);
        }
    }

    /** Connections of strangers that may be in their handshake at the same time. */
    private static final int STRANGERS_MAX = 64;

    private static final long HANDSHAKE_MICROS_MAX = 10_000_000;
    private static final long BEAT_MICROS = 1_000_000;
    private static final long RETRY_MICROS_MIN = 20_000;

    /** Attempts once a second cost nothing, and a replica that comes back is not kept waiting. */
    private static final long RETRY_MICROS_MAX = 1_000_000;

    /** What may wait for a slow peer's socket, besides the frames kept anyway. */
    private static final int UNSENT_BYTES_MAX = 256 << 10;

    private final EventLoop loop;
    private final Settings settings;
    private final Listener listener;
    private final Executor blocking;
    private final @Nullable Link[] links;
    private final Digest[] pins;
    private final Map<Digest, Integer> replicas = new HashMap<>();
    private final FrameChannel.Settings channels;
    private final List<FrameChannel> strangers = new ArrayList<>();
    private final List<FrameChannel> dials = new ArrayList<>();
    private @Nullable ServerSocketChannel server;
    private boolean closed;
    private long refusals;

    /**
     * @param blocking resolves names and does the public-key work of handshakes
     */
    public Links(EventLoop loop, Settings settings, Executor blocking, Listener listener) {
        this.loop = loop;
        this.settings = settings;
        this.listener = listener;
        this.blocking = blocking;
        int size = settings.peers.size();
        this.links = new Link[size];
        this.pins = new Digest[size];
        for (int i = 0; i < size; i++) {
            pins[i] = TlsIdentity.pin(settings.peers.get(i).certificate);
            Invariant.check(replicas.put(pins[i], i) == null, "each replica has a certificate of its own");
            if (i != settings.self) {
                links[i] = new Link(i, settings.life, settings.configuration, settings.resendBytesMax, listener);
            }
        }
        this.channels = new FrameChannel.Settings(
                loop,
                settings.identity.ends(this::isPeer),
                blocking,
                settings.frameLengthMax + LinkMessage.DATA_HEAD,
                UNSENT_BYTES_MAX,
                HANDSHAKE_MICROS_MAX);
    }

    private boolean isPeer(Digest pin) {
        Integer replica = replicas.get(pin);
        return replica != null && replica != settings.self;
    }

    /**
     * Begins to accept on the address and to dial.
     *
     * @return the address bound, which tells the port if none was asked for
     * @throws IOException when the address cannot be bound
     */
    public InetSocketAddress start(InetSocketAddress address) throws IOException {
        ServerSocketChannel opened = ServerSocketChannel.open();
        try {
            opened.bind(address, STRANGERS_MAX);
            opened.configureBlocking(false);
            loop.register(opened, SelectionKey.OP_ACCEPT, key -> acceptAll(opened));
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        server = opened;
        for (int peer = 0; peer < settings.self; peer++) {
            dial(peer, RETRY_MICROS_MIN);
        }
        loop.after(BEAT_MICROS, this::beat);
        return (InetSocketAddress) opened.getLocalAddress();
    }

    private void beat() {
        if (!closed) {
            for (Link link : links) {
                if (link != null) {
                    link.beat();
                }
            }
            loop.after(BEAT_MICROS, this::beat);
        }
    }

    private void acceptAll(ServerSocketChannel from) {
        try {
            for (SocketChannel socket = from.accept(); socket != null; socket = from.accept()) {
                if (strangers.size() >= STRANGERS_MAX) {
                    socket.close();
                    refuse("many", "too many connections in their handshake");
                } else {
                    Inbound inbound = new Inbound(String.valueOf(socket.getRemoteAddress()));
                    FrameChannel channel = FrameChannel.accept(channels, socket, inbound);
                    inbound.channel = channel;
                    strangers.add(channel);
                }
            }
        } catch (IOException e) {
            refuse("unknown", "accepting failed: " + e.getMessage());
        }
    }

    private void refuse(String address, String reason) {
        refusals++;
        listener.refused(address, reason);
    }

    /** A connection that a peer made. */
    private final class Inbound implements FrameChannel.Listener {
        private final String address;
        private @Nullable FrameChannel channel;
        private @Nullable Link link;

        Inbound(String address) {
            this.address = address;
        }

        private FrameChannel channel() {
            return Invariant.present(channel, "a channel speaks before it is made");
        }

        @Override
        public void opened(X509Certificate peer) {
            strangers.remove(channel());
            Integer replica = replicas.get(TlsIdentity.pin(peer));
            // The lower index accepts, so only a higher one has reason to dial.
            if (replica == null || replica <= settings.self) {
                channel().close("this certificate does not dial here");
                return;
            }
            link = Links.this.link(replica);
            link.attach(channel());
        }

        @Override
        public void received(byte[] frame) {
            Invariant.present(link, "a frame before its channel opened").receive(channel(), frame);
        }

        @Override
        public void writable() {
            Invariant.present(link, "room before a channel opened").flush();
        }

        @Override
        public void closed(String reason) {
            if (link == null) {
                strangers.remove(channel());
                if (!closed) {
                    refuse(address, reason);
                }
            } else if (link.detach(channel()) && !closed) {
                listener.disconnected(link.peer(), reason);
            }
        }
    }

    private void dial(int peer, long retryMicros) {
        if (closed) {
            return;
        }
        InetSocketAddress address = settings.peers.get(peer).address;
        if (!address.isUnresolved()) {
            dial(peer, address, retryMicros);
            return;
        }
        blocking.execute(() -> {
            InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
            loop.post(() -> dial(peer, resolved, retryMicros));
        });
    }

    private void dial(int peer, InetSocketAddress address, long retryMicros) {
        if (closed) {
            return;
        }
        Outbound outbound = new Outbound(peer, retryMicros);
        try {
            outbound.channel = FrameChannel.dial(channels, address, outbound);
            dials.add(outbound.channel);
        } catch (IOException e) {
            outbound.again();
        }
    }

    /** A connection that this replica makes. */
    private final class Outbound implements FrameChannel.Listener {
        private final int peer;
        private final long retryMicros;
        private @Nullable FrameChannel channel;

        Outbound(int peer, long retryMicros) {
            this.peer = peer;
            this.retryMicros = retryMicros;
        }

        private FrameChannel channel() {
            return Invariant.present(channel, "a channel speaks before it is made");
        }

        @Override
        public void opened(X509Certificate proven) {
            link(peer).opened(channel(), proven, pins[peer]);
        }

        @Override
        public void received(byte[] frame) {
            link(peer).receive(channel(), frame);
        }

        @Override
        public void writable() {
            link(peer).flush();
        }

        @Override
        public void closed(String reason) {
            dials.remove(channel());
            boolean wasUp = link(peer).isUp();
            if (link(peer).detach(channel()) && !closed) {
                listener.disconnected(peer, reason);
            }
            again(wasUp ? RETRY_MICROS_MIN : Math.min(retryMicros * 2, RETRY_MICROS_MAX));
        }

        void again() {
            again(Math.min(retryMicros * 2, RETRY_MICROS_MAX));
        }

        private void again(long nextMicros) {
            if (!closed) {
                loop.after(nextMicros, () -> dial(peer, nextMicros));
            }
        }
    }

    private Link link(int peer) {
        return Invariant.present(links[peer], "a replica has no link to itself");
    }

    /** Queues a frame; it leaves with the next {@link #flush}. The array must not change afterwards. */
    public void send(int peer, byte[] frame) {
        link(peer).send(frame);
    }

    /** Hands everything queued to the sockets: one write for each peer. */
    public void flush() {
        for (Link link : links) {
            if (link != null) {
                link.flush();
            }
        }
    }

    /** Breaks the connection to a peer, which is then made anew: for drills and tests. */
    public void disconnect(int peer) {
        link(peer).close("disconnected on request");
    }

    public List<LinkStatus> status() {
        List<LinkStatus> all = new ArrayList<>();
        for (Link link : links) {
            if (link != null) {
                all.add(link.status());
            }
        }
        return List.copyOf(all);
    }

    /** Connections refused since the start. */
    public long refusals() {
        return refusals;
    }

    /** Ends all connections and accepts no more. */
    public void close() throws IOException {
        closed = true;
        ServerSocketChannel open = server;
        if (open != null) {
            open.close();
        }
        for (FrameChannel channel : List.copyOf(strangers)) {
            channel.close("shutting down");
        }
        for (FrameChannel channel : List.copyOf(dials)) {
            channel.close("shutting down");
        }
        for (Link link : links) {
            if (link != null) {
                link.close("shutting down");
            }
        }
    }
}
