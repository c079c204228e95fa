package org.maftia.core.ordering.hybrid;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.hybrid.HybridModel.Content;
import org.maftia.core.ordering.hybrid.HybridModel.Event;
import org.maftia.core.ordering.hybrid.HybridModel.Fact;
import org.maftia.core.ordering.hybrid.HybridModel.Failure;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.AttestationVerifier;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.Ready;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Isolated;
import org.maftia.simulator.explore.Process;

/** A correct replica of the {@link HybridModel}: the ordering of production through all eras, and its component. */
final class HybridMember implements Process<Event, Fact> {
    private static final Path PATH = Path.ROOT.child("order");
    private static final HybridCodec CODEC = new HybridCodec(HybridModel.CONFIGURATION, HybridModel.LIMITS);

    private static final long CLOCK_STEP_MICROS = 100;

    /** Digits of a digest that tell messages of one kind apart. */
    private static final int NAME_LENGTH = 10;

    private final HybridModel model;
    private final int self;
    private final IdealComponents component;
    private final List<byte[]> journal = new ArrayList<>();
    private Node<Consumer<HybridEras>, AtomicBroadcast.Event> node;
    private Isolated<Consumer<HybridEras>, AtomicBroadcast.Event> replica;

    /** What the scope has happen to it is over. */
    private boolean failed;

    /** The next answer of the component is lost, and the replica with it. */
    private boolean doomed;

    private long executed;
    private long executedMicros;

    /** Thrown in the place of an answer. */
    @SuppressWarnings("serial") // it goes nowhere
    private static final class Swallowed extends RuntimeException {}

    /**
     * Patience, repair and requests have no part in this model. Of what proves the same one is as good as another: certificates
     * of one state or view, the votes of a decision.
     *
     * @param named whether certificates are told apart all the same: an account names the one of the view in which it begins,
     *     so what comes of a second change of views is not the same with another one
     */
    static Fingerprint fingerprint(boolean named) {
        Fingerprint print = named ? new Fingerprint() : new Fingerprint().constant(Certificate.class);
        return print.constant(FaultStructure.class)
                .constant(Limits.class)
                .constant(Codec.class)
                .constant(Path.class)
                .constant(Certifier.class)
                .constant(AttestationVerifier.class)
                .constant(SignedRequests.class)
                .constant(KnownBatches.class)
                .without(Node.class, "serial")
                .without(Node.class, "scratch")
                .without(Node.class, "alarms")
                .without(HybridEras.class, "toldMicros")
                .without(HybridOrdering.class, "repair")
                .without(HybridOrdering.class, "claimed")
                .without(HybridOrdering.class, "behindMicros")
                .without(HybridOrdering.class, "beating")
                .without(HybridOrdering.class, "telling")
                .without(HybridOrdering.class, "flushing")
                .without(Position.class, "timeoutMicros")
                .without(Position.class, "progressMicros")
                .without(Moving.class, "changeMicros")
                .as(Cell.class, HybridMember::view)
                .as(Batch.class, Batch::digest)
                .as(StableCheckpoint.class, StableCheckpoint::claim);
    }

    private static Object view(Cell cell) {
        List<Object> view = new ArrayList<>();
        view.add(cell.slot);
        view.add(cell.votedView);
        view.add(cell.proposal == null ? "none" : cell.proposal);
        view.add(cell.decided == null ? cell.votes : cell.decided);
        view.add(cell.kept);
        view.add(cell.wanted);
        SortedMap<Digest, Boolean> held = new TreeMap<>();
        for (Object digest : ((Map<?, ?>) Fingerprint.read(Cell.class, "batches", cell)).keySet()) {
            held.put((Digest) digest, cell.isValid((Digest) digest));
        }
        view.add(held);
        return view;
    }

    /** The smallest root: it nests the ordering and passes on what comes out. */
    private record Root(HybridEras ordering) implements Protocol.Root<Consumer<HybridEras>, Void> {
        @Override
        public void input(Consumer<HybridEras> input) {
            input.accept(ordering);
        }

        @Override
        public Codec<Void> codec() {
            return Codec.ofNothing();
        }

        @Override
        public void receive(int from, Void message) {}
    }

    HybridMember(HybridModel model, int self) {
        this.model = model;
        this.self = self;
        this.component = new IdealComponents(0, model.trust.size());
        this.node = node();
        this.replica = new Isolated<>(node, this::certify, nowMicros());
        replica.start(List.of());
        happened();
    }

