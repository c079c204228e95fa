package org.maftia.server.link;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Digest;
import org.maftia.server.journal.Position;

/** All links of one replica. Confined to the thread of its event loop, except where said. */
public final class Links {
    /** Takes what the links bring. */
    public interface Listener {
        /** A frame of the peer, the receiver's to keep. */
        void received(int peer, byte[] frame);

        /** The link came up, or frames of a link that is up were lost: the protocols must repair by state. */
        void connected(int peer);

        /**
         * Before {@link #connected}: the furthest that the peer has ever heard this replica's memory to have come, in this
         * or an earlier life; {@link Position#NONE} if it has heard nothing.
         */
        default void remembered(int peer, Position mine) {}

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
     * @param self the seat of this replica
     * @param peers the replicas of the group by seat; may name this one
     * @param identity the key and certificate of this replica
     * @param configuration what both ends must agree on
     * @param frameLengthMax longest frame of the protocols, in bytes
     * @param resendBytesMax kept for a peer that is away, in bytes
     * @param life grows with each life of this process
     * @param position how far the memory of this replica has come
     */
    public record Settings(
            int self,
            SortedMap<Integer, Peer> peers,
            TlsIdentity identity,
            Digest configuration,
            int frameLengthMax,
            long resendBytesMax,
            long life,
            Position position) {
        public Settings {
            peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
        }
    }

    /** Peers whose seats are their places in the list. */
    public static SortedMap<Integer, Peer> bySeat(List<Peer> peers) {
        SortedMap<Integer, Peer> bySeat = new TreeMap<>();
        peers.forEach(peer -> bySeat.put(bySeat.size(), peer));
        return bySeat;
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

    /** By seat. */
    private final SortedMap<Integer, Link> links = new TreeMap<>();

    private final Map<Integer, Peer> peers = new TreeMap<>();

    /** Seats by pin; also asked in handshakes, on another thread. */
    private final Map<Digest, Integer> replicas = new ConcurrentHashMap<>();

    /** How far the memory of each key's owner was ever heard to have come. */
    private final SortedMap<Digest, Position> heard = new TreeMap<>();

    private final FrameChannel.Settings channels;
    private final List<FrameChannel> strangers = new ArrayList<>();
    private final List<FrameChannel> dials = new ArrayList<>();
    private Position position;
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
        this.position = settings.position;
        this.channels = new FrameChannel.Settings(
                loop,
                settings.identity.ends(this::isPeer),
                blocking,
                settings.frameLengthMax + LinkMessage.DATA_HEAD,
                UNSENT_BYTES_MAX,
                HANDSHAKE_MICROS_MAX);
        members(settings.peers);
    }

    private boolean isPeer(Digest pin) {
        return replicas.containsKey(pin);
    }

    /**
     * From now on these are the peers: links to others end, and who is no peer is refused.
     *
     * @param present by seat; may name this replica itself
     */
    public void members(SortedMap<Integer, Peer> present) {
        for (int seat : List.copyOf(links.keySet())) {
            Peer before = Invariant.present(peers.get(seat), "who has a link is a peer");
            Peer now = present.get(seat);
            if (now == null || !TlsIdentity.pin(now.certificate).equals(TlsIdentity.pin(before.certificate))) {
                remove(seat, before);
            }
        }
        present.forEach((seat, peer) -> {
            if (seat != settings.self) {
                peers.put(seat, peer); // its address may be another one
                if (!links.containsKey(seat)) {
                    add(seat, peer);
                }
            }
        });
    }

    private void remove(int seat, Peer peer) {
        Link gone = links.remove(seat);
        peers.remove(seat);
        replicas.remove(TlsIdentity.pin(peer.certificate));
        if (gone != null) {
            heard.put(TlsIdentity.pin(peer.certificate), gone.remembered());
            gone.close("no member any more");
        }
    }

    private void add(int seat, Peer peer) {
        Invariant.check(
                replicas.put(TlsIdentity.pin(peer.certificate), seat) == null,
                "each replica has a certificate of its own");
        Link link = new Link(seat, settings.life, settings.configuration, settings.resendBytesMax, position, listener);
        link.remember(heard.getOrDefault(TlsIdentity.pin(peer.certificate), Position.NONE));
        links.put(seat, link);
        if (server != null && seat < settings.self) {
            dial(link, RETRY_MICROS_MIN);
        }
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
        links.headMap(settings.self).values().forEach(link -> dial(link, RETRY_MICROS_MIN));
        loop.after(BEAT_MICROS, this::beat);
        return (InetSocketAddress) opened.getLocalAddress();
    }

