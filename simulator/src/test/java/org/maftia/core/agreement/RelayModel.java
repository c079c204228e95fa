package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.maftia.core.agreement.MultivaluedMessage.Done;
import org.maftia.core.agreement.MultivaluedMessage.Finish;
import org.maftia.core.agreement.MultivaluedMessage.Halt;
import org.maftia.core.agreement.Seals.Stage;
import org.maftia.core.agreement.Validity.Verdict;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.protocol.Node;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Solo;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Isolated;
import org.maftia.simulator.explore.Model;
import org.maftia.simulator.explore.Process;

/**
 * Step 4 of one elected view: who has seen FINISH from a quorum of owners stops signing and tosses. Each correct owner
 * finishes or never does, as a process of its own that chooses; a corrupted owner shows its FINISH to one replica only.
 *
 * <p>Promise: if one correct replica tosses, which stops its signing, all do or have the end, even if no other owner will ever
 * finish.
 */
final class RelayModel implements Model<RelayModel.Event, RelayModel.Fact> {
    private static final int VIEW = 1;

    private final FaultStructure trust;
    private final ReplicaSet corrupt;
    private final List<Integer> correct;
    private final int leader;
    private final MultivaluedModel names;
    private final Fingerprint fingerprint = MultivaluedModel.fingerprint();

    /** What may happen. */
    sealed interface Event {
        /** The owner finishes, or it never will. */
        record Choose(boolean finishes) implements Event {}

        record Heard(int from, Frame frame) implements Event {}
    }

    /** What is on the board. */
    sealed interface Fact {
        record Fate(int owner, boolean finishes) implements Fact {}

        record Said(int from, Frame frame, boolean tosses) implements Fact {}
    }

    RelayModel(FaultStructure trust, ReplicaSet corrupt, int leader) {
        this.trust = trust;
        this.corrupt = corrupt;
        this.correct = trust.all().minus(corrupt).toList();
        this.leader = leader;
        this.names = new MultivaluedModel(trust, corrupt, leader, leader);
    }

    @Override
    public int processes() {
        return 2 * correct.size();
    }

    @Override
    public Process<Event, Fact> start(int process) {
        return process < correct.size()
                ? new Member(correct.get(process))
                : new Owner(correct.get(process - correct.size()));
    }

    @Override
    public Collection<Event> events(int process, Board<Fact> board) {
        if (process >= correct.size()) {
            return List.of(new Event.Choose(true), new Event.Choose(false));
        }
        List<Event> events = new ArrayList<>();
        for (Fact fact : board.messages()) {
            switch (fact) {
                case Fact.Fate fate when fate.finishes -> events.add(finish(fate.owner));
                case Fact.Said said
                when said.from != correct.get(process) -> events.add(new Event.Heard(said.from, said.frame));
                default -> {}
            }
        }
        if (process == 0) {
            corrupt.toList().forEach(owner -> events.add(finish(owner)));
        }
        return events;
    }

    private Event finish(int owner) {
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int signer : trust.all().toList()) {
            Seals seals =
                    new Seals(new IdealCertifier(signer), new OpenCoin(), trust, Digest.ZERO, MultivaluedModel.PATH);
            signatures.put(signer, seals.sign(Stage.SIG2, VIEW, owner, Seals.hash(MultivaluedModel.X)));
        }
        Finish finish = new Finish(VIEW, owner, MultivaluedModel.X, Certificate.of(signatures));
        return new Event.Heard(owner, names.frame(finish));
    }

    @Override
    public Optional<String> broken(Board<Fact> board) {
        return Optional.empty();
    }

    @Override
    public Optional<String> brokenEnd(Board<Fact> board) {
        List<Fact.Said> said = board.messages(Fact.Said.class);
        boolean tossed = said.stream().anyMatch(Fact.Said::tosses);
        for (int replica : correct) {
            if (tossed && said.stream().noneMatch(fact -> fact.from == replica)) {
                return Optional.of("one replica stopped signing, and replica " + replica + " will never toss");
            }
        }
        return Optional.empty();
    }

    /** A correct owner's fortune. */
    private static final class Owner implements Process<Event, Fact> {
        private final int self;
        private boolean chosen;

        Owner(int self) {
            this.self = self;
        }

        @Override
        public List<Fact> happen(Event event) {
            if (chosen || !(event instanceof Event.Choose choose)) {
                return List.of();
            }
            chosen = true;
            return List.of(new Fact.Fate(self, choose.finishes));
        }

        @Override
        public Digest state() {
            return new Digest(0, 0, 0, chosen ? 1 : 0);
        }
    }

    /** A correct replica, of which only step 4 and what follows is heard. */
    private final class Member implements Process<Event, Fact> {
        private final int self;
        private final Node<Consumer<MultivaluedAgreement>, byte[]> node;
        private final Isolated<Consumer<MultivaluedAgreement>, byte[]> replica;

        Member(int self) {
            this.self = self;
            this.node = Solo.node(
                    self,
                    trust,
                    Isolated.NOW_MICROS,
                    port -> new MultivaluedAgreement(
                            port,
                            new IdealCertifier(self),
                            new OpenCoin(leader, leader),
                            Digest.ZERO,
                            Leadership.ELECTED,
                            value -> Verdict.VALID));
            this.replica = new Isolated<>(node);
            replica.input(child -> child.propose(MultivaluedModel.Y));
            replica.effects();
        }

        @Override
        public List<Fact> happen(Event event) {
            if (event instanceof Event.Heard heard) {
                replica.received(heard.from, heard.frame.bytes());
            }
            List<Fact> facts = new ArrayList<>();
            replica.effects().sends().forEach(sent -> {
                MultivaluedMessage message = names.message(sent.frame());
                if (message instanceof Done || message instanceof Halt) {
                    facts.add(new Fact.Said(self, names.frame(message), message instanceof Done));
                }
            });
            return facts;
        }

        @Override
        public Digest state() {
            return fingerprint.of(node);
        }
    }
}
