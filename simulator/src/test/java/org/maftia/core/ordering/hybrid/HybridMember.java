package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.protocol.AttestationVerifier;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Isolated;
import org.maftia.simulator.explore.Process;

/** A correct replica of the {@link HybridModel}: the ordering of production in a node of its own, with its component. */
final class HybridMember implements Process<HybridModel.Event, HybridModel.Fact> {
    private static final long TURN_MICROS = 1;

    private final HybridModel model;
    private final int self;
    private final IdealComponents components;
    private final List<byte[]> journal = new ArrayList<>();
    private Node<Consumer<HybridOrdering>, AtomicBroadcast.Event> node;
    private boolean crashed;

    HybridMember(HybridModel model, int self) {
        this.model = model;
        this.self = self;
        this.components = new IdealComponents(HybridModel.SEED, model.trust.size());
        this.node = boot();
    }

    /**
     * What patience and repair keep has no part in this model, where patience ends at any time, what was said can be heard
     * at any time, and proposals are empty.
     */
    static Fingerprint fingerprint() {
        return new Fingerprint()
                .constant(FaultStructure.class)
                .constant(Limits.class)
                .constant(Codec.class)
                .constant(Path.class)
                .constant(Certifier.class)
                .constant(AttestationVerifier.class)
                .constant(SignedRequests.class)
                .constant(Placement.class)
                .constant(Statements.class)
                .constant(Judge.class)
                .without(Node.class, "serial")
                .without(Node.class, "scratch")
                .without(Node.class, "alarms")
                .without(HybridOrdering.class, "beating")
                .without(HybridOrdering.class, "telling")
                .without(HybridOrdering.class, "suspecting")
                .without(HybridOrdering.class, "behindMicros")
                .without(Position.class, "timeoutMicros")
                .without(Position.class, "progressMicros")
                .without(Moving.class, "changeMicros")
                .without(Moving.class, "judging")
                .without(Voting.class, "judging")
                .without(Cell.class, "fetches")
                .without(Cell.class, "fetchMicros")
                .as(Batch.class, Batch::digest);
    }

    /** The smallest root: it nests the ordering and passes on what comes out. */
    private record Root(HybridOrdering ordering) implements Protocol.Root<Consumer<HybridOrdering>, Void> {
        @Override
        public void input(Consumer<HybridOrdering> input) {
            input.accept(ordering);
        }

        @Override
        public Codec<Void> codec() {
            return Codec.ofNothing();
        }

        @Override
        public void receive(int from, Void message) {}
    }

    private Node<Consumer<HybridOrdering>, AtomicBroadcast.Event> boot() {
        Node<Consumer<HybridOrdering>, AtomicBroadcast.Event> made = new Node<>(
                self,
                model.trust,
                HybridModel.LIMITS,
                Isolated.NOW_MICROS,
                (Port<Void, AtomicBroadcast.Event> port) -> {
                    IdealCertifier certifier = new IdealCertifier(self);
                    HybridOrdering ordering = port.nest(
                            "order",
                            Path.NO_INDEX,
                            (Port<HybridMessage, AtomicBroadcast.Event> child) -> new HybridOrdering(
                                    child,
                                    new TrustedComponents(
                                            components,
                                            HybridModel.STREAM,
                                            Collections.nCopies(model.trust.size(), 0L),
                                            1),
                                    certifier,
                                    certifier,
                                    HybridModel.CONFIGURATION,
                                    id -> AtomicBroadcast.Standing.OPEN,
                                    null),
                            port::output);
                    return new Root(ordering);
                });
        made.start(List.copyOf(journal));
        return made;
    }

    @Override
    public List<HybridModel.Fact> happen(HybridModel.Event event) {
        List<HybridModel.Fact> facts = new ArrayList<>();
        settle(facts);
        facts.clear();
        switch (event) {
            case HybridModel.Event.Heard e -> node.received(e.from(), e.frame().bytes(), Isolated.NOW_MICROS);
            case HybridModel.Event.GiveUp e -> {
                for (int peer : model.trust.all().without(self).toList()) {
                    node.received(
                            peer,
                            model.frame(new HybridMessage.Demand(e.view())).bytes(),
                            Isolated.NOW_MICROS);
                }
            }
            case HybridModel.Event.Fill e -> node.input(ordering -> ordering.fill(e.slot()), Isolated.NOW_MICROS);
            case HybridModel.Event.Crash e -> {
                if (!crashed) {
                    crashed = true;
                    if (e.journalLost()) {
                        journal.clear();
                    }
                    node = boot();
                }
            }
            default -> throw new IllegalStateException("no event of a correct replica: " + event);
        }
        settle(facts);
        return facts;
    }

    private void settle(List<HybridModel.Fact> facts) {
        boolean ready = true;
        while (ready) {
            node.tick(Isolated.NOW_MICROS + TURN_MICROS);
            Ready<AtomicBroadcast.Event> drained = node.drain();
            for (Ready.Storage change : drained.storage()) {
                if (change instanceof Ready.Storage.Append append) {
                    journal.add(append.record());
                }
            }
            for (Ready.Outgoing outgoing : drained.sends()) {
                HybridMessage message = model.message(outgoing.frame());
                if (HybridModel.isHeard(message)) {
                    facts.add(new HybridModel.Fact.Said(self, model.frame(message)));
                }
            }
            for (AtomicBroadcast.Event output : drained.outputs()) {
                if (output instanceof Decision decision) {
                    facts.add(new HybridModel.Fact.Decided(self, decision.slot(), decision.digest()));
                }
            }
            for (Ready.Blame blame : drained.blames()) {
                facts.add(new HybridModel.Fact.Blamed(self, blame.replica(), blame.rule()));
            }
            for (Ready.Computation computation : drained.computations()) {
                node.computed(computation.id(), computation.task().get(), Isolated.NOW_MICROS);
            }
            for (Ready.Certification asked : drained.certifications()) {
                node.computed(asked.id(), components.call(self, asked.call()), Isolated.NOW_MICROS);
            }
            ready = !drained.computations().isEmpty()
                    || !drained.certifications().isEmpty()
                    || node.nextWakeMicros() <= Isolated.NOW_MICROS + TURN_MICROS;
        }
    }

    @Override
    public Digest state() {
        return model.fingerprint.of(List.of(node, crashed));
    }
}
