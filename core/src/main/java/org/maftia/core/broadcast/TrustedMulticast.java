package org.maftia.core.broadcast;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Agreed;
import org.maftia.core.protocol.AttestationVerifier;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * If one correct replica delivers M, all correct ones do; if a correct replica multicasts and its trusted component hears of it
 * in time, all deliver M, and else it learns that it has to try again. All but two may be corrupt, as no vote of a replica
 * counts: the trusted components agree on the digest of what the sender sends, and tell who held it by then. Who held it gives
 * it to the others, with what the components certified.
 *
 * <p>It asks more of the world than {@link UsigBroadcast}: trusted components that agree within a bound, whose agreement no
 * intruder stops. Messages are identified by their sender and the moment of their agreement. A replica that crashes takes no part in
 * what was under way.
 *
 * <p>Source: Correia, Lung, Neves, Verissimo, "Efficient Byzantine-resilient reliable multicast on a hybrid failure model"
 * (SRDS 2002).
 */
public final class TrustedMulticast implements Protocol<TrustedMulticast.Message> {
    /** Messages of one sender that are under way: a component has so many agreements of one caller at a time. */
    public static final int UNDER_WAY_MAX = 64;

    /** Finished ones of one sender that are remembered: those that links may still bring again. */
    private static final int FINISHED_MAX = 4 * UNDER_WAY_MAX;

    /** Between two questions whether the agreement has ended. */
    private static final long POLL_MICROS = 1_000;

    private static final int JUDGED_PER_PEER_MAX = 2 * UNDER_WAY_MAX;

    /**
     * What the group assumes of time and links.
     *
     * @param leadMicros from a multicast to the beginning of its agreement: what a frame takes to reach the others
     * @param againMicros from one round of copies to the next
     * @param copies so many, and more in a row are not lost; 1 on links that resend
     */
    public record Timing(long leadMicros, long againMicros, int copies) {}

    /** What travels. */
    public sealed interface Message {}

    /** What a sender sends. */
    record Data(int sender, long startMicros, byte[] payload) implements Message {}

    /** The same with what the components agreed on, from whoever holds it. */
    record Carried(Data data, Agreed agreed) implements Message {}

    /** I hold it. */
    record Ack(int sender, long startMicros) implements Message {}

    /** What comes out. */
    public sealed interface Event {
        record Delivery(int sender, long startMicros, byte[] payload) implements Event {}

        /** The own multicast came too late to its component; nobody delivers it. */
        record Late(long startMicros, byte[] payload) implements Event {}
    }

    private final Port<Message, Event> port;
    private final Codec<Message> codec;
    private final AttestationVerifier verifier;
    private final int stream;
    private final List<Long> epochs;
    private final Timing timing;

    /** By sender, then by moment. */
    private final List<TreeMap<Long, Round>> rounds = new ArrayList<>();

    private final int[] judging;
    private long lastStartMicros;

    /** One message on its way. */
    private static final class Round {
        @Nullable
        Data data;

        @Nullable
        Agreed agreed;

        ReplicaSet holders = ReplicaSet.EMPTY;
        int copies;
        boolean over;
    }

    /**
     * @param verifier judges what components certify
     * @param stream the number of this protocol in the group
     * @param epochs that of each replica's component
     * @param payloadLengthMax bytes of a payload
     */
    public TrustedMulticast(
            Port<Message, Event> port,
            AttestationVerifier verifier,
            int stream,
            List<Long> epochs,
            Timing timing,
            int payloadLengthMax) {
        this.port = port;
        this.codec = codec(port.trust().size(), payloadLengthMax);
        this.verifier = verifier;
        this.stream = stream;
        this.epochs = List.copyOf(epochs);
        this.timing = timing;
        this.judging = new int[port.trust().size()];
        for (int sender = 0; sender < port.trust().size(); sender++) {
            rounds.add(new TreeMap<>());
        }
        boolean small =
                ReplicaSet.firstOf(Agreed.MEMBERS_MAX).containsAll(port.trust().all());
        Invariant.check(small, "the components agree in groups of so many");
    }

    @Override
    public Codec<Message> codec() {
        return codec;
    }