    private void beat() {
        if (!closed) {
            links.values().forEach(Link::beat);
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
            Link known = replica == null ? null : links.get(replica);
            // The lower seat accepts, so only a higher one has reason to dial.
            if (known == null || known.peer() <= settings.self) {
                channel().close("this certificate does not dial here");
                return;
            }
            link = known;
            known.attach(channel());
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

    /** Whether the peer of the link is one still. */
    private boolean isLive(Link link) {
        return !closed && links.get(link.peer()) == link;
    }

    private void dial(Link link, long retryMicros) {
        if (!isLive(link)) {
            return;
        }
        InetSocketAddress address = Invariant.present(peers.get(link.peer()), "who has a link is a peer").address;
        if (!address.isUnresolved()) {
            dial(link, address, retryMicros);
            return;
        }
        blocking.execute(() -> {
            InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
            loop.post(() -> dial(link, resolved, retryMicros));
        });
    }

    private void dial(Link link, InetSocketAddress address, long retryMicros) {
        if (!isLive(link)) {
            return;
        }
        Outbound outbound = new Outbound(link, retryMicros);
        try {
            outbound.channel = FrameChannel.dial(channels, address, outbound);
            dials.add(outbound.channel);
        } catch (IOException e) {
            outbound.again();
        }
    }

    /** A connection that this replica makes. */
    private final class Outbound implements FrameChannel.Listener {
        private final Link link;
        private final long retryMicros;
        private @Nullable FrameChannel channel;

        Outbound(Link link, long retryMicros) {
            this.link = link;
            this.retryMicros = retryMicros;
        }

        private FrameChannel channel() {
            return Invariant.present(channel, "a channel speaks before it is made");
        }

        @Override
        public void opened(X509Certificate proven) {
            Peer peer = peers.get(link.peer());
            if (peer == null || !isLive(link)) {
                channel().close("no member any more");
                return;
            }
            link.opened(channel(), proven, TlsIdentity.pin(peer.certificate));
        }

        @Override
        public void received(byte[] frame) {
            link.receive(channel(), frame);
        }

        @Override
        public void writable() {
            link.flush();
        }

        @Override
        public void closed(String reason) {
            dials.remove(channel());
            boolean wasUp = link.isUp();
            if (link.detach(channel()) && !closed) {
                listener.disconnected(link.peer(), reason);
            }
            again(wasUp ? RETRY_MICROS_MIN : Math.min(retryMicros * 2, RETRY_MICROS_MAX));
        }

        void again() {
            again(Math.min(retryMicros * 2, RETRY_MICROS_MAX));
        }

        private void again(long nextMicros) {
            if (isLive(link)) {
                loop.after(nextMicros, () -> dial(link, nextMicros));
            }
        }
    }

    /**
     * Queues a frame; it leaves with the next {@link #flush}. The array must not change afterwards. For who is no peer it
     * is dropped.
     */
    public void send(int peer, byte[] frame) {
        Link link = links.get(peer);
        if (link != null) {
            link.send(frame);
        }
    }

    /** The memory of this replica has come this far: peers hear of it before the next frame, so that they can tell it. */
    public void mark(Position reached) {
        position = reached;
        links.values().forEach(link -> link.mark(reached));
    }

    /** How far the memory of each peer was ever heard to have come, by the pin of its key. */
    public SortedMap<Digest, Position> remembered() {
        SortedMap<Digest, Position> all = new TreeMap<>();
        links.forEach((seat, link) -> {
            Peer peer = Invariant.present(peers.get(seat), "who has a link is a peer");
            all.put(TlsIdentity.pin(peer.certificate), link.remembered());
        });
        return all;
    }

    /** What {@link #remembered} gave in an earlier life, so that peers may be told it. */
    public void recall(SortedMap<Digest, Position> earlier) {
        heard.putAll(earlier);
        links.forEach((seat, link) -> {
            Peer peer = Invariant.present(peers.get(seat), "who has a link is a peer");
            link.remember(heard.getOrDefault(TlsIdentity.pin(peer.certificate), Position.NONE));
        });
    }

    /** Hands everything queued to the sockets: one write for each peer. */
    public void flush() {
        links.values().forEach(Link::flush);
    }

    /** Breaks the connection to a peer, which is then made anew: for drills and tests. */
    public void disconnect(int peer) {
        Link link = links.get(peer);
        if (link != null) {
            link.close("disconnected on request");
        }
    }

    public List<LinkStatus> status() {
        return links.values().stream().map(Link::status).toList();
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
        links.values().forEach(link -> link.close("shutting down"));
    }
}
