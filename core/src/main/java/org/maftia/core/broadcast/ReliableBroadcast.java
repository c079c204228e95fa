package org.maftia.core.broadcast;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * If one correct replica delivers m, all correct ones deliver m and nothing else; if the sender is correct, they deliver
 * what it broadcast. One instance is one broadcast of one sender. No signature, three message delays. The payload
 * travels with SEND and ECHO; READY names it by its digest.
 *
 * <p>The delivered payload is the output, once (again after a restart).
 *
 * <p>Source: Bracha, "Asynchronous Byzantine Agreement Protocols" (Information and Computation, 1987), with quorums and
 * kernels of a general fault structure.
 */
public final class ReliableBroadcast implements Protocol<ReliableBroadcast.Message>, Broadcast {
    /** What travels, and what the journal keeps. */
    public sealed interface Message {}

    record Send(byte[] payload) implements Message {}

    record Echo(byte[] payload) implements Message {}

    record Ready(Digest digest) implements Message {}

    /** Asks one who echoed for the payload again. */
    record Pull(Digest digest) implements Message {}

    private final Port<Message, byte[]> port;
    private final Codec<Message> codec;

    private final Origin<Message, Send> origin;
    private @Nullable Echo echoed;
    private @Nullable Ready ready;
    private boolean delivered;

    /** The payload on its way, from the first ECHO of each peer: at most one for each. */
    private final SortedMap<Digest, byte[]> payloads = new TreeMap<>();

    private final SortedMap<Integer, Digest> echoes = new TreeMap<>();
    private final SortedMap<Integer, Digest> readies = new TreeMap<>();

    /**
     * @param sender the only replica whose SEND counts
     * @param payloadLengthMax bytes of a payload; the same at all replicas
     */
    public ReliableBroadcast(Port<Message, byte[]> port, int sender, int payloadLengthMax) {
        this.port = port;
        this.origin = new Origin<>(port, sender);
        this.codec = new MessageCodec(payloadLengthMax);
    }

    @Override
    public Codec<Message> codec() {
        return codec;
    }

    @Override
    public void broadcast(byte[] payload) {
        origin.broadcast(new Send(payload));
    }

    @Override
    public boolean hasSent() {
        return origin.sent != null;
    }

    @Override
    public void nudge(int peer) {
        if (origin.sent != null) {
            port.send(peer, origin.sent);
        }
        if (echoed != null) {
            port.send(peer, echoed);
        }
        if (ready != null) {
            port.send(peer, ready);
        }
    }

    static Digest digest(byte[] payload) {
        return Transcript.of("reliable/payload").field(payload).digest();
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Send m -> onSend(from, m);
            case Echo m -> onEcho(from, m);
            case Ready m -> onReady(from, m);
            case Pull m -> onPull(from, m);
        }
    }

    /** First SEND of the sender: ECHO(m). */
    private void onSend(int from, Send m) {
        if (!origin.isSender(from)) {
            return;
        }
        if (echoed == null) {
            echoed = new Echo(m.payload);
            port.persist(echoed);
            port.sendAll(echoed);
        } else if (!digest(echoed.payload).equals(digest(m.payload))) {
            port.blame(from, "sends two payloads in one broadcast");
        }
    }

    /** ECHO from a quorum: READY(h). */
    private void onEcho(int from, Echo m) {
        Digest digest = digest(m.payload);
        Digest first = echoes.putIfAbsent(from, digest);
        if (first != null) {
            if (!first.equals(digest)) {
                port.blame(from, "echoes two payloads");
            }
            return;
        }
        payloads.putIfAbsent(digest, m.payload);
        if (port.trust().isQuorum(senders(echoes, digest))) {
            ready(digest);
        }
        deliver(digest);
    }

    /** READY from a kernel: READY(h). */
    private void onReady(int from, Ready m) {
        Digest first = readies.putIfAbsent(from, m.digest);
        if (first != null) {
            if (!first.equals(m.digest)) {
                port.blame(from, "is ready for two payloads");
            }
            return;
        }
        if (port.trust().isKernel(senders(readies, m.digest))) {
            ready(m.digest);
        }
        deliver(m.digest);
    }

    private void ready(Digest digest) {
        if (ready == null) {
            ready = new Ready(digest);
            port.persist(ready);
            port.sendAll(ready);
        }
    }

    /**
     * READY from a quorum, and m held: deliver. A correct replica among them saw ECHO from a quorum, so a kernel of
     * correct replicas holds m and has sent its ECHO to all; whoever lacks m asks those who are ready for it.
     */
    private void deliver(Digest digest) {
        if (delivered || !port.trust().isQuorum(senders(readies, digest))) {
            return;
        }
        byte[] payload = payloads.get(digest);
        if (payload != null) {
            delivered = true;
            port.output(payload);
        } else {
            senders(readies, digest)
                    .minus(ReplicaSet.of(port.self()))
                    .forEach(peer -> port.send(peer, new Pull(digest)));
        }
    }

    private void onPull(int from, Pull m) {
        if (echoed != null && digest(echoed.payload).equals(m.digest)) {
            port.send(from, echoed);
        }
    }

    private static ReplicaSet senders(SortedMap<Integer, Digest> messages, Digest digest) {
        ReplicaSet senders = ReplicaSet.EMPTY;
        for (var entry : messages.entrySet()) {
            if (entry.getValue().equals(digest)) {
                senders = senders.with(entry.getKey());
            }
        }
        return senders;
    }

    @Override
    public void restore(Message record) {
        switch (record) {
            case Send m -> origin.sent = m;
            case Echo m -> echoed = m;
            case Ready m -> ready = m;
            case Pull m -> Invariant.check(false, "a question is no record");
        }
    }

    @Override
    public void restored() {
        if (origin.sent != null) {
            port.sendAll(origin.sent);
        }
        if (echoed != null) {
            port.sendAll(echoed);
        }
        if (ready != null) {
            port.sendAll(ready);
        }
    }

    @Override
    public void journal(Consumer<Message> sink) {
        origin.journal(sink);
        if (echoed != null) {
            sink.accept(echoed);
        }
        if (ready != null) {
            sink.accept(ready);
        }
    }

    private record MessageCodec(int payloadLengthMax) implements Codec<Message> {
        @Override
        public void write(Writer writer, Message message) {
            switch (message) {
                case Send m -> writer.u8(0).opaque32(m.payload);
                case Echo m -> writer.u8(1).opaque32(m.payload);
                case Ready m -> writer.u8(2).digest(m.digest);
                case Pull m -> writer.u8(3).digest(m.digest);
            }
        }

        @Override
        public Message read(Reader reader) {
            int type = reader.u8();
            return switch (type) {
                case 0 -> new Send(reader.opaque32(payloadLengthMax));
                case 1 -> new Echo(reader.opaque32(payloadLengthMax));
                case 2 -> new Ready(reader.digest());
                case 3 -> new Pull(reader.digest());
                default -> throw new MalformedException("no message of reliable broadcast: " + type);
            };
        }
    }
}
