package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.hybrid.Account.Entry;
import org.maftia.core.ordering.hybrid.HybridModel.Content;
import org.maftia.core.ordering.hybrid.HybridModel.Event;
import org.maftia.core.ordering.hybrid.HybridModel.Fact;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.simulator.explore.Board;
import org.maftia.simulator.explore.Process;

/**
 * The components of the corrupted, and whoever calls them. They are genuine: no counter is given twice, no mark falls. All
 * else is the intruder's: what is certified, in which order, and what accounts say of it. Those of a fault set are called
 * together, but that one proposes. Where a component begins a new epoch, the intruder keeps the old one alive beside it.
 */
final class HybridLiar implements Process<Event, Fact> {
    private final HybridModel model;

    /** In their first epochs, and with the one that is renewed in its second. */
    private final IdealComponents old;

    private final IdealComponents renewed;
    private final List<Certified> certified = new ArrayList<>();
    private int calls;

    /** Something that a component made, and what for. */
    private record Certified(
            int replica, long epoch, @Nullable Entry entry, Attestation attestation) {}

    /** What the intruder has certified. */
    sealed interface Call {
        /** The leader's proposal of a batch that it made up. */
        record Propose(long era, Digest configuration, long view, long slot, int value) implements Call {}

        /** A vote for what was proposed. */
        record Commit(long era, Digest configuration, Vote proposal, boolean zombie) implements Call {}

        /** The fence that begins an era. */
        record Begin(Digest configuration, long view) implements Call {}

        /** A checkpoint that it says it has. */
        record Reach(Digest configuration, long slot) implements Call {}

        /** A move to another view, with an account. */
        record Move(
                long era,
                Digest configuration,
                long view,
                @Nullable Entered origin,
                Tale tale) implements Call {
            @Override
            public String toString() {
                return "Move to v" + view + " from " + (origin == null ? "the first" : origin.summary()) + ", " + tale;
            }
        }

        /** The beginning of a view that it leads, with these accounts. */
        record Open(long era, Digest configuration, long view, List<ViewChange> changes) implements Call {}
    }

    /** What an account says. */
    enum Tale {
        /** Everything since the fence by which the last view began. */
        WHOLE,
        /** Nothing. */
        TRIMMED,
        /** Everything but the first. */
        WITHOUT_FIRST,
        /** Everything but the last. */
        WITHOUT_LAST,
        /** Nothing, as the last fence of all is said to be where it begins. */
        STALE_FENCE
    }

    HybridLiar(HybridModel model) {
        this.model = model;
        this.old = new IdealComponents(0, model.trust.size());
        this.renewed = new IdealComponents(0, model.trust.size());
        renewed.lose(HybridModel.RENEWED);
    }

    // What may be asked

    static List<Call> calls(HybridModel model, Board<Fact> board) {
        List<Call> calls = new ArrayList<>();
        for (long number = 0; number <= (model.scope.twoEras() ? 1 : 0); number++) {
            boolean begun = number == 0 || !board.messages(Fact.Began.class).isEmpty();
            // Nothing comes of what it could hide.
            boolean silent = number > 0 && model.scope.views() == 0 && !model.scope.excludes();
            if (begun && !silent) {
                calls(model, board, model.era(number, board), calls);
            }
        }
        return calls;
    }

