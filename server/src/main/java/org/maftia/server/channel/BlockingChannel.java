package org.maftia.server.channel;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.maftia.core.broadcast.Channel;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.AtomicChannel;
import org.maftia.server.cluster.SystemEntropy;

/**
 * A channel as threads use it: {@link #send} waits while a window of own payloads is under way, {@link #receive} until
 * something has come. What is promised about order and agreement is the promise of the channel that it was opened as. Any
 * thread may call any method.
 *
 * <p>A member that comes back with its journal goes on behind what had come out in its earlier life, be it received or not:
 * an application that must not miss what it had no time for keeps it in a service of a replica instead.
 */
public final class BlockingChannel implements AutoCloseable {
    private final Engine<Talk, Received> engine;
    private final Inbox inbox;

    /** The kinds of channels, alike. */
    interface Talk extends Engine.Part {
        boolean canSend();

        /** The end was asked for, here or by a kernel. */
        boolean isClosing();

        int payloadLengthMax();

        void send(byte[] payload);

        void end();

        Optional<byte[]> proof(int sender, long number);

        boolean prove(int sender, long number, byte[] proof);
    }

    /** The kinds of channels, as their members must agree on them. */
    private enum Kind {
        RELIABLE,
        CONSISTENT,
        ATOMIC,
        CONFIDENTIAL
    }

    private BlockingChannel(MemberSetup setup, Engine.Plan<Talk, Received> plan) throws IOException {
        this.inbox = new Inbox();
        this.engine = Engine.start(setup, plan, inbox::put, inbox::fail);
    }

    /**
     * Reliable broadcasts: all correct members deliver the same payloads of each sender.
     *
     * @param payloadLengthMax bytes of a payload; the same at all members
     * @throws IOException when the address cannot be bound, or the memory of this member is unreadable or lost
     */
    public static BlockingChannel reliable(MemberSetup setup, Channel.Order order, int payloadLengthMax)
            throws IOException {
        return of(setup, Engine.honest(), order, payloadLengthMax, false);
    }

    /**
     * Consistent broadcasts: cheaper, and each delivered payload has a {@link #proof}; what a corrupted member sends may
     * reach some and not others.
     *
     * @param payloadLengthMax bytes of a payload; the same at all members
     * @throws IOException when the address cannot be bound, or the memory of this member is unreadable or lost
     */
    public static BlockingChannel consistent(MemberSetup setup, Channel.Order order, int payloadLengthMax)
            throws IOException {
        return of(setup, Engine.honest(), order, payloadLengthMax, true);
    }

    static BlockingChannel of(
            MemberSetup setup,
            UnaryOperator<Automaton<Consumer<Talk>, Received>> corruption,
            Channel.Order order,
            int payloadLengthMax,
            boolean consistent)
            throws IOException {
        Kind kind = consistent ? Kind.CONSISTENT : Kind.RELIABLE;
        return new BlockingChannel(
                setup,
                new Engine.Plan<>(
                        (port, amnesiac) -> new Broadcasts(port, setup, order, payloadLengthMax, consistent),
                        setup.bound(kind + "/" + order + "/" + payloadLengthMax),
                        false,
                        corruption));
    }

    /**
     * One sequence of all payloads, the same at all correct members.
     *
     * @throws IOException when the address cannot be bound, or the memory of this member is unreadable
     */
    public static BlockingChannel atomic(MemberSetup setup) throws IOException {
        return atomic(setup, Engine.honest());
    }

    static BlockingChannel atomic(MemberSetup setup, UnaryOperator<Automaton<Consumer<Talk>, Received>> corruption)
            throws IOException {
        Engine.Maker<Talk, Received> maker = (port, amnesiac) ->
                new Sequence(port, setup, child -> AtomicChannel.open(child, setup.keys(), amnesiac));
        return new BlockingChannel(
                setup, new Engine.Plan<>(maker, setup.bound(Kind.ATOMIC.toString()), true, corruption));
    }

    /**
     * The same, and nobody reads a payload before it has its place in the sequence: secure causal order.
     *
     * @param holder this member's part in the key to which the members encrypt
     * @throws IOException when the address cannot be bound, or the memory of this member is unreadable
     */
    public static BlockingChannel confidential(MemberSetup setup, ThresholdCipher.Holder holder) throws IOException {
        return confidential(setup, holder, Engine.honest());
    }

    static BlockingChannel confidential(
            MemberSetup setup,
            ThresholdCipher.Holder holder,
            UnaryOperator<Automaton<Consumer<Talk>, Received>> corruption)
            throws IOException {
        Engine.Maker<Talk, Received> maker = (port, amnesiac) ->
                new Sequence(port, setup, child -> AtomicChannel.confidential(child, setup.keys(), holder, amnesiac));
        return new BlockingChannel(
                setup, new Engine.Plan<>(maker, setup.bound(Kind.CONFIDENTIAL.toString()), true, corruption));
    }

    /**
     * Sends a payload, after a wait for room if need be.
     *
     * @return false when the channel has come to its end, or {@link #end} was called: the payload is not sent
     * @throws IllegalArgumentException when the payload is too long for the channel
     * @throws IOException when this member has stopped
     */
    public boolean send(byte[] payload) throws IOException, InterruptedException {
        byte[] own = payload.clone();
        while (true) {
            long seen = engine.turns();
            Outcome outcome = engine.call(talk -> trySend(talk, own));
            switch (outcome) {
                case SENT -> {
                    return true;
                }
                case OVER -> {
                    return false;
                }
                case TOO_LONG ->
                    throw new IllegalArgumentException("a payload of " + own.length + " bytes is too long");
                case FULL -> engine.awaitTurnAfter(seen);
            }
        }
    }

