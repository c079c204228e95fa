package org.maftia.server.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.client.transport.EventLoop;
import org.maftia.client.transport.FrameChannel;
import org.maftia.client.transport.TlsIdentity;
import org.maftia.client.wire.ClientMessage;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Limits;
import org.maftia.core.replica.CertifiedRead;
import org.maftia.core.replica.CertifiedView;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * The port for clients of the group. Each client has its own credits, connections and buffers, so that one that floods,
 * or reads no replies, is alone in feeling it. On the thread of the loop.
 */
final class ClientPort {
    /** Connections in their handshake. */
    private static final int STRANGERS_MAX = 64;

    /** One for each process of the client. */
    private static final int CONNECTIONS_PER_CLIENT_MAX = 32;

    private static final long HANDSHAKE_MICROS_MAX = 10_000_000;

    /** Replies that a client does not read; then its connection ends, and it may ask again. */
    private static final int UNREAD_BYTES_MAX = 4 << 20;

    private static final byte[] NOTHING = {};

    private final EventLoop loop;
    private Digest configuration;
    private ReplicaSetup.@Nullable Membership membership;
    private final Limits limits;
    private final Codec<ClientMessage> codec;

    /** Also asked in handshakes, on another thread. */
    private final Map<Digest, Client> byPin = new ConcurrentHashMap<>();

    private final Map<Integer, Client> byNumber = new HashMap<>();
    private final FrameChannel.Settings channels;
    private final BooleanSupplier congested;
    private final Consumer<Input> sink;
    private final RuntimeEvents events;
    private final Set<Connection> strangers = new HashSet<>();
    private final Map<Long, Connection> established = new HashMap<>();
    private final List<Connection> unsent = new ArrayList<>();
    private @Nullable ServerSocketChannel server;
    private @Nullable CertifiedView certified;
    private boolean closed;
    private long nextConnection;
    private long reads;
    private long requests;
    private long offences;
    private long replies;
    private long refusals;
    private long bytes;

    ClientPort(
            EventLoop loop, ReplicaSetup setup, Executor handshakes, BooleanSupplier congested, Consumer<Input> sink) {
        this.loop = loop;
        this.configuration = setup.configuration();
        this.limits = setup.limits();
        this.codec = ClientMessage.codec(limits);
        this.congested = congested;
        this.sink = sink;
        this.events = setup.events();
        admit(setup.clients());
        this.channels = new FrameChannel.Settings(
                loop,
                setup.identity().ends(byPin::containsKey),
                handshakes,
                ClientMessage.frameLengthMax(limits),
                UNREAD_BYTES_MAX,
                HANDSHAKE_MICROS_MAX);
    }

    private void admit(SortedMap<Integer, X509Certificate> clients) {
        clients.forEach((number, certificate) -> {
            Client client = new Client(number);
            byNumber.put(number, client);
            Invariant.check(
                    byPin.put(TlsIdentity.pin(certificate), client) == null, "each client has its own certificate");
        });
    }

    /**
     * The group may have another configuration, or other clients, than before. Connections end where it has: all of
     * them, as clients learn what followed when they come back, and those who left are refused then.
     */
    void follow(ReplicaSetup.Membership present) {
        membership = present;
        SortedMap<Integer, X509Certificate> clients = present.clients();
        byPin.values().removeIf(client -> {
            X509Certificate now = clients.get(client.number);
            return now == null || byPin.get(TlsIdentity.pin(now)) != client;
        });
        byNumber.values().removeIf(client -> !byPin.containsValue(client));
        SortedMap<Integer, X509Certificate> fresh = new TreeMap<>(clients);
        fresh.keySet().removeAll(byNumber.keySet());
        admit(fresh);
        if (!present.configuration().equals(configuration)) {
            configuration = present.configuration();
            for (Connection connection : List.copyOf(established.values())) {
                connection.channel().flush();
                connection.channel().close("the group has another configuration now");
            }
        }
    }