    private static void calls(HybridModel model, Board<Fact> board, Era era, List<Call> calls) {
        Digest configuration = era.digest(HybridModel.CONFIGURATION);
        boolean zombies = era.number() > 0 && model.corrupt.contains(HybridModel.RENEWED);
        List<Long> views = model.viewsOf(era);
        for (long view : views) {
            boolean led = era.beginsLed() || view > era.firstView();
            if (led && model.corrupt.contains(model.leader(view))) {
                propose(model, board, era, view, calls);
                openings(model, board, era, view, calls);
            }
            boolean moves = !model.scope.excludes() && (!model.scope.twoEras() || era.number() > 0);
            if (view > views.getFirst() && moves) {
                moves(board, era, view, calls);
            }
        }
        if (model.scope.fences()) {
            calls.add(new Call.Reach(configuration, era.beginning() + HybridModel.INTERVAL));
        }
        if (!era.beginsLed() && !model.scope.excludes()) {
            calls.add(new Call.Begin(configuration, era.firstView()));
        }
        for (Vote proposal : model.scope.twoEras() && era.beginsLed() ? List.<Vote>of() : proposals(board, era)) {
            calls.add(new Call.Commit(era.number(), configuration, proposal, false));
            if (zombies) {
                calls.add(new Call.Commit(era.number(), configuration, proposal, true));
            }
        }
    }

    /** The values are alike, so the first one comes first; where eras end slots come in their order. */
    private static void propose(HybridModel model, Board<Fact> board, Era era, long view, List<Call> calls) {
        Digest configuration = era.digest(HybridModel.CONFIGURATION);
        boolean made = true;
        for (long slot = era.beginning() + 1; slot <= model.scope.slots(); slot++) {
            for (int value = 0; value < model.scope.values(); value++) {
                if (made) {
                    calls.add(new Call.Propose(era.number(), configuration, view, slot, value));
                }
                Digest batch = model.batch(slot, value).digest();
                made = board.messages(Fact.Said.class).stream()
                        .anyMatch(said -> said.what() instanceof HybridMessage.Prepare m
                                && m.view() == view
                                && m.batch().digest().equals(batch));
            }
        }
    }

