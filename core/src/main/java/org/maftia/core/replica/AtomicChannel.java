package org.maftia.core.replica;

import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.replica.TotalOrder.Kind;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * One sequence of the payloads of all replicas: correct ones deliver the same payloads in the same order, those of one
 * sender in the order in which it sent them; what a correct replica sends all deliver. So whatever a correct replica had
 * delivered when it sent something comes before it everywhere. In the {@linkplain #confidential confidential} form nobody
 * reads a payload before its place in the sequence is fixed, so nothing that depends on it can get a place before it.
 *
 * <p>The sequence is the log of a {@link Replica}, in which each member is a client: its links are its sessions with the
 * others. Deliveries are outputs, each once, also across restarts, if whoever hears it keeps what it needs in the same
 * step. A replica that the others have left behind takes their state, and outputs how many payloads it {@link Missed}:
 * bounds cost totality there, never order.
 *
 * <p>The channel ends at the place in the sequence where a kernel of members has asked for it, the same at all.
 *
 * <p>Source: for the channels Cachin, Kursawe, Petzold, Shoup, "Secure and efficient asynchronous broadcast protocols"
 * (CRYPTO 2001); for their use alone Cachin, Poritz, "Secure intrusion-tolerant replication on the Internet" (DSN 2002).
 */
public final class AtomicChannel implements Protocol<AtomicChannel.Message> {
    /** Own payloads under way: covers the steps of the ordering, and bounds what waits in the state for a liar. */
    public static final int WINDOW = 16;

    /** What is not ordered by then may have been refused by replicas that were full, or that were away. */
    private static final long REPEAT_MICROS = 2_000_000;

    /** Bytes around a payload: kind, names of services, lengths. */
    private static final int ENVELOPE_LENGTH = 128;

    /** What comes out. */
    public sealed interface Event {}

    /**
     * A payload.
     *
     * @param place in the sequence, from 1; the same at all replicas
     * @param number counts the sender's payloads, from 0
     */
    public record Delivery(long place, int sender, long number, byte[] payload) implements Event {}

    /** So many payloads were delivered by the others while this replica was away, and are not known here. */
    public record Missed(long payloads) implements Event {}

    /** A kernel of replicas asked for the end: nothing follows. */
    public record Ended() implements Event {}

    /** Something that an operator should read. */
    public record Notice(String text) implements Event {}

    /** What travels, and what the journal keeps. */
    public sealed interface Message {}

    /** From the member whose request it is; in the journal what this replica asked for. */
    record Carry(Request request) implements Message {}

    /** Journal only: all events up to this position were output. */
    record Progress(long position) implements Message {}

    /**
     * What all members of a channel share, and what only this one holds.
     *
     * @param certifier signs for this replica
     * @param coin this replica's part in the coin of the group
     * @param configuration names the members and their keys; part of everything signed
     */
    public record Keys(Certifier certifier, Coin coin, Digest configuration) {}

    private final Port<Message, Event> port;
    private final Keys keys;
    private final ThresholdCipher cipher;
    private final Codec<Message> codec;
    private final TotalOrder order;
    private final Replica replica;
    private final boolean secret;

    /** Own requests that have not come out. */
    private final SortedMap<RequestId, Request> open = new TreeMap<>();

    private long session = -1;
    private long sequence;
    private boolean closing;
    private boolean saidEnd;
    private boolean repeating;

    /** All events up to this one were output. */
    private long progress;

    private AtomicChannel(
            Port<Message, Event> port, Keys keys, ThresholdCipher.Holder holder, boolean secret, boolean amnesiac) {
        this.port = port;
        this.keys = keys;
        this.cipher = holder.cipher();
        this.secret = secret;
        this.codec = new MessageCodec(Request.codec(port.limits().operationLengthMax()));
        this.order = new TotalOrder(port.trust(), payloadLengthMax(), new Deliveries());
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(TotalOrder.NAME, order);
        Genesis genesis = new Genesis(
                keys.configuration, keys.certifier, keys.coin, holder, services, new TreeMap<>(), new TreeMap<>());
        this.replica = port.<ReplicaSnapshot, Output, Replica>nest(
                "log", Path.NO_INDEX, child -> new Replica(child, genesis, amnesiac), this::said);
    }

    /**
     * A channel whose payloads everybody in the group may read at once.
     *
     * @param amnesiac whether this replica took part before but lost its journal: it must not vote where it may have voted
     *     already
     */
    public static AtomicChannel open(Port<Message, Event> port, Keys keys, boolean amnesiac) {
        return new AtomicChannel(port, keys, new Unencrypted(), false, amnesiac);
    }

    /**
     * A channel whose payloads nobody reads before they are ordered: secure causal order.
     *
     * @param holder this replica's part in the key to which the members encrypt
     * @param amnesiac as in {@link #open}
     */
    public static AtomicChannel confidential(
            Port<Message, Event> port, Keys keys, ThresholdCipher.Holder holder, boolean amnesiac) {
        return new AtomicChannel(port, keys, holder, true, amnesiac);
    }

    @Override
    public Codec<Message> codec() {
        return codec;
    }

    /** Longest payload, in bytes. */
    public int payloadLengthMax() {
        return port.limits().operationLengthMax() - ENVELOPE_LENGTH - cipher.overhead();
    }

    /** Whether there is room for one more payload, and the channel goes on. Who lost its journal first catches up. */
    public boolean canSend() {
        boolean knowsItself = session >= 0 || !status().abstaining();
        return !closing && !order.isOver() && knowsItself && open.size() < WINDOW;
    }

    /** Own payloads that have not come out yet. */
    public int underWay() {
        return open.size();
    }

    /**
     * Sends the next payload of this replica. Ask {@link #canSend} first.
     *
     * @param entropy used in a confidential channel: the secrecy of the payload rests on it
     */
    public void send(byte[] payload, Entropy entropy) {
        Invariant.check(canSend() && payload.length <= payloadLengthMax(), "a payload has room and fits");
        ask(Kind.PAYLOAD, payload, entropy);
    }

    /** Asks for the end of the channel, after what this replica has sent. */
    public void close(Entropy entropy) {
        if (!closing) {
            closing = true;
            ask(Kind.CLOSE, new byte[0], entropy);
        }
    }

    private void ask(Kind kind, byte[] payload, Entropy entropy) {
        if (session < 0) {
            // Above all that this replica used before it lost its journal, if it did, as far as the state tells.
            session = Math.max(port.nowMicros(), order.session(port.self()) + 1);
        }
        RequestId id = new RequestId(TotalOrder.client(port.self()), session, sequence++);
        Request request = new Request(id, operation(id, TotalOrder.operation(kind, payload), entropy));
        open.put(id, request);
        port.persist(new Carry(request));
        port.sendAll(new Carry(request));
        repeatLater();
    }

    private byte[] operation(RequestId id, byte[] plain, Entropy entropy) {
        int lengthMax = port.limits().operationLengthMax();
        ServiceCall call = new ServiceCall(TotalOrder.NAME, plain);
        if (secret) {
            byte[] label = ConfidentialCall.label(keys.configuration, TotalOrder.NAME, id);
            ConfidentialCall hidden = new ConfidentialCall(TotalOrder.NAME, cipher.encrypt(plain, label, entropy));
            call = new ServiceCall(
                    ConfidentialCall.SERVICE, ConfidentialCall.codec(lengthMax).encode(hidden));
        }
        byte[] operation = ServiceCall.codec(lengthMax).encode(call);
        Invariant.check(operation.length <= lengthMax, "the envelope of a payload has its bound");
        return operation;
    }

    private void repeatLater() {
        if (!repeating && !open.isEmpty()) {
            repeating = true;
            port.wake(REPEAT_MICROS, () -> {
                repeating = false;
                tidy();
                open.values().forEach(request -> port.sendAll(new Carry(request)));
                repeatLater();
            });
        }
    }

    /** What came out by a state of the others, or what nobody waits for any more, was not seen to come out. */
    private void tidy() {
        open.keySet().removeIf(order::isSettled);
    }

    /** The link to a peer is up (again): whatever was under way may be lost. */
    public void nudge(int peer) {
        open.values().forEach(request -> port.send(peer, new Carry(request)));
        replica.input(new Input.Connected(peer));
    }

    /** Where the log below stands. Only from the thread that runs the node. */
    public Status status() {
        return replica.status();
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Carry m -> {
                if (m.request.id().client() == TotalOrder.client(from)) {
                    replica.input(new Input.Submit(m.request));
                } else {
                    port.blame(from, "sends in the place of another");
                }
            }
            case Progress m -> port.blame(from, "sends a record of the journal");
        }
    }

    /** Results, views and refusals are for clients of services; here the state says what came out. */
    private void said(Output output) {
        if (output instanceof Output.Notice notice) {
            port.output(new Notice(notice.text()));
        }
        if (output instanceof Output.Broken broken) {
            port.output(new Notice("breaks at slot " + broken.slot() + ": " + broken.cause()));
        }
    }

    private boolean isNew(long position) {
        if (position <= progress) {
            return false;
        }
        progress = position;
        port.persist(new Progress(position));
        return true;
    }

    /** Turns what the state shows into outputs. */
    private final class Deliveries implements TotalOrder.Listener {
        @Override
        public void delivered(long position, int sender, RequestId id, long number, byte[] payload) {
            open.remove(id);
            if (isNew(position)) {
                port.output(new Delivery(position, sender, number, payload));
            }
        }

        @Override
        public void ended(long position) {
            open.clear();
            isNew(position);
            end();
        }

        @Override
        public void replaced() {
            long missed = order.position() - progress - (order.isOver() ? 1 : 0);
            tidy();
            if (isNew(order.position()) && missed > 0) {
                port.output(new Missed(missed));
            }
            if (order.isOver()) {
                end();
            }
        }
    }

    /** Also after a restart: whoever asks then has not heard of it. */
    private void end() {
        if (!saidEnd) {
            saidEnd = true;
            port.output(new Ended());
        }
    }

    @Override
    public void restore(Message record) {
        switch (record) {
            case Carry m -> {
                RequestId id = m.request.id();
                open.put(id, m.request);
                sequence = id.session() > session ? id.sequence() + 1 : Math.max(sequence, id.sequence() + 1);
                session = Math.max(session, id.session());
            }
            case Progress m -> progress = m.position;
        }
    }

    @Override
    public void restored() {
        tidy();
        open.values().forEach(request -> port.sendAll(new Carry(request)));
        repeatLater();
    }

    @Override
    public void journal(Consumer<Message> sink) {
        open.values().forEach(request -> sink.accept(new Carry(request)));
        sink.accept(new Progress(progress));
    }

    private record MessageCodec(Codec<Request> requests) implements Codec<Message> {
        @Override
        public void write(Writer writer, Message value) {
            switch (value) {
                case Carry m -> requests.write(writer.u8(0), m.request);
                case Progress m -> writer.u8(1).u64(m.position);
            }
        }

        @Override
        public Message read(Reader reader) {
            int type = reader.u8();
            return switch (type) {
                case 0 -> new Carry(requests.read(reader));
                case 1 -> new Progress(reader.count());
                default -> throw new MalformedException("no message of an atomic channel: " + type);
            };
        }
    }
}