    InetSocketAddress start(InetSocketAddress address) throws IOException {
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
        return (InetSocketAddress) opened.getLocalAddress();
    }

    private void acceptAll(ServerSocketChannel from) {
        try {
            for (SocketChannel socket = from.accept(); socket != null; socket = from.accept()) {
                String address = String.valueOf(socket.getRemoteAddress());
                if (strangers.size() >= STRANGERS_MAX) {
                    socket.close();
                    refuse(address, "too many connections in their handshake");
                } else {
                    Connection connection = new Connection(address);
                    connection.channel = FrameChannel.accept(channels, socket, connection);
                    strangers.add(connection);
                }
            }
        } catch (IOException e) {
            refuse("unknown", "accepting failed: " + e.getMessage());
        }
    }

    private void refuse(String address, String reason) {
        refusals++;
        events.refused("client", address, reason);
    }

    private record Key(long session, long sequence) {}

    /** Who waits for an answer, and in which form. */
    private record Waiting(Connection connection, boolean whole) {}

    /** One client of the configuration, with all its connections here. */
    private static final class Client {
        private final int number;
        private final Map<Key, Waiting> open = new HashMap<>();

        /** Where results of sessions are wanted whose requests go elsewhere, the newest sessions. */
        private final Map<Long, Connection> listening = new LinkedHashMap<>();

        private int connections;
        private long heldUntilNanos = System.nanoTime();
        private String heldReason = "";

        Client(int number) {
            this.number = number;
        }
    }

    private final class Connection implements FrameChannel.Listener {
        private final String address;
        private @Nullable FrameChannel channel;
        private @Nullable Client client;
        private final long serial = nextConnection++;
        private boolean queued;
        private boolean offending;

        Connection(String address) {
            this.address = address;
        }

        private FrameChannel channel() {
            return Invariant.present(channel, "a channel speaks before it is made");
        }

        @Override
        public void opened(X509Certificate proven) {
            strangers.remove(this);
            Client known = byPin.get(TlsIdentity.pin(proven));
            if (known == null || known.connections >= CONNECTIONS_PER_CLIENT_MAX) {
                channel().close(known == null ? "the certificate is no client's" : "too many connections");
                return;
            }
            client = known;
            known.connections++;
            established.put(serial, this);
            shareTurn(known);
            long heldNanos = known.heldUntilNanos - System.nanoTime();
            if (heldNanos > 0) {
                holdOff(TimeUnit.NANOSECONDS.toMicros(heldNanos), known.heldReason);
                return;
            }
            put(new ClientMessage.Welcome(configuration, known.number, limits.pooledRequestsPerClient()));
        }

        @Override
        public void received(byte[] frame) {
            Client known = Invariant.present(client, "a frame before its channel opened");
            if (offending) {
                return;
            }
            try {
                switch (codec.decode(frame)) {
                    case ClientMessage.Request request -> request(known, request);
                    case ClientMessage.Batch batch -> batch(known, batch);
                    case ClientMessage.Read read -> read(known, read);
                    case ClientMessage.Show show -> show(show);
                    case ClientMessage.Listen listen -> listen(known, listen.session());
                    case ClientMessage.Follow follow -> succeed(follow.configuration());
                    default -> offend(known, "a client only asks");
                }
            } catch (MalformedException e) {
                offend(known, "a client keeps to the form of its messages");
            }
        }

        /** The replica answers with how long the client is held off, in this turn; nothing more is taken from here. */
        private void offend(Client known, String rule) {
            offending = true;
            offences++;
            sink.accept(new Input.Offence(known.number, rule));
        }

        @Override
        public void overlong() {
            Client known = client;
            if (known != null) {
                offend(known, "a client keeps to the length of a frame");
            }
        }

        /** Tells why, and ends the connection. */
        private void holdOff(long micros, String reason) {
            put(new ClientMessage.HeldOff(micros, reason));
            channel().flush();
            channel().close(reason);
        }

