package org.maftia.core.ordering;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.maftia.core.agreement.IdealEnd;
import org.maftia.core.ordering.OrderingModel.Choice;
import org.maftia.core.ordering.OrderingModel.Content;
import org.maftia.core.ordering.OrderingModel.Event;
import org.maftia.core.ordering.OrderingModel.Fact;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.ConfigurationCertificate;
import org.maftia.core.replica.ModelLineage;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.simulator.explore.Fingerprint;
import org.maftia.simulator.explore.Frame;
import org.maftia.simulator.explore.Process;

/** A correct replica of the {@link ActivationModel}: the lineage of production, with all that stands above the ordering. */
final class ActivationMember implements Process<Event, Fact> {
    private final ActivationModel model;
    private final int self;
    private final ModelLineage lineage;
    private final Codec<Message> codec;
    private long delivered;
    private long epoch;
    private long executed;
    private boolean settledBefore;
    private boolean crashed;

    ActivationMember(ActivationModel model, int self) {
        this(model, self, model.journal(self));
        hear(model.corrupt.first(), new Message.Bodies(List.of(model.world.deciding())));
        model.settled().forEach(proposal -> voted(proposal));
        ready();
    }

    private ActivationMember(ActivationModel model, int self, List<byte[]> journal) {
        this.model = model;
        this.self = self;
        this.codec = new MessageCodec(model.configuration, model.limits, model.trust.size());
        this.lineage = new ModelLineage(model.world, self, journal);
    }

    /** What it knows by now, nobody else will hear of. */
    private void ready() {
        lineage.said();
        delivered = situation().delivered;
        epoch = situation().epoch.number();
        executed = lineage.executed();
    }

    /**
     * What is the same in all runs: officers want the next configuration, less than a quorum of it is ready, and that is in a
     * certified state.
     */
    static List<byte[]> journal(ActivationModel model, int self) {
        ActivationMember member = new ActivationMember(model, self, List.of());
        List<Request> early = model.world.early();
        member.lineage.submit(early.getFirst());
        member.hear(model.corrupt.first(), new Message.Bodies(early.subList(1, early.size())));
        for (Proposal proposal : model.beginning()) {
            member.voted(proposal);
            member.told(proposal);
        }
        member.certified();
        return member.lineage.journal();
    }

    /** The checkpoint that it has signed by now is signed by all. */
    private void certified() {
        for (byte[] frame : lineage.said()) {
            if (ModelLineage.isVote(address(new Reader(frame)))) {
                Frame vote = lineage.vote(frame);
                for (int peer : model.trust.all().without(self).toList()) {
                    lineage.received(peer, copied(vote, peer).bytes());
                }
            }
        }
        lineage.said();
    }

    private static String address(Reader reader) {
        return new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
    }

    /** The leader proposes it, and everybody votes WRITE. */
    private void voted(Proposal proposal) {
        Epoch first = Epoch.FIRST;
        if (self != first.leader()) {
            hear(first.leader(), new Message.Propose(proposal));
        }
        for (int peer : model.trust.all().without(self).toList()) {
            hear(peer, new Message.Write(first.number(), proposal.slot(), proposal.digest()));
        }
    }

    private void told(Proposal proposal) {
        for (int peer : model.trust.all().without(self).toList()) {
            hear(peer, new Message.Accept(Epoch.FIRST.number(), proposal.slot(), proposal.digest()));
        }
    }

    @Override
    public List<Fact> happen(Event event) {
        switch (event) {
            case Event.Heard e -> lineage.received(e.from(), e.frame().bytes());
            case Event.GiveUp e -> {
                for (int peer : model.trust.all().without(self).toList()) {
                    hear(peer, new Message.Suspect(e.epoch()));
                }
            }
            case Event.Learn e -> {
                for (int peer : model.corrupt.with(e.from()).toList()) {
                    hear(peer, new Message.Decided(List.of(e.outcome())));
                }
            }
            case Event.End e -> end(e.choice());
            case Event.Told e -> model.settled().forEach(this::told);
            case Event.Shown e -> lineage.shown(e.from(), e.what().object());
            case Event.Crash e -> {
                if (!crashed) {
                    crashed = true;
                    lineage.restart();
                    // What it had delivered and nobody wrote down is to be delivered again.
                    delivered = situation().delivered;
                    epoch = situation().epoch.number();
                    executed = lineage.executed();
                    settledBefore = lineage.last() > 0;
                }
            }
            default -> throw new IllegalStateException("no event of this model: " + event);
        }
        return facts();
    }