    /** Whether not too many are under way. */
    public boolean canMulticast() {
        return underWay(port.self()) < UNDER_WAY_MAX;
    }

    private long underWay(int sender) {
        return rounds.get(sender).values().stream().filter(round -> !round.over).count();
    }

    /** Multicasts; the caller has asked {@link #canMulticast}. Gives the moment by which it is known. */
    public long multicast(byte[] payload) {
        Invariant.check(canMulticast(), "a multicast waits until there is room for it");
        lastStartMicros = Math.max(lastStartMicros + 1, port.nowMicros() + timing.leadMicros);
        Data data = new Data(port.self(), lastStartMicros, payload);
        others().forEach(peer -> port.send(peer, data));
        take(data);
        return lastStartMicros;
    }

    private List<Integer> others() {
        return port.trust().all().without(port.self()).toList();
    }

    /** The sender first, then the others. */
    private List<Integer> members(int sender) {
        List<Integer> members = new ArrayList<>(List.of(sender));
        members.addAll(port.trust().all().without(sender).toList());
        return members;
    }

    private Digest digest(Data data) {
        return Transcript.of("trusted multicast")
                .field(port.path().toString())
                .field(data.sender)
                .field(data.startMicros)
                .field(data.payload)
                .digest();
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Data m -> onData(from, m);
            case Carried m -> onCarried(from, m);
            case Ack m -> onAck(from, m);
        }
    }

    private void onData(int from, Data m) {
        if (from != m.sender) {
            port.blame(from, "sends in the place of another");
        } else if (!rounds.get(from).containsKey(m.startMicros) && hasRoom(from, m.startMicros)) {
            take(m);
        }
    }

    /** An old moment does not come again, and one far ahead need not be kept. */
    private boolean hasRoom(int sender, long startMicros) {
        TreeMap<Long, Round> known = rounds.get(sender);
        boolean old = known.size() >= FINISHED_MAX && startMicros < known.firstKey();
        boolean far = startMicros > port.nowMicros() + 2 * timing.leadMicros + timing.againMicros;
        return !old && !far && underWay(sender) < UNDER_WAY_MAX;
    }

    /** It holds the message before the agreement: its component is to know. */
    private void take(Data data) {
        Round round = new Round();
        round.data = data;
        remember(data.sender, data.startMicros, round);
        List<Integer> members = members(data.sender);
        port.certify(
                new TrustedCall.Propose(stream, members, data.startMicros, digest(data)),
                answer -> {}); // a component that is late has no say; the outcome tells
        port.wake(data.startMicros - port.nowMicros(), () -> decide(data.sender, data.startMicros, round));
    }

    private void remember(int sender, long startMicros, Round round) {
        TreeMap<Long, Round> known = rounds.get(sender);
        known.put(startMicros, round);
        while (known.size() > FINISHED_MAX && known.firstEntry().getValue().over) {
            known.pollFirstEntry();
        }
    }

    private void decide(int sender, long startMicros, Round round) {
        port.certify(new TrustedCall.Decide(stream, members(sender), startMicros), answer -> {
            Optional<Attestation> outcome = answer;
            if (outcome.orElse(null) instanceof Agreed agreed) {
                settle(round, agreed);
            } else {
                port.wake(POLL_MICROS, () -> decide(sender, startMicros, round));
            }
        });
    }

    /** The components agreed: whoever holds another message, or one that nobody agreed on, drops it. */
    private void settle(Round round, Agreed agreed) {
        Data data = round.data;
        if (round.agreed != null || data == null) {
            return;
        }
        round.agreed = agreed;
        if (agreed.isNothing()) {
            round.over = true;
            if (data.sender == port.self()) {
                port.output(new Event.Late(data.startMicros, data.payload));
            }
        } else if (!agreed.value().equals(digest(data))) {
            port.blame(data.sender, "multicasts two messages at one moment");
            round.data = null;
            round.agreed = null;
        } else {
            for (int place = 0; place < agreed.members().size(); place++) {
                round.holders = agreed.isProposer(place)
                        ? round.holders.with(agreed.members().get(place))
                        : round.holders;
            }
            hand(round);
        }
    }

    /** Gives it to all who are not known to hold it, a few times; then it is delivered. */
    private void hand(Round round) {
        Data data = round.data;
        Agreed agreed = round.agreed;
        if (round.over || data == null || agreed == null) {
            return;
        }
        ReplicaSet lacking = port.trust().all().minus(round.holders).without(port.self());
        if (lacking.isEmpty() || round.copies == timing.copies) {
            round.over = true;
            port.output(new Event.Delivery(data.sender, data.startMicros, data.payload));
            return;
        }
        round.copies++;
        Carried copy = new Carried(data, agreed);
        lacking.forEach(peer -> port.send(peer, copy));
        port.wake(timing.againMicros, () -> hand(round));
    }

    private void onCarried(int from, Carried m) {
        int sender = m.data.sender;
        Round known = rounds.get(sender).get(m.data.startMicros);
        boolean has = known != null && known.data != null && known.agreed != null;
        if (has) {
            // It holds it as well, or has given up, as nothing was agreed on.
            port.send(from, new Ack(sender, m.data.startMicros));
            return;
        }
        boolean room = known != null || hasRoom(sender, m.data.startMicros);
        if (!room || judging[from] >= JUDGED_PER_PEER_MAX) {
            return;
        }
        Agreed agreed = m.agreed;
        boolean fits = agreed.members().equals(members(sender))
                && agreed.startMicros() == m.data.startMicros
                && port.trust().all().contains(agreed.replica())
                && agreed.epoch() == epochs.get(agreed.replica())
                && agreed.value().equals(digest(m.data));
        if (!fits) {
            port.blame(from, "passes on what the components did not agree on");
            return;
        }
        judging[from]++;
        port.<Boolean>compute(() -> verifier.verify(stream, agreed), good -> {
            judging[from]--;
            if (good) {
                carried(from, m);
            } else {
                port.blame(from, "passes on what the components did not agree on");
            }
        });
    }

    private void carried(int from, Carried m) {
        Round round = rounds.get(m.data.sender).get(m.data.startMicros);
        if (round == null) {
            round = new Round();
            remember(m.data.sender, m.data.startMicros, round);
        }
        others().forEach(peer -> port.send(peer, new Ack(m.data.sender, m.data.startMicros)));
        round.holders = round.holders.with(from);
        if (round.agreed == null && !round.over) {
            round.data = m.data;
            settle(round, m.agreed);
        }
    }

    private void onAck(int from, Ack m) {
        Round round = rounds.get(m.sender).get(m.startMicros);
        if (round != null) {
            round.holders = round.holders.with(from);
            boolean all =
                    port.trust().all().minus(round.holders).without(port.self()).isEmpty();
            if (all) {
                hand(round);
            }
        }
    }

    /** How many are under way of each sender that has some. For tests. */
    SortedMap<Integer, Long> underWay() {
        SortedMap<Integer, Long> all = new TreeMap<>();
        for (int sender = 0; sender < rounds.size(); sender++) {
            if (underWay(sender) > 0) {
                all.put(sender, underWay(sender));
            }
        }
        return all;
    }

    static Codec<Message> codec(int replicas, int payloadLengthMax) {
        return new Codec<>() {
            @Override
            public void write(Writer writer, Message message) {
                switch (message) {
                    case Data m -> data(writer.u8(0), m);
                    case Carried m -> {
                        data(writer.u8(1), m.data);
                        Agreed.CODEC.write(writer, m.agreed);
                    }
                    case Ack m -> writer.u8(2).u8(m.sender).u64(m.startMicros);
                }
            }

            private void data(Writer writer, Data m) {
                writer.u8(m.sender).u64(m.startMicros).opaque32(m.payload);
            }

            @Override
            public Message read(Reader reader) {
                int type = reader.u8();
                return switch (type) {
                    case 0 -> data(reader);
                    case 1 -> new Carried(data(reader), Agreed.CODEC.read(reader));
                    case 2 -> new Ack(reader.replica(replicas), reader.count());
                    default -> throw new MalformedException("no message of trusted multicast: " + type);
                };
            }

            private Data data(Reader reader) {
                return new Data(reader.replica(replicas), reader.count(), reader.opaque32(payloadLengthMax));
            }
        };
    }
}
