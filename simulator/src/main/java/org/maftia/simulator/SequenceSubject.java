package org.maftia.simulator;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.AtomicChannel;
import org.maftia.core.replica.Status;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.simulator.Parent.Input;

/**
 * One atomic channel. Promised: at each place of the sequence all deliver the same payload, of who sent it, those of one
 * sender in the order in which it sent them; each at most once, and what is left out is told; in the end the whole core is at
 * the same place, and nothing that one of it sent is still under way.
 */
final class SequenceSubject implements Subject<Input<byte[]>, AtomicChannel.Event> {
    private static final int SEND_PPM = 20_000;
    private static final int PAYLOAD_LENGTH_MAX = 16;
    private static final HexFormat HEX = HexFormat.of();

    private final World world;
    private final boolean confidential;
    private final SortedMap<Integer, AtomicChannel> channels = new TreeMap<>();

    /** What each correct replica was given, in hexadecimal. */
    private final SortedMap<Integer, SortedSet<String>> given = new TreeMap<>();

    /** What stands at each place, in words. */
    private final SortedMap<Long, String> sequence = new TreeMap<>();

    /** How far each replica is. */
    private final SortedMap<Integer, Long> places = new TreeMap<>();

    /** What every replica missed since it told a place the last time. */
    private final SortedMap<Integer, Long> missed = new TreeMap<>();

    /** The number of each sender's payload, by its place. */
    private final SortedMap<Integer, TreeMap<Long, Long>> numbers = new TreeMap<>();

    private long entropy;

    SequenceSubject(World world) {
        this.world = world;
        this.confidential = world.configuration().a() % 2 == 0;
    }

    @Override
    public Automaton<Input<byte[]>, AtomicChannel.Event> boot(Boot boot) {
        if (boot.diskLost()) {
            // Who used what it heard lost that too, and hears it again.
            places.remove(boot.replica());
        }
        AtomicChannel.Keys keys = new AtomicChannel.Keys(boot.certifier(), boot.coin(), world.configuration());
        return new Node<>(
                boot.replica(),
                world.trust(),
                world.limits(),
                boot.nowMicros(),
                (Port<Void, AtomicChannel.Event> port) -> Parent.of(
                        port,
                        "channel",
                        (Port<AtomicChannel.Message, AtomicChannel.Event> child) -> channel(child, boot, keys),
                        this::send,
                        AtomicChannel::nudge));
    }

    private AtomicChannel channel(
            Port<AtomicChannel.Message, AtomicChannel.Event> port, Boot boot, AtomicChannel.Keys keys) {
        AtomicChannel channel = confidential
                ? AtomicChannel.confidential(port, keys, boot.holder(), boot.diskLost())
                : AtomicChannel.open(port, keys, boot.diskLost());
        if (!world.corrupted().contains(boot.replica())) {
            channels.put(boot.replica(), channel);
        }
        return channel;
    }

    private void send(AtomicChannel channel, byte[] payload) {
        if (channel.canSend()) {
            channel.send(payload, fresh());
        }
    }

    /** No bytes twice; that nobody predicts them is for real groups. */
    private Entropy fresh() {
        return count -> new Draw(entropy++).bytes(count);
    }

    @Override
    public Optional<Input<byte[]>> connected(int peer) {
        return Optional.of(new Input.Connected<>(peer));
    }

    /** Who vouched for a request is known from messages that a crashed replica does not repeat. */
    @Override
    public void stimulate(Draw draw, ReplicaSet up, BiConsumer<Integer, Input<byte[]>> give) {
        if (!up.isEmpty() && draw.chance(SEND_PPM)) {
            int sender = draw.of(up.toList());
            byte[] payload = draw.bytes(1 + draw.below(PAYLOAD_LENGTH_MAX));
            given.computeIfAbsent(sender, none -> new TreeSet<>()).add(HEX.formatHex(payload));
            give.accept(sender, new Input.Give<>(payload));
        }
    }

