package org.maftia.simulator;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.maftia.core.broadcast.ConsistentBroadcast;
import org.maftia.core.broadcast.ReliableBroadcast;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.Parent.Input;

/**
 * One broadcast of replica 0. Promised: no two deliver differently; what a correct sender sent is what is delivered, and
 * the whole core delivers it; and where it is reliable, that all of the core deliver if any correct replica does.
 */
final class BroadcastSubject implements Subject<Input<byte[]>, byte[]> {
    private static final int SENDER = 0;
    private static final int SEND_PPM = 60_000;
    private static final int PAYLOAD_LENGTH_MAX = 16;
    private static final HexFormat HEX = HexFormat.of();

    private final World world;
    private final boolean reliable;
    private final SortedMap<Integer, byte[]> delivered = new TreeMap<>();

    /** All that the sender was given in its lives, in hexadecimal. */
    private final SortedSet<String> given = new TreeSet<>();

    private boolean sent;

    /** @param reliable or else consistent */
    BroadcastSubject(World world, boolean reliable) {
        this.world = world;
        this.reliable = reliable;
    }

    @Override
    public Automaton<Input<byte[]>, byte[]> boot(Boot boot) {
        // What was not durable is sent again, perhaps something else.
        sent = sent && boot.replica() != SENDER;
        return new Node<>(
                boot.replica(),
                world.trust(),
                world.limits(),
                boot.nowMicros(),
                (Port<Void, byte[]> port) -> reliable ? reliable(port) : consistent(port, boot));
    }

    private static Parent<byte[], byte[]> reliable(Port<Void, byte[]> port) {
        return Parent.of(
                port,
                "rb",
                (Port<ReliableBroadcast.Message, byte[]> child) ->
                        new ReliableBroadcast(child, SENDER, PAYLOAD_LENGTH_MAX),
                ReliableBroadcast::broadcast,
                ReliableBroadcast::nudge);
    }

    private static Parent<byte[], byte[]> consistent(Port<Void, byte[]> port, Boot boot) {
        return Parent.of(
                port,
                "cb",
                (Port<ConsistentBroadcast.Message, byte[]> child) -> new ConsistentBroadcast(
                        child, boot.certifier(), boot.world().configuration(), SENDER, PAYLOAD_LENGTH_MAX),
                ConsistentBroadcast::broadcast,
                ConsistentBroadcast::nudge);
    }

    @Override
    public Optional<Input<byte[]>> connected(int peer) {
        return Optional.of(new Input.Connected<>(peer));
    }

    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input<byte[]>> give) {
        if (!sent && up.contains(SENDER) && draw.chance(SEND_PPM)) {
            send(draw, give);
        }
    }

    private void send(Draw draw, BiConsumer<Integer, Input<byte[]>> give) {
        sent = true;
        byte[] payload = draw.bytes(draw.below(PAYLOAD_LENGTH_MAX));
        given.add(HEX.formatHex(payload));
        give.accept(SENDER, new Input.Give<>(payload));
    }

    @Override
    public void insist(Draw draw, ReplicaSet core, BiConsumer<Integer, Input<byte[]>> give) {
        if (!sent && core.contains(SENDER)) {
            send(draw, give);
        }
    }

    @Override
    public Optional<Input<byte[]>> otherwise(Input<byte[]> input, Draw draw) {
        return Optional.of(
                input instanceof Input.Give<byte[]>
                        ? new Input.Give<>(draw.bytes(draw.below(PAYLOAD_LENGTH_MAX)))
                        : input);
    }

    @Override
    public void output(int replica, byte[] payload) {
        Violation.unless(
                world.corrupted().contains(SENDER) || given.contains(HEX.formatHex(payload)),
                "a payload is delivered that nobody sent");
        delivered.forEach((other, old) -> Violation.unless(
                Arrays.equals(old, payload), "r" + other + " and r" + replica + " deliver differently"));
        delivered.put(replica, payload);
    }

    @Override
    public boolean settled(ReplicaSet core) {
        boolean promised = core.contains(SENDER) || (reliable && !delivered.isEmpty());
        return !promised || core.toList().stream().allMatch(delivered::containsKey);
    }

    @Override
    public void conclude(ReplicaSet core) {
        Violation.unless(!core.contains(SENDER) || delivered.containsKey(SENDER), "nothing is delivered");
    }

    @Override
    public String standing(ReplicaSet core) {
        return "delivered by " + delivered.keySet();
    }
}