        private void listen(Client known, long session) {
            known.listening.remove(session);
            known.listening.put(session, this);
            if (known.listening.size() > limits.sessionsPerClient()) {
                var oldest = known.listening.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }

        private void request(Client known, ClientMessage.Request request) {
            RequestId id = new RequestId(known.number, request.session(), request.sequence());
            Request signed = new Request(id, request.operation(), request.seal());
            if (waits(known, id, request.whole())) {
                sink.accept(request.alone() ? new Input.Carry(signed) : new Input.Submit(signed));
            }
        }

        private void batch(Client known, ClientMessage.Batch batch) {
            List<Request> bare = new ArrayList<>(batch.items().size());
            for (ClientMessage.Item item : batch.items()) {
                RequestId id = new RequestId(known.number, batch.session(), item.sequence());
                bare.add(new Request(id, item.operation()));
            }
            List<Request> signed = Seal.together(bare, batch.signature());
            for (int i = 0; i < signed.size(); i++) {
                if (waits(known, signed.get(i).id(), batch.items().get(i).whole())) {
                    sink.accept(new Input.Submit(signed.get(i)));
                }
            }
        }

        /** Whether there is room for a request; then its answer goes here. */
        private boolean waits(Client known, RequestId id, boolean whole) {
            Key key = new Key(id.session(), id.sequence());
            boolean room = known.open.containsKey(key) || known.open.size() < limits.pooledRequestsPerClient();
            if (!room || congested.getAsBoolean()) {
                put(new ClientMessage.Refused(key.session, key.sequence, "too many requests wait"));
                return false;
            }
            known.open.put(key, new Waiting(this, whole));
            requests++;
            return true;
        }

        /** The name tells all that the answer needs, so nothing is kept for a read. */
        private void read(Client known, ClientMessage.Read read) {
            reads++;
            long asker = serial << 1 | (read.whole() ? 1 : 0);
            sink.accept(new Input.Read(new RequestId(known.number, asker, read.number()), read.operation()));
        }

        private void show(ClientMessage.Show show) {
            reads++;
            CertifiedView view = certified;
            if (view == null || view.checkpoint().claim().timeMicros() < show.notBeforeMicros()) {
                sink.accept(new Input.Certify());
            }
            if (view == null) {
                put(new ClientMessage.Unread(show.number(), "nothing is certified yet"));
                return;
            }
            Optional<CertifiedRead> read = view.read(show.service(), show.key());
            put(
                    read.isPresent()
                            ? new ClientMessage.Shown(show.number(), CertifiedRead.CODEC.encode(read.get()))
                            : new ClientMessage.Unread(show.number(), "the group runs no such service"));
        }

        /** What followed the configuration that the client knows; nothing where none did, or it knows a stranger's. */
        private void succeed(Digest known) {
            byte[] step = membership == null ? NOTHING : membership.after(known);
            put(new ClientMessage.Followed(step.length <= ClientMessage.STEP_LENGTH_MAX ? step : NOTHING));
        }

        private void put(ClientMessage message) {
            if (!channel().accepts()) {
                channel().close("the client does not read its replies");
                return;
            }
            channel().put(codec.encode(message), NOTHING);
            if (!queued) {
                queued = true;
                unsent.add(this);
            }
        }

        private void flush() {
            queued = false;
            channel().flush();
        }

        @Override
        public void closed(String reason) {
            bytes += channel().sentBytes() + channel().receivedBytes();
            Client known = client;
            if (known == null) {
                strangers.remove(this);
                if (!closed) {
                    refuse(address, reason);
                }
                return;
            }
            known.connections--;
            established.remove(serial);
            shareTurn(known);
            known.open.values().removeIf(waiting -> waiting.connection == this);
            known.listening.values().removeIf(listener -> listener == this);
        }
    }

    /** However many connections a client has, it brings no more in one turn than another. */
    private void shareTurn(Client client) {
        for (Connection connection : established.values()) {
            if (connection.client == client) {
                connection.channel().shareTurn(client.connections);
            }
        }
    }