    @Override
    public Optional<Input<byte[]>> otherwise(Input<byte[]> input, Draw draw) {
        return Optional.of(
                input instanceof Input.Give<byte[]>
                        ? new Input.Give<>(draw.bytes(1 + draw.below(PAYLOAD_LENGTH_MAX)))
                        : input);
    }

    @Override
    public boolean leads(int replica) {
        AtomicChannel channel = channels.get(replica);
        return channel != null && channel.status().leader() == replica;
    }

    @Override
    public void output(int replica, AtomicChannel.Event event) {
        switch (event) {
            case AtomicChannel.Delivery delivery -> delivered(replica, delivery);
            case AtomicChannel.Missed more -> missed.merge(replica, more.payloads(), Long::sum);
            case AtomicChannel.Ended end ->
                throw new Violation("the channel ends, and a fault set at most asked for it");
            case AtomicChannel.Notice notice -> {}
        }
    }

    private void delivered(int replica, AtomicChannel.Delivery delivery) {
        String payload = HEX.formatHex(delivery.payload());
        int sender = delivery.sender();
        String words = "r" + sender + "/" + delivery.number() + " " + payload;
        String known = sequence.putIfAbsent(delivery.place(), words);
        Violation.unless(
                known == null || known.equals(words),
                "place " + delivery.place() + ": r" + replica + " delivers " + words + ", and another " + known);
        Violation.unless(
                world.corrupted().contains(sender)
                        || given.getOrDefault(sender, new TreeSet<>()).contains(payload),
                "r" + replica + " delivers what r" + sender + " did not send");
        long before = places.getOrDefault(replica, 0L);
        Violation.unless(delivery.place() > before, "r" + replica + " delivers a place twice, or goes back");
        places.put(replica, delivery.place());
        inOrder(delivery);
    }

    /** The numbers of a sender grow with the places. */
    private void inOrder(AtomicChannel.Delivery delivery) {
        TreeMap<Long, Long> known = numbers.computeIfAbsent(delivery.sender(), none -> new TreeMap<>());
        known.put(delivery.place(), delivery.number());
        Map.Entry<Long, Long> before = known.lowerEntry(delivery.place());
        Map.Entry<Long, Long> after = known.higherEntry(delivery.place());
        Violation.unless(
                (before == null || before.getValue() < delivery.number())
                        && (after == null || after.getValue() > delivery.number()),
                "r" + delivery.sender() + "'s payloads are not in its order");
    }

    private Status status(int replica) {
        AtomicChannel channel = channels.get(replica);
        if (channel == null) {
            throw new IllegalStateException("a replica of the core was never started");
        }
        return channel.status();
    }

    @Override
    public boolean settled(ReplicaSet core) {
        long slot = status(core.first()).executed();
        for (int replica : core.toList()) {
            Status status = status(replica);
            AtomicChannel channel = channels.get(replica);
            boolean idle = channel != null && channel.underWay() == 0;
            if (!idle || status.executed() != slot || status.fetching() || status.abstaining()) {
                return false;
            }
        }
        return true;
    }

    /** All of the core that hear of the end of the sequence hear of the same; who came to it by state says how much it missed. */
    @Override
    public void conclude(ReplicaSet core) {
        for (int replica : core.toList()) {
            long known = places.getOrDefault(replica, 0L) + missed.getOrDefault(replica, 0L);
            Violation.unless(
                    sequence.isEmpty() || known > 0,
                    "r" + replica + " heard of nothing, neither payloads nor how many it missed");
        }
    }

    @Override
    public String standing(ReplicaSet core) {
        StringBuilder text = new StringBuilder();
        core.forEach(replica -> text.append("\n  r")
                .append(replica)
                .append(" place ")
                .append(places.getOrDefault(replica, 0L))
                .append(' ')
                .append(status(replica)));
        return text.toString();
    }
}
