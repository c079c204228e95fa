package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.ordering.hybrid.Account.Entry;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Process;

/** A corrupt replica of the {@link HybridModel}: it does what it likes with a component that does what it must. */
final class HybridIntruder implements Process<HybridModel.Event, HybridModel.Fact> {
    private final HybridModel model;
    private final int self;
    private final IdealComponents components;

    /** What its component certified, in order; and what it did, for the state. */
    private final TreeMap<String, Entry> entries = new TreeMap<>();

    private final List<String> deeds = new ArrayList<>();
    private long view;

    HybridIntruder(HybridModel model, int self) {
        this.model = model;
        this.self = self;
        this.components = new IdealComponents(HybridModel.SEED, model.trust.size());
    }

    @Override
    public List<HybridModel.Fact> happen(HybridModel.Event event) {
        if (deeds.contains(event.toString())) {
            return List.of();
        }
        List<HybridMessage> said = switch (event) {
            case HybridModel.Event.Propose e -> List.of(propose(e));
            case HybridModel.Event.Vote e -> List.of(vote(e));
            case HybridModel.Event.Move e -> move(e);
            case HybridModel.Event.Echo e -> {
                HybridMessage.Entering other = e.entering();
                yield List.of(new HybridMessage.Entering(
                        other.view(), other.summary(), new IdealCertifier(self).sign(other.summary())));
            }
            default -> throw new IllegalStateException("no event of a corrupt replica: " + event);
        };
        if (said.isEmpty()) {
            return List.of();
        }
        deeds.add(event.toString());
        List<HybridModel.Fact> facts = new ArrayList<>();
        said.forEach(message -> facts.add(new HybridModel.Fact.Said(self, model.frame(message))));
        return facts;
    }

    private Ui ui(int lane, Digest digest) {
        return (Ui) components
                .call(self, new TrustedCall.CreateUi(HybridModel.STREAM, lane, digest))
                .orElseThrow();
    }

    private HybridMessage propose(HybridModel.Event.Propose e) {
        Batch batch = model.batch(e.slot(), e.choice());
        Ui ui = ui(0, model.statements.prepare(view, e.slot(), batch.digest()));
        HybridMessage.Prepare prepare = new HybridMessage.Prepare(view, batch, ui);
        keep(new Entry.Voted(prepare.vote()));
        return prepare;
    }

    private HybridMessage vote(HybridModel.Event.Vote e) {
        Ui ui = ui(1, model.statements.commit(e.view(), e.slot(), e.batch(), e.proposal()));
        Vote vote = new Vote(e.view(), e.slot(), e.batch(), e.proposal(), ui);
        keep(new Entry.Voted(vote));
        return new HybridMessage.Commit(vote);
    }

    private void keep(Entry entry) {
        entries.put(entry.ui().lane() + "/" + entry.ui().counter(), entry);
    }

    /** It moves; of what it certified it leaves one thing out, or nothing. */
    private List<HybridMessage> move(HybridModel.Event.Move e) {
        if (e.view() <= view || e.omitted() >= entries.size()) {
            return List.of();
        }
        List<Entry> shown = new ArrayList<>(entries.values());
        if (e.omitted() >= 0) {
            shown.remove(e.omitted());
        }
        Account account = new Account(self, e.view(), null, null, null, List.of(), shown);
        Fence fence = (Fence) components
                .call(
                        self,
                        new TrustedCall.Raise(
                                HybridModel.STREAM, Mark.VIEW, e.view(), model.statements.account(account)))
                .orElseThrow();
        view = e.view();
        return List.of(new HybridMessage.Moved(new ViewChange(account, fence)));
    }

    @Override
    public Digest state() {
        return model.fingerprint.of(deeds);
    }
}