    private enum Outcome {
        SENT,
        FULL,
        OVER,
        TOO_LONG
    }

    private static Outcome trySend(Talk talk, byte[] payload) {
        if (payload.length > talk.payloadLengthMax()) {
            return Outcome.TOO_LONG;
        }
        if (talk.isClosing()) {
            return Outcome.OVER;
        }
        if (!talk.canSend()) {
            return Outcome.FULL;
        }
        talk.send(payload);
        return Outcome.SENT;
    }

    /**
     * The next that came out, waited for. After {@link Received.Ended} there is nothing but that.
     *
     * @throws IOException when this member has stopped, and all that had come is received
     */
    public Received receive() throws IOException, InterruptedException {
        return inbox.take();
    }

    /** Whether {@link #receive} has something to give without a wait. */
    public boolean canReceive() {
        return !inbox.isEmpty();
    }

    /**
     * The proof of a payload that was received lately, for {@link #prove} of any other member; empty in a channel that is not
     * consistent.
     */
    public Optional<byte[]> proof(Received.Payload payload) throws IOException, InterruptedException {
        return engine.call(talk -> talk.proof(payload.sender(), payload.number()));
    }

    /** Takes a payload from another member's proof, so that it is received here; false when the proof shows nothing. */
    public boolean prove(int sender, long number, byte[] proof) throws IOException, InterruptedException {
        return engine.call(talk -> talk.prove(sender, number, proof));
    }

    /** Asks for the end of the channel: it ends when a kernel of members has asked. What was sent before comes out. */
    public void end() throws IOException, InterruptedException {
        engine.call(talk -> {
            talk.end();
            return true;
        });
    }

    /** Asks for the end, and waits until the channel has ended; what came before can still be received. */
    public void endWait() throws IOException, InterruptedException {
        end();
        inbox.awaitEnd();
    }

    /** Leaves: links and journal are closed. The others notice a member that is away; it may come back with its journal. */
    @Override
    public void close() throws IOException {
        engine.close();
    }

    /** Channels of broadcasts. */
    private static final class Broadcasts implements Talk {
        private final Channel channel;
        private final int payloadLengthMax;
        private boolean closing;

        Broadcasts(
                Port<Object, Received> port,
                MemberSetup setup,
                Channel.Order order,
                int payloadLengthMax,
                boolean consistent) {
            this.payloadLengthMax = payloadLengthMax;
            MemberSetup.Name name = setup.name();
            this.channel = port.nest(
                    name.tag(),
                    name.number(),
                    (Port<Channel.Message, Channel.Event> child) -> consistent
                            ? Channel.consistent(
                                    child,
                                    setup.keys().certifier(),
                                    setup.keys().configuration(),
                                    order,
                                    payloadLengthMax)
                            : Channel.reliable(child, order, payloadLengthMax),
                    event -> port.output(received(event)));
        }

        private Received received(Channel.Event event) {
            return switch (event) {
                case Channel.Delivery m -> new Received.Payload(m.sender(), m.number(), m.payload());
                case Channel.Ended m -> {
                    closing = true;
                    yield new Received.Ended();
                }
            };
        }

        @Override
        public boolean canSend() {
            return channel.canSend();
        }

        @Override
        public boolean isClosing() {
            return closing;
        }

        @Override
        public int payloadLengthMax() {
            return payloadLengthMax;
        }

        @Override
        public void send(byte[] payload) {
            channel.send(payload);
        }

        @Override
        public void end() {
            closing = true;
            channel.close();
        }

        @Override
        public Optional<byte[]> proof(int sender, long number) {
            return channel.closing(sender, number);
        }

        @Override
        public boolean prove(int sender, long number, byte[] proof) {
            return channel.deliverClosing(sender, number, proof);
        }

        @Override
        public void nudge(int peer) {
            channel.nudge(peer);
        }
    }

    /** Atomic channels. */
    private static final class Sequence implements Talk {
        private final AtomicChannel channel;
        private final Entropy entropy = SystemEntropy.INSTANCE;
        private boolean closing;

        /** Makes the channel at its place. */
        interface Maker {
            AtomicChannel make(Port<AtomicChannel.Message, AtomicChannel.Event> port);
        }

        Sequence(Port<Object, Received> port, MemberSetup setup, Maker maker) {
            MemberSetup.Name name = setup.name();
            this.channel = port.nest(name.tag(), name.number(), maker::make, event -> {
                switch (event) {
                    case AtomicChannel.Delivery m ->
                        port.output(new Received.Payload(m.sender(), m.number(), m.payload()));
                    case AtomicChannel.Missed m -> port.output(new Received.Missed(m.payloads()));
                    case AtomicChannel.Notice m -> setup.events().notice(m.text());
                    case AtomicChannel.Ended m -> {
                        closing = true;
                        port.output(new Received.Ended());
                    }
                }
            });
        }

        @Override
        public boolean canSend() {
            return channel.canSend();
        }

        @Override
        public boolean isClosing() {
            return closing;
        }

        @Override
        public int payloadLengthMax() {
            return channel.payloadLengthMax();
        }

        @Override
        public void send(byte[] payload) {
            channel.send(payload, entropy);
        }

        @Override
        public void end() {
            closing = true;
            channel.close(entropy);
        }

        @Override
        public Optional<byte[]> proof(int sender, long number) {
            return Optional.empty();
        }

        @Override
        public boolean prove(int sender, long number, byte[] proof) {
            return false;
        }

        @Override
        public void nudge(int peer) {
            channel.nudge(peer);
        }
    }
}