    private void end(Choice choice) {
        Epoch ended = choice.epoch();
        List<Term.Member> members = new ArrayList<>();
        for (Collect collect : choice.collects().object()) {
            members.add(new Term.Member(collect.replica(), collect.digest(model.configuration)));
        }
        byte[] value = Term.codec(model.trust.size()).encode(members);
        int owner = ended.next(model.trust, ended.start(), true).leader();
        Path path = OrderingMember.PATH.child("mvba", ended.number());
        lineage.received(model.corrupt.first(), IdealEnd.frame(model.trust, model.configuration, path, owner, value));
        for (Collect collect : choice.collects().object()) {
            hear(model.corrupt.first(), new Message.Collected(collect));
        }
        // Where a recovery orders once more what is executed here the body is asked for, and whoever vouched has it.
        hear(model.corrupt.first(), new Message.Bodies(List.of(model.world.deciding())));
    }

    private void hear(int from, Message message) {
        lineage.received(from, OrderingMember.frame(codec, message).bytes());
    }

    private List<Fact> facts() {
        List<Fact> facts = new ArrayList<>();
        for (byte[] frame : lineage.said()) {
            Reader reader = new Reader(frame);
            String address = address(reader);
            if (address.equals(OrderingMember.PATH.toString())) {
                said(codec.read(reader), facts);
            } else if (ModelLineage.isVote(address)) {
                facts.add(new Fact.Voted(self, lineage.vote(frame)));
            }
        }
        if (situation().epoch.number() > epoch) {
            epoch = situation().epoch.number();
            facts.add(new Fact.Began(self, situation().epoch));
        }
        boolean moved = situation().delivered > delivered;
        while (delivered < situation().delivered) {
            delivered++;
            Slot slot = slots().find(delivered);
            Outcome outcome = slot == null ? null : slot.outcome;
            if (outcome != null) {
                facts.add(new Fact.Delivered(self, outcome));
            }
        }
        if (moved) {
            facts.add(executed());
        }
        for (ConfigurationCertificate certificate : lineage.followed()) {
            boolean proved = model.world.isProved(certificate);
            facts.add(new Fact.Followed(self, ActivationModel.name(certificate), proved, new Content<>(certificate)));
        }
        return facts;
    }

    private Fact executed() {
        long before = executed;
        executed = lineage.executed();
        long settled = lineage.last() - model.limits.pipeline();
        boolean inTime = before < settled && settled <= executed;
        if (lineage.last() > 0 && before < lineage.last() && !inTime && !settledBefore) {
            throw new AssertionError("the last slot is settled by something else than READYs of a quorum: "
                    + lineage.last() + " between " + before + " and " + executed);
        }
        settledBefore = lineage.last() > 0;
        return new Fact.Executed(self, executed, lineage.history(), lineage.isReady(), lineage.last());
    }

    private void said(Message message, List<Fact> facts) {
        long slot = switch (message) {
            case Message.Write m -> m.slot();
            case Message.Accept m -> m.slot();
            default -> 0;
        };
        boolean leads = situation().epoch.leader() == self;
        if (lineage.last() > 0 && slot > lineage.last() && !leads) {
            throw new AssertionError("a vote above the last slot, which is known: " + message);
        }
        if (OrderingMember.isCarried(message)) {
            facts.add(new Fact.Said(self, OrderingMember.frame(codec, message), new Content<>(message)));
        }
    }

    private Situation situation() {
        return (Situation) Fingerprint.read(AsynchronousOrdering.class, "situation", lineage.ordering());
    }

    private Slots slots() {
        return (Slots) Fingerprint.read(AsynchronousOrdering.class, "slots", lineage.ordering());
    }

    boolean joined() {
        return situation().joined;
    }

    /** A vote for a checkpoint as another replica gives it. */
    Frame copied(Frame vote, int signer) {
        return lineage.copied(vote, new IdealCertifier(signer));
    }

    /** That of the ordering in its own words, and of what stands above it. */
    static Fingerprint fingerprint(ActivationModel model) {
        return OrderingMember.fingerprint(model.digests, () -> model.looking != null && model.looking.joined())
                .constant(Port.class)
                .constant(AtomicBroadcast.Sessions.class);
    }

    @Override
    public Digest state() {
        model.looking = this;
        return model.fingerprint.of(Arrays.asList(lineage.ordering(), lineage.state(), crashed, delivered, epoch));
    }
}