    private static void moves(Board<Fact> board, Era era, long view, List<Call> calls) {
        Digest configuration = era.digest(HybridModel.CONFIGURATION);
        List<@Nullable Entered> origins = new ArrayList<>();
        origins.add(null);
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.era() == era.number()
                    && said.what() instanceof HybridMessage.InView m
                    && m.entered().summary().view() < view) {
                origins.add(m.entered());
            }
        }
        for (@Nullable Entered origin : origins) {
            for (Tale tale : Tale.values()) {
                calls.add(new Call.Move(era.number(), configuration, view, origin, tale));
            }
        }
    }

    /** With any quorum of accounts for the view. */
    private static void openings(HybridModel model, Board<Fact> board, Era era, long view, List<Call> calls) {
        SortedMap<String, ViewChange> changes = new TreeMap<>();
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.era() == era.number()
                    && said.what() instanceof HybridMessage.Moved m
                    && m.change().view() == view) {
                changes.put(m.change().replica() + said.frame().name(), m.change());
            }
        }
        List<ViewChange> all = List.copyOf(changes.values());
        for (int chosen = 1; chosen < 1 << all.size(); chosen++) {
            List<ViewChange> some = new ArrayList<>();
            ReplicaSet movers = ReplicaSet.EMPTY;
            for (int i = 0; i < all.size(); i++) {
                if ((chosen >> i & 1) == 1) {
                    some.add(all.get(i));
                    movers = movers.with(all.get(i).replica());
                }
            }
            boolean fits = movers.size() == some.size() && movers.contains(model.leader(view));
            if (fits && model.trust.isQuorum(movers)) {
                calls.add(new Call.Open(era.number(), era.digest(HybridModel.CONFIGURATION), view, some));
            }
        }
    }

    /** What votes may be for: proposals of leaders, and what views began with. */
    private static List<Vote> proposals(Board<Fact> board, Era era) {
        List<Vote> proposals = new ArrayList<>();
        for (Fact.Said said : board.messages(Fact.Said.class)) {
            if (said.era() != era.number()) {
                continue;
            }
            if (said.what() instanceof HybridMessage.Prepare m) {
                proposals.add(m.vote());
            }
            if (said.what() instanceof HybridMessage.InView m) {
                Summary summary = m.entered().summary();
                Ui ui = summary.ui();
                summary.slots().forEach((slot, batch) -> {
                    if (ui != null) {
                        proposals.add(new Vote(summary.view(), slot, batch, ui, ui));
                    }
                });
            }
        }
        return proposals;
    }

    // What comes of it

    @Override
    public List<Fact> happen(Event event) {
        if (!(event instanceof Event.Asked asked)) {
            throw new IllegalStateException("components are asked, and hear nothing: " + event);
        }
        return calls >= model.scope.calls() ? List.of() : happen(asked.call());
    }

    private List<Fact> happen(Call call) {
        return switch (call) {
            case Call.Propose c -> propose(c);
            case Call.Commit c -> commit(c);
            case Call.Begin c -> begin(c);
            case Call.Reach c -> reach(c);
            case Call.Move c -> move(c);
            case Call.Open c -> open(c);
        };
    }

    private IdealComponents components(long era, boolean zombie) {
        return era > 0 && !zombie && !model.scope.excludes() ? renewed : old;
    }

    private Fact said(int replica, long era, HybridMessage message) {
        return new Fact.Said(replica, era, HybridMember.frame(era, message), new Content<>(message));
    }

    private Ui ui(IdealComponents components, int replica, int lane, Digest digest) {
        return (Ui) components
                .call(replica, new TrustedCall.CreateUi(HybridModel.STREAM, lane, digest))
                .orElseThrow();
    }

    private List<Fact> propose(Call.Propose c) {
        calls++;
        int leader = model.leader(c.view);
        Batch batch = model.batch(c.slot, c.value);
        Digest statement = new Statements(c.configuration).prepare(c.view, c.slot, batch.digest());
        Ui ui = ui(components(c.era, false), leader, 0, statement);
        HybridMessage.Prepare prepare = new HybridMessage.Prepare(c.view, batch, ui);
        certified.add(new Certified(leader, ui.epoch(), new Entry.Voted(prepare.vote()), ui));
        return List.of(said(leader, c.era, prepare));
    }

    private List<Fact> commit(Call.Commit c) {
        calls++;
        List<Fact> facts = new ArrayList<>();
        Vote proposal = c.proposal;
        Digest statement = new Statements(c.configuration)
                .commit(proposal.view(), proposal.slot(), proposal.batch(), proposal.proposal());
        for (int replica : model.corrupt.toList()) {
            boolean leads =
                    model.corrupt.size() > 1 && replica == proposal.proposal().replica();
            if (leads || c.zombie && replica != HybridModel.RENEWED) {
                continue; // its proposal is its vote
            }
            if (model.scope.excludes()) {
                old.call(replica, moveTo(proposal.view())); // what it says of that counts for nothing either
            }
            Ui ui = ui(components(c.era, c.zombie), replica, 1, statement);
            Vote vote = new Vote(proposal.view(), proposal.slot(), proposal.batch(), proposal.proposal(), ui);
            certified.add(new Certified(replica, ui.epoch(), new Entry.Voted(vote), ui));
            facts.add(said(replica, c.era, new HybridMessage.Commit(vote)));
        }
        return facts;
    }

    private static TrustedCall moveTo(long view) {
        return new TrustedCall.Raise(HybridModel.STREAM, Mark.VIEW, view, Digest.ZERO);
    }

    private List<Fact> begin(Call.Begin c) {
        calls++;
        for (int replica : model.corrupt.toList()) {
            for (IdealComponents each : List.of(renewed, old)) {
                boolean same = each == old && replica != HybridModel.RENEWED;
                if (!same) {
                    each.call(
                                    replica,
                                    new TrustedCall.Raise(
                                            HybridModel.STREAM,
                                            Mark.VIEW,
                                            c.view,
                                            new Statements(c.configuration).beginning(c.view)))
                            .ifPresent(fence -> certified.add(new Certified(replica, fence.epoch(), null, fence)));
                }
            }
        }
        return List.of();
    }

    private List<Fact> reach(Call.Reach c) {
        calls++;
        for (int replica : model.corrupt.toList()) {
            Digest statement = new Statements(c.configuration).checkpoint(c.slot);
            old.call(replica, new TrustedCall.Raise(HybridModel.STREAM, Mark.CHECKPOINT, c.slot, statement))
                    .ifPresent(fence -> certified.add(new Certified(replica, fence.epoch(), null, fence)));
        }
        return List.of();
    }

    private List<Fact> move(Call.Move c) {
        calls++;
        List<Fact> facts = new ArrayList<>();
        for (int replica : model.corrupt.toList()) {
            IdealComponents components = components(c.era, false);
            Account account = account(replica, components.epoch(replica), c);
            Digest statement = new Statements(c.configuration).account(account);
            components
                    .call(replica, new TrustedCall.Raise(HybridModel.STREAM, Mark.VIEW, c.view, statement))
                    .ifPresent(fence -> {
                        certified.add(new Certified(replica, fence.epoch(), null, fence));
                        facts.add(
                                said(replica, c.era, new HybridMessage.Moved(new ViewChange(account, (Fence) fence))));
                    });
        }
        return facts;
    }

    private Account account(int replica, long epoch, Call.Move c) {
        Entered origin = c.origin;
        long begins = origin == null
                ? c.era << HybridModel.VIEW_BITS
                : origin.summary().view();
        Fence base = base(replica, epoch, begins, c.tale == Tale.STALE_FENCE);
        List<Entry> entries = new ArrayList<>();
        for (Certified one : certified) {
            Entry entry = one.entry;
            if (entry != null && one.replica == replica && one.epoch == epoch) {
                Ui ui = entry.ui();
                long before = base == null ? 0 : base.counters().get(ui.lane());
                if (ui.counter() > before) {
                    entries.add(entry);
                }
            }
        }
        entries.sort(Comparator.comparingInt((Entry entry) -> entry.ui().lane())
                .thenComparingLong(entry -> entry.ui().counter()));
        switch (c.tale) {
            case WHOLE, STALE_FENCE -> {}
            case TRIMMED -> entries.clear();
            case WITHOUT_FIRST ->
                entries.subList(0, Math.min(1, entries.size())).clear();
            case WITHOUT_LAST ->
                entries.subList(Math.max(0, entries.size() - 1), entries.size()).clear();
        }
        return new Account(replica, c.view, null, base, origin, List.of(), entries);
    }

    /** The fence by which a component moved to the view, or the last one of all; null: there is none. */
    private @Nullable Fence base(int replica, long epoch, long view, boolean last) {
        Fence base = null;
        for (Certified one : certified) {
            if (one.replica == replica && one.epoch == epoch && one.attestation instanceof Fence fence) {
                boolean byView = fence.mark() == Mark.VIEW && fence.view() == view;
                base = last || byView ? fence : base;
            }
        }
        return base;
    }

    private List<Fact> open(Call.Open c) {
        calls++;
        int leader = model.leader(c.view);
        Statements statements = new Statements(c.configuration);
        List<Account.Named> names = new ArrayList<>();
        for (ViewChange change : c.changes) {
            names.add(new Account.Named(change.replica(), statements.account(change.account())));
        }
        Ui ui = ui(components(c.era, false), leader, 0, statements.newView(c.view, names));
        certified.add(new Certified(leader, ui.epoch(), new Entry.Opened(c.view, names, ui), ui));
        return List.of(said(leader, c.era, new HybridMessage.Opened(new NewView(c.view, c.changes, ui))));
    }

    @Override
    public Digest state() {
        Transcript all = Transcript.of("liar").field(calls);
        for (Certified one : certified) {
            all.field(one.replica).field(one.epoch);
            all.field(String.valueOf(one.entry)).field(one.attestation.digest());
            all.field(Arrays.toString(one.attestation.tag()));
        }
        return all.digest();
    }
}
