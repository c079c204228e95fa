package org.maftia.core.broadcast;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.maftia.core.crypto.Certifier;
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
 * Sequences of broadcasts, one of each replica, which keep the promises of a single one for every number: no two correct
 * replicas deliver a different payload as the k-th of a sender. On top of that payloads come in the order of their
 * numbers, or after all that their sender had delivered when it sent them, as {@link Order} says. A corrupted sender
 * holds up nobody but itself.
 *
 * <p>Deliveries are outputs. The journal remembers how far they went, so across a restart each is output once, if
 * whoever hears it keeps what it needs in the same step. A sender runs at most {@link #WINDOW} payloads ahead of what it
 * delivered of its own; whoever falls more than {@link #HISTORY} behind a sender, by losses that nobody repaired, gets
 * no more of it: bounds cost totality there, and state transfer is for the layer above.
 *
 * <p>The channel ends when a kernel of replicas asked; then everyone asks, and who hears a quorum ask outputs {@link
 * Ended}. What is under way then may reach some and not others.
 *
 * <p>Source: for the interface Cachin, Poritz, "Secure intrusion-tolerant replication on the Internet" (DSN 2002); causal
 * order by vectors Birman, Schiper, Stephenson (TOCS 1991).
 */
public final class Channel implements Protocol<Channel.Message> {
    /** Payloads of one sender under way: covers the round trips of a busy one, and bounds what is kept for a liar. */
    public static final int WINDOW = 16;

    /** Delivered payloads of one sender that are kept for those who are behind. */
    public static final int HISTORY = 16;

    /** Which payloads wait for which. */
    public enum Order {
        /** None waits. After a restart what came out of turn may come again: its number tells. */
        NONE,
        /** Those of one sender come in the order of their numbers. */
        FIFO,
        /** FIFO, and each comes after all that its sender had delivered. */
        CAUSAL
    }

    /** What comes out. */
    public sealed interface Event {}

    /**
     * A payload.
     *
     * @param number counts the sender's payloads, from 0
     */
    public record Delivery(int sender, long number, byte[] payload) implements Event {}

    /** A kernel of replicas asked for the end: nothing follows. */
    public record Ended() implements Event {}

    /** What travels, and what the journal keeps. */
    public sealed interface Message {}

    /** Asks for the end. */
    record Close() implements Message {}

    /** Journal only: all of the sender's payloads below the number were output. */
    record Progress(int sender, long delivered) implements Message {}

    /** Makes the instance of one number. */
    private interface Maker {
        Broadcast make(Port<Message, Event> port, int sender, long index, Consumer<byte[]> sink);
    }

    private final Port<Message, Event> port;
    private final String tag;
    private final Order order;
    private final int payloadLengthMax;
    private final Maker maker;
    private final List<Lane> lanes = new ArrayList<>();
    private ReplicaSet closers = ReplicaSet.EMPTY;
    private boolean closing;
    private boolean ended;

    /** The payloads of one sender. */
    private static final class Lane {
        /** All below have been output. */
        long delivered;

        final SortedMap<Long, Broadcast> live = new TreeMap<>();

        /** Arrived, waiting for what must come before; or, without an order, output already. */
        final SortedMap<Long, byte[]> arrived = new TreeMap<>();
    }

    private Channel(Port<Message, Event> port, String tag, Order order, int payloadLengthMax, Maker maker) {
        this.port = port;
        this.tag = tag;
        this.order = order;
        this.payloadLengthMax = payloadLengthMax;
        this.maker = maker;
        for (int sender = 0; sender < port.trust().size(); sender++) {
            lanes.add(new Lane());
            slide(sender);
        }
    }

    /**
     * A channel of reliable broadcasts.
     *
     * @param payloadLengthMax bytes of a payload; the same at all replicas
     */
    public static Channel reliable(Port<Message, Event> port, Order order, int payloadLengthMax) {
        int lengthMax = payloadLengthMax + vectorLength(port, order);
        return new Channel(
                port,
                "rb",
                order,
                payloadLengthMax,
                (parent, sender, index, sink) -> parent.nest(
                        "rb",
                        index,
                        (Port<ReliableBroadcast.Message, byte[]> child) ->
                                new ReliableBroadcast(child, sender, lengthMax),
                        sink));
    }

    /**
     * A channel of consistent broadcasts: cheaper, but what a corrupted sender sent may reach some and not others.
     *
     * @param configuration names the members and their keys; part of everything signed
     */
    public static Channel consistent(
            Port<Message, Event> port, Certifier certifier, Digest configuration, Order order, int payloadLengthMax) {
        int lengthMax = payloadLengthMax + vectorLength(port, order);
        return new Channel(
                port,
                "cb",
                order,
                payloadLengthMax,
                (parent, sender, index, sink) -> parent.nest(
                        "cb",
                        index,
                        (Port<ConsistentBroadcast.Message, byte[]> child) ->
                                new ConsistentBroadcast(child, certifier, configuration, sender, lengthMax),
                        sink));
    }

    private static int vectorLength(Port<?, ?> port, Order order) {
        int entries = order == Order.CAUSAL ? port.trust().size() : 0;
        return entries * Long.BYTES;
    }

    @Override
    public Codec<Message> codec() {
        return new MessageCodec(port.trust().size());
    }

    /** Whether there is room for one more payload, and the channel goes on. */
    public boolean canSend() {
        return !closing && lanes.get(port.self()).live.values().stream().anyMatch(broadcast -> !broadcast.hasSent());
    }

    /** Broadcasts the next payload of this replica. Ask {@link #canSend} first: it may have to wait for own deliveries. */
    public void send(byte[] payload) {
        Invariant.check(canSend() && payload.length <= payloadLengthMax, "a payload has room and fits");
        for (Broadcast broadcast : lanes.get(port.self()).live.values()) {
            if (!broadcast.hasSent()) {
                broadcast.broadcast(withVector(payload));
                return;
            }
        }
    }

    /** Asks for the end of the channel. */
    public void close() {
        if (!closing) {
            closing = true;
            port.persist(new Close());
            port.sendAll(new Close());
        }
    }

    /** Sends a peer again what it may have missed. */
    public void nudge(int peer) {
        if (closing) {
            port.send(peer, new Close());
        }
        lanes.forEach(lane -> lane.live.values().forEach(broadcast -> broadcast.nudge(peer)));
    }

    /**
     * In a consistent channel the proof of a payload that was delivered here, for {@link #deliverClosing} of any other
     * replica; empty for one that is not delivered, or older than {@link #HISTORY} payloads of its sender.
     */
    public Optional<byte[]> closing(int sender, long number) {
        return vouched(sender, number).flatMap(ConsistentBroadcast::closing);
    }

    /**
     * Takes a payload from a proof, so that it is delivered here as any other; false when the proof shows nothing, or
     * something that is not within reach here. Any bytes may be given.
     */
    public boolean deliverClosing(int sender, long number, byte[] proof) {
        return vouched(sender, number)
                .map(broadcast -> broadcast.deliverClosing(proof))
                .orElse(false);
    }

    private Optional<ConsistentBroadcast> vouched(int sender, long number) {
        Broadcast broadcast = sender < 0 || sender >= lanes.size()
                ? null
                : lanes.get(sender).live.get(number);
        return broadcast instanceof ConsistentBroadcast vouched ? Optional.of(vouched) : Optional.empty();
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Close m -> onClose(from);
            case Progress m -> port.blame(from, "sends a record of the journal");
        }
    }

    /** From a kernel: ask too. From a quorum: a kernel of correct ones asks everyone, so all get there. */
    private void onClose(int from) {
        closers = closers.with(from);
        if (port.trust().isKernel(closers)) {
            close();
        }
        if (port.trust().isQuorum(closers) && !ended) {
            ended = true;
            port.output(new Ended());
        }
    }

    // Delivery.

    private void arrived(int sender, long number, byte[] content) {
        Lane lane = lanes.get(sender);
        if (ended || number < lane.delivered || lane.arrived.containsKey(number)) {
            return;
        }
        lane.arrived.put(number, content);
        if (order == Order.NONE) {
            port.output(new Delivery(sender, number, content));
        }
        // What comes out of one lane may let others go on.
        boolean moved = true;
        while (moved) {
            moved = false;
            for (int i = 0; i < lanes.size(); i++) {
                moved |= deliverNext(i);
            }
        }
    }

    private boolean deliverNext(int sender) {
        Lane lane = lanes.get(sender);
        byte[] content = lane.arrived.get(lane.delivered);
        if (content == null || !isReady(sender, content)) {
            return false;
        }
        long number = lane.delivered;
        lane.arrived.remove(number);
        lane.delivered++;
        port.persist(new Progress(sender, lane.delivered));
        if (order != Order.NONE) {
            port.output(new Delivery(sender, number, withoutVector(content)));
        }
        slide(sender);
        return true;
    }

    /** Keeps the instances of the window, and those behind it that others may need. */
    private void slide(int sender) {
        Lane lane = lanes.get(sender);
        int size = port.trust().size();
        while (!lane.live.isEmpty() && lane.live.firstKey() < lane.delivered - HISTORY) {
            long old = lane.live.firstKey();
            lane.live.remove(old);
            port.drop(tag, old * size + sender);
        }
        long next = lane.live.isEmpty() ? Math.max(0, lane.delivered - HISTORY) : lane.live.lastKey() + 1;
        for (; next < lane.delivered + WINDOW; next++) {
            long number = next;
            lane.live.put(
                    number,
                    maker.make(port, sender, number * size + sender, content -> arrived(sender, number, content)));
        }
    }

    // Causal order: the payload stands behind the number of payloads that its sender had delivered of each replica.

    private byte[] withVector(byte[] payload) {
        if (order != Order.CAUSAL) {
            return payload;
        }
        Writer writer = new Writer(payload.length + vectorLength(port, order));
        lanes.forEach(lane -> writer.u64(lane.delivered));
        return writer.fixed(payload).toBytes();
    }

    private byte[] withoutVector(byte[] content) {
        Reader reader = new Reader(content);
        // Of a liar it may be shorter than a vector; all correct replicas make the same of it.
        reader.fixed(Math.min(content.length, vectorLength(port, order)));
        return reader.fixed(reader.remaining());
    }

    /** A vector that promises more than anyone will deliver blocks its sender's lane, and no other. */
    private boolean isReady(int sender, byte[] content) {
        if (order != Order.CAUSAL || content.length < vectorLength(port, order)) {
            return true;
        }
        Reader reader = new Reader(content);
        for (int i = 0; i < lanes.size(); i++) {
            long needed = reader.u64();
            if (i != sender && Long.compareUnsigned(needed, lanes.get(i).delivered) > 0) {
                return false;
            }
        }
        return true;
    }

    // The journal, and instances that are not there.

    @Override
    public Arrival unknownChild(String childTag, long index, int from) {
        int size = port.trust().size();
        if (!childTag.equals(tag) || index < 0) {
            return Arrival.DROP;
        }
        Lane lane = lanes.get((int) (index % size));
        return index / size < lane.delivered ? Arrival.DROP : Arrival.HOLD;
    }

    @Override
    public void restore(Message record) {
        switch (record) {
            case Close m -> closing = true;
            case Progress m -> {
                lanes.get(m.sender()).delivered = m.delivered();
                lanes.get(m.sender()).arrived.headMap(m.delivered()).clear();
                slide(m.sender());
            }
        }
    }

    @Override
    public void restored() {
        if (closing) {
            port.sendAll(new Close());
        }
    }

    @Override
    public void journal(Consumer<Message> sink) {
        for (int sender = 0; sender < lanes.size(); sender++) {
            if (lanes.get(sender).delivered > 0) {
                sink.accept(new Progress(sender, lanes.get(sender).delivered));
            }
        }
        if (closing) {
            sink.accept(new Close());
        }
    }

    private record MessageCodec(int replicas) implements Codec<Message> {
        @Override
        public void write(Writer writer, Message message) {
            switch (message) {
                case Close m -> writer.u8(0);
                case Progress m -> writer.u8(1).u8(m.sender).u64(m.delivered);
            }
        }

        @Override
        public Message read(Reader reader) {
            int type = reader.u8();
            return switch (type) {
                case 0 -> new Close();
                case 1 -> new Progress(reader.replica(replicas), reader.count());
                default -> throw new MalformedException("no message of a channel: " + type);
            };
        }
    }
}