    private Node<Consumer<HybridEras>, AtomicBroadcast.Event> node() {
        return new Node<>(
                self,
                model.trust,
                HybridModel.LIMITS,
                nowMicros(),
                (Port<Void, AtomicBroadcast.Event> port) -> new Root(port.nest(
                        "order",
                        Path.NO_INDEX,
                        (Port<EraMessage, AtomicBroadcast.Event> child) -> new HybridEras(
                                child,
                                new TrustedComponents(
                                        component,
                                        HybridModel.STREAM,
                                        model.first().epochs(),
                                        1),
                                new IdealCertifier(self),
                                new IdealCertifier(self),
                                HybridModel.CONFIGURATION,
                                id -> AtomicBroadcast.Standing.OPEN,
                                null),
                        port::output)));
    }

    /** Clocks differ, so that what one leader proposes another one would not. */
    private long nowMicros() {
        return Isolated.NOW_MICROS + (self + 1L) * CLOCK_STEP_MICROS;
    }

    private Optional<Attestation> certify(TrustedCall call) {
        Optional<Attestation> answer = component.call(self, call);
        boolean counts = call instanceof TrustedCall.CreateUi || call instanceof TrustedCall.Raise;
        if (doomed && counts) {
            doomed = false;
            throw new Swallowed();
        }
        return answer;
    }

    @Override
    public List<Fact> happen(Event event) {
        List<Fact> facts = new ArrayList<>();
        try {
            act(event);
            facts.addAll(happened());
        } catch (Swallowed e) {
            facts.addAll(facts(replica.effects()));
            restart();
            facts.addAll(happened());
        }
        return facts;
    }

    private void act(Event event) {
        switch (event) {
            case Event.Heard e -> replica.received(e.from(), e.frame().bytes());
            case Event.GiveUp e -> {
                for (int peer : model.trust.all().without(self).toList()) {
                    replica.received(
                            peer,
                            frame(e.view() >> HybridModel.VIEW_BITS, new HybridMessage.Demand(e.view()))
                                    .bytes());
                }
            }
            case Event.Lead e -> replica.input(ordering -> ordering.fill(e.slot()));
            case Event.Stable e -> stable(e.checkpoint().object());
            case Event.Failed e -> fail(e.what());
            case Event.Asked e -> throw new IllegalStateException("nobody asks a correct replica for lies");
        }
    }

    /** Who has the state takes note of its certificate; who has not fetches it. */
    private void stable(StableCheckpoint checkpoint) {
        if (executed < checkpoint.claim().slot()) {
            executed = checkpoint.claim().slot();
            executedMicros = checkpoint.claim().timeMicros();
            replica.input(ordering -> ordering.stable(checkpoint));
            replica.input(ordering -> ordering.install(checkpoint));
            follow();
        } else {
            replica.input(ordering -> ordering.stable(checkpoint));
        }
    }

    private void fail(Failure what) {
        if (failed) {
            return;
        }
        failed = true;
        switch (what) {
            case CRASH -> restart();
            case SWALLOWED_ANSWER -> doomed = true;
            case AMNESIA -> {
                journal.clear();
                restart();
            }
        }
    }

    private void restart() {
        executed = 0;
        executedMicros = 0;
        node = node();
        replica = new Isolated<>(node, this::certify, nowMicros());
        replica.start(List.copyOf(journal));
    }

    /** What the layers above do about decisions. */
    private void follow() {
        long slot = executed;
        if (model.isCheckpoint(slot)) {
            replica.input(ordering -> ordering.vouch(slot));
        }
        if (model.scope.twoEras() && slot > 0) {
            boolean there = slot >= model.second(0).beginning();
            long timeMicros = there ? executedMicros : 0;
            replica.input(ordering -> ordering.renew(model.second(timeMicros), slot));
        }
    }

    private List<Fact> happened() {
        List<Fact> facts = new ArrayList<>();
        long before = -1;
        while (before != executed) {
            before = executed;
            facts.addAll(facts(replica.effects()));
            if (before != executed) {
                follow();
            }
        }
        facts.addAll(facts(replica.effects()));
        return facts;
    }