    /** A request was executed: whoever of its client waits here is told. */
    void reply(Output.Reply reply) {
        Client client = byNumber.get(reply.id().client());
        if (client == null) {
            return;
        }
        Waiting waiting =
                client.open.remove(new Key(reply.id().session(), reply.id().sequence()));
        Connection listener = client.listening.get(reply.id().session());
        if (waiting == null && listener != null) {
            waiting = new Waiting(listener, false);
        }
        if (waiting != null) {
            replies++;
            byte[] result = reply.result();
            boolean whole = waiting.whole || result.length <= ClientMessage.ALWAYS_WHOLE;
            byte[] payload = whole ? result : ClientMessage.digest(result).toBytes();
            waiting.connection.put(
                    new ClientMessage.Reply(reply.id().session(), reply.id().sequence(), reply.slot(), whole, payload));
        }
    }

    /** The present state answered a read. */
    void reading(Output.Reading reading) {
        Connection connection = established.get(reading.id().session() >>> 1);
        if (connection != null) {
            byte[] value = reading.reading().value();
            boolean whole = (reading.id().session() & 1) == 1 || value.length <= ClientMessage.ALWAYS_WHOLE;
            connection.put(new ClientMessage.Reading(
                    reading.id().sequence(),
                    reading.reading().slot(),
                    whole,
                    whole ? value : ClientMessage.digest(value).toBytes()));
        }
    }

    void unread(Output.Unread unread) {
        Connection connection = established.get(unread.id().session() >>> 1);
        if (connection != null) {
            connection.put(new ClientMessage.Unread(unread.id().sequence(), unread.reason()));
        }
    }

    /** Readers are answered from this state from now on. */
    void show(CertifiedView view) {
        certified = view;
    }

    void refused(Output.Refused refused) {
        Client client = byNumber.get(refused.id().client());
        Key key = new Key(refused.id().session(), refused.id().sequence());
        Waiting waiting = client == null ? null : client.open.remove(key);
        if (waiting != null) {
            waiting.connection.put(new ClientMessage.Refused(key.session, key.sequence, refused.reason()));
        }
    }

    /** The replica takes nothing from the client for a while: all its connections end, and new ones until then. */
    void heldOff(Output.HeldOff held) {
        Client client = byNumber.get(held.client());
        if (client == null) {
            return;
        }
        client.heldUntilNanos = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(held.micros());
        client.heldReason = held.rule();
        events.refused("client", "client " + held.client(), held.rule());
        for (Connection connection : List.copyOf(established.values())) {
            if (connection.client == client) {
                connection.holdOff(held.micros(), held.rule());
            }
        }
    }

    /** Sends what gathered: one write for each connection. */
    void flush() {
        if (!unsent.isEmpty()) {
            List<Connection> now = List.copyOf(unsent);
            unsent.clear();
            now.forEach(Connection::flush);
        }
    }

    void count(SortedMap<String, Long> counters) {
        counters.put("clientRequests", requests);
        counters.put("clientReads", reads);
        counters.put("clientReplies", replies);
        counters.put("clientRefusals", refusals);
        counters.put("clientOffences", offences);
        long allBytes = bytes;
        long openRequests = 0;
        long connections = 0;
        for (Client client : byNumber.values()) {
            openRequests += client.open.size();
            connections += client.connections;
        }
        for (Connection connection : established.values()) {
            allBytes += connection.channel().sentBytes() + connection.channel().receivedBytes();
        }
        counters.put("clientBytes", allBytes);
        counters.put("clientOpen", openRequests);
        counters.put("clientConnections", connections);
    }

    void close() throws IOException {
        closed = true;
        ServerSocketChannel open = server;
        if (open != null) {
            open.close();
        }
        for (Connection connection : List.copyOf(strangers)) {
            connection.channel().close("shutting down");
        }
        for (Connection connection : List.copyOf(established.values())) {
            connection.channel().close("shutting down");
        }
    }
}
