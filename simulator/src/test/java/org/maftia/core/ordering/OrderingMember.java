package org.maftia.core.ordering;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.agreement.IdealEnd;
import org.maftia.core.agreement.MultivaluedAgreement;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.OrderingModel.Choice;
import org.maftia.core.ordering.OrderingModel.Content;
import org.maftia.core.ordering.OrderingModel.Event;
import org.maftia.core.ordering.OrderingModel.Fact;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Isolated;
import org.maftia.simulator.explore.Process;

/** A correct replica of the {@link OrderingModel}: the ordering of production in a node of its own. */
final class OrderingMember implements Process<Event, Fact> {
    static final Digest CONFIGURATION = Transcript.of("model").digest();
    static final Path PATH = Path.ROOT.child("order");

    private final OrderingModel model;
    private final int self;
    private final Node<Consumer<AsynchronousOrdering>, AtomicBroadcast.Event> node;
    private final Isolated<Consumer<AsynchronousOrdering>, AtomicBroadcast.Event> replica;
    private final Codec<Message> codec;

    /** It said COLLECT and no later epoch has begun here. */
    private boolean joined;

    /**
     * What patience, repair and the pool keep has no part in this model, where patience ends at any time, nobody asks for
     * repairs and proposals are empty. What a recovery keeps of epochs that ended serves those who ask, too.
     *
     * @param digests all that votes may name: tallies are read without regard to the order in which votes came
     * @param joined whether the replica that is looked at has stopped voting
     */
    static Fingerprint fingerprint(SortedSet<Digest> digests, BooleanSupplier joined) {
        return new Fingerprint()
                .constant(FaultStructure.class)
                .constant(Limits.class)
                .constant(Codec.class)
                .constant(Path.class)
                .constant(Certifier.class)
                .constant(Coin.class)
                .constant(Coins.class)
                .constant(MultivaluedAgreement.class)
                .constant(RequestPool.class)
                .constant(Suspicion.class)
                .constant(Pace.class)
                .constant(Repair.class)
                .constant(CollectCheck.class)
                .without(Node.class, "serial")
                .without(Node.class, "scratch")
                .without(Node.class, "alarms")
                .without(AsynchronousOrdering.class, "begun")
                .without(AsynchronousOrdering.class, "behindMicros")
                .without(Log.class, "untold")
                .without(Situation.class, "timeoutMicros")
                .without(Situation.class, "progressMicros")
                .without(Situation.class, "promptSlots")
                .without(Situation.class, "slowestMicros")
                .without(FastPath.class, "proposedMicros")
                .as(Term.class, term -> term.epoch)
                .as(Slot.class, slot -> view(slot, digests, joined.getAsBoolean()))
                .as(Proposal.class, Proposal::digest)
                .as(StableCheckpoint.class, StableCheckpoint::claim);
    }

    /** The smallest root: it nests the ordering and passes on what comes out. */
    private record Root(AsynchronousOrdering ordering) implements Protocol.Root<Consumer<AsynchronousOrdering>, Void> {
        @Override
        public void input(Consumer<AsynchronousOrdering> input) {
            input.accept(ordering);
        }

        @Override
        public Codec<Void> codec() {
            return Codec.ofNothing();
        }

        @Override
        public void receive(int from, Void message) {}
    }

    OrderingMember(OrderingModel model, int self) {
        this.model = model;
        this.self = self;
        this.codec = new MessageCodec(CONFIGURATION, model.limits, model.trust.size());
        this.node = new Node<>(
                self, model.trust, model.limits, Isolated.NOW_MICROS, (Port<Void, AtomicBroadcast.Event> port) -> {
                    AsynchronousOrdering ordering = port.nest(
                            "order",
                            Path.NO_INDEX,
                            (Port<Message, AtomicBroadcast.Event> child) -> new AsynchronousOrdering(
                                    child,
                                    new IdealCertifier(self),
                                    new IdealCoin(0, model.trust, self),
                                    CONFIGURATION,
                                    id -> AtomicBroadcast.Standing.OPEN,
                                    false),
                            port::output);
                    return new Root(ordering);
                });
        this.replica = new Isolated<>(node);
        replica.effects();
    }

    /**
     * A slot without what serves fetching and blaming, without who else voted for what has won already, and, where this
     * replica votes no more, without what only its votes would follow.
     */
    private static Object view(Slot slot, SortedSet<Digest> digests, boolean joined) {
        List<Object> view = new ArrayList<>();
        view.add(slot.number);
        for (Object part : Arrays.asList(slot.wrote, slot.prepared, joined ? null : slot.quorumWrote, slot.outcome)) {
            view.add(part == null ? "none" : part);
        }
        for (Proposal part : Arrays.asList(joined ? null : slot.first, slot.fetched, slot.delivered)) {
            view.add(part == null ? "none" : part.digest());
        }
        view.add(slot.quorumWrote == null && !joined ? voters(slot.writes, digests) : "won");
        view.add(slot.outcome == null ? voters(slot.accepts, digests) : "won");
        Object reports = Fingerprint.read(Slot.class, "reports", slot);
        view.add(slot.outcome == null ? Fingerprint.read(Tally.class, "values", reports) : "won");
        view.add(slot.outcome == null ? Fingerprint.read(Tally.class, "voters", reports) : "won");
        return view;
    }