    private List<Fact> facts(Isolated.Effects<AtomicBroadcast.Event> effects) {
        List<Fact> facts = new ArrayList<>();
        for (Ready.Storage stored : effects.storage()) {
            switch (stored) {
                case Ready.Storage.Append append -> {
                    journal.add(append.record());
                    written(append.record(), facts);
                }
                case Ready.Storage.Replace replace -> {
                    journal.clear();
                    journal.addAll(replace.records());
                }
            }
        }
        for (Ready.Outgoing sent : effects.sends()) {
            said(sent.frame(), false, facts);
        }
        for (AtomicBroadcast.Event output : effects.outputs()) {
            if (output instanceof Decision d && counts(d)) {
                facts.add(new Fact.Delivered(self, d.slot(), d.timeMicros(), d.digest()));
                executed = d.slot();
                executedMicros = d.timeMicros();
            }
        }
        return facts;
    }

    /** As the layer above has it: decisions above the last slot of an era that is over are void. */
    private boolean counts(Decision decision) {
        long beginning = model.second(0).beginning();
        boolean second = model.scope.twoEras() && executed >= beginning;
        return !second || decision.slot() <= beginning || decision.epoch().start() == beginning + 1;
    }

    private void written(byte[] record, List<Fact> facts) {
        Reader reader = new Reader(record);
        String path = new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
        if (path.equals(PATH.toString())) {
            if (EraMessage.CODEC.read(reader) instanceof EraMessage.Began began) {
                facts.add(new Fact.Began(self, began.era()));
            }
        } else {
            said(record, true, facts);
        }
    }

    /** Peers are told what is written down of decisions and of views that began, where they ask. */
    private void said(byte[] frame, boolean written, List<Fact> facts) {
        Reader reader = new Reader(frame);
        String path = new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
        for (long era = 0; era <= 1; era++) {
            if (path.equals(path(era).toString())) {
                HybridMessage message = CODEC.read(reader);
                if (written ? isTold(message) : isCarried(message)) {
                    facts.add(new Fact.Said(self, era, frame(era, message), new Content<>(message)));
                }
                if (written && message instanceof HybridMessage.InView m) {
                    facts.add(new Fact.TookPart(self, m.entered().summary().view()));
                }
            }
        }
    }

    private static boolean isTold(HybridMessage message) {
        return message instanceof HybridMessage.Decided || message instanceof HybridMessage.InView;
    }

    private static boolean isCarried(HybridMessage message) {
        return message instanceof HybridMessage.Prepare
                || message instanceof HybridMessage.Commit
                || message instanceof HybridMessage.Checkpointed
                || message instanceof HybridMessage.Moved
                || message instanceof HybridMessage.Opened
                || message instanceof HybridMessage.Entering;
    }

    private static Path path(long era) {
        return PATH.child("era", era);
    }

    static Frame frame(long era, HybridMessage message) {
        Writer writer = new Writer();
        writer.opaque8(path(era).toString().getBytes(StandardCharsets.US_ASCII));
        CODEC.write(writer, message);
        byte[] bytes = writer.toBytes();
        return new Frame(name(era, message, bytes), bytes);
    }

    /** Decisions are the same whoever voted, and beginnings of views whoever signed. */
    private static String name(long era, HybridMessage message, byte[] bytes) {
        return "e" + era + " "
                + switch (message) {
                    case HybridMessage.Decided m ->
                        "Decided " + m.votes().getFirst().slot() + " "
                                + Words.of(m.votes().getFirst().batch());
                    case HybridMessage.InView m -> "InView " + m.entered().summary();
                    default ->
                        message + " " + Transcript.sha256(bytes).toString().substring(0, NAME_LENGTH);
                };
    }

    /** Where it can still come back with what it wrote down, that counts, too. */
    @Override
    public Digest state() {
        boolean mayFail =
                model.scope.failing() == self && model.scope.failure() != Failure.AMNESIA && (!failed || doomed);
        Object written = mayFail ? journal : "over";
        return model.fingerprint.of(Arrays.asList(node, failed, doomed, executed, written, standing()));
    }

    /** Where its component stands. */
    private SortedSet<String> standing() {
        SortedSet<String> standing = new TreeSet<>();
        component
                .call(self, new TrustedCall.Standing(HybridModel.STREAM))
                .ifPresent(counters -> standing.add(counters.toString()));
        return standing;
    }
}