    private static SortedMap<Digest, ReplicaSet> voters(Tally<Digest> tally, SortedSet<Digest> digests) {
        SortedMap<Digest, ReplicaSet> voters = new TreeMap<>();
        for (Digest digest : digests) {
            ReplicaSet set = tally.of(digest);
            if (!set.isEmpty()) {
                voters.put(digest, set);
            }
        }
        return voters;
    }

    @Override
    public List<Fact> happen(Event event) {
        switch (event) {
            case Event.Heard e -> replica.received(e.from(), e.frame().bytes());
            case Event.GiveUp e -> {
                for (int peer : model.trust.all().without(self).toList()) {
                    hear(peer, new Message.Suspect(e.epoch()));
                }
            }
            case Event.Lead e -> replica.input(ordering -> ordering.fill(e.slot()));
            case Event.End e -> end(e.choice());
            case Event.Learn e -> {
                for (int peer : model.corrupt.with(e.from()).toList()) {
                    hear(peer, new Message.Decided(List.of(e.outcome())));
                }
            }
            case Event.Stable e ->
                replica.input(ordering -> ordering.stable(e.paper().checkpoint().object()));
            case Event.Install e ->
                replica.input(
                        ordering -> ordering.install(e.paper().checkpoint().object()));
            default -> throw new IllegalStateException("no event of this model: " + event);
        }
        return facts();
    }

    private void hear(int from, Message message) {
        replica.received(from, frame(message).bytes());
    }

    private void end(Choice choice) {
        Epoch epoch = choice.epoch();
        List<Term.Member> members = new ArrayList<>();
        for (Collect collect : choice.collects().object()) {
            members.add(new Term.Member(collect.replica(), collect.digest(CONFIGURATION)));
        }
        byte[] value = Term.codec(model.trust.size()).encode(members);
        int owner = epoch.next(model.trust, epoch.start(), true).leader();
        Path path = PATH.child("mvba", epoch.number());
        replica.received(model.corrupt.first(), IdealEnd.frame(model.trust, CONFIGURATION, path, owner, value));
        for (Collect collect : choice.collects().object()) {
            hear(model.corrupt.first(), new Message.Collected(collect));
        }
    }

    private Frame frame(Message message) {
        return frame(codec, message);
    }

    static Frame frame(Codec<Message> codec, Message message) {
        Writer writer = new Writer();
        writer.opaque8(PATH.toString().getBytes(StandardCharsets.US_ASCII));
        codec.write(writer, message);
        return new Frame(message.toString(), writer.toBytes());
    }

    private List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        Isolated.Effects<AtomicBroadcast.Event> effects = replica.effects();
        for (Ready.Storage stored : effects.storage()) {
            if (stored instanceof Ready.Storage.Append append
                    && message(append.record()) instanceof Message.Begun begun) {
                facts.add(new Fact.Began(self, begun.epoch()));
                joined = false;
            }
            if (stored instanceof Ready.Storage.Append append
                    && message(append.record()) instanceof Message.Collected collected
                    && collected.collect().replica() == self) {
                joined = true;
            }
        }
        for (Ready.Outgoing sent : effects.sends()) {
            Message message = message(sent.frame());
            if (message != null && isCarried(message)) {
                facts.add(new Fact.Said(self, frame(message), new Content<>(message)));
            }
        }
        for (AtomicBroadcast.Event output : effects.outputs()) {
            if (output instanceof Decision d) {
                facts.add(new Fact.Delivered(self, new Outcome(d.slot(), d.epoch(), d.timeMicros(), d.digest())));
            }
        }
        return facts;
    }

    static boolean isCarried(Message message) {
        return message instanceof Message.Propose
                || message instanceof Message.Write
                || message instanceof Message.Accept
                || message instanceof Message.Collected;
    }

    /** The message of the ordering itself, or null for one of the agreement below it. */
    private @Nullable Message message(byte[] frame) {
        Reader reader = new Reader(frame);
        String path = new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
        return path.equals(PATH.toString()) ? codec.read(reader) : null;
    }

    boolean joined() {
        return joined;
    }

    @Override
    public Digest state() {
        model.looking = this;
        return model.fingerprint.of(node);
    }
}
