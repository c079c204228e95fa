package org.maftia.core.ordering.hybrid;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.hybrid.Account.Entry;
import org.maftia.core.ordering.hybrid.HybridMessage.Draft;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Mark;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.wire.Digest;

/**
 * The trusted component beside this replica, and all that it certified and must be shown. One call is under way at a time;
 * what it is for is in the journal before, so that a restart finds out whether it was carried out.
 *
 * <p>Where the component has counted more than the journal knows, the journal is lost or an old one: the replica may have
 * voted and does not know for what. It certifies nothing until a stable checkpoint lies above the one that its component
 * knows: then its fence there covers all that it forgot.
 */
final class Component {
    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final int stream;
    private final Era era;
    private final long epoch;
    private final Statements statements;
    private final Placement placement;
    private final Listener listener;

    private final ArrayDeque<Draft> queue = new ArrayDeque<>();
    private @Nullable Draft underWay;

    /** It was asked where it stands since the start, and has answered. */
    private boolean known;

    private boolean forgetful;

    /** The era is over: other instances go on, and ask the same component. */
    private boolean retired;

    /** It works in another epoch than the group knows, or is excluded: nothing that it certifies counts. */
    private boolean foreign;

    private long view;
    private long checkpoint;
    private final long[] counters = new long[Attestation.LANES];

    /** What was certified after {@link #base}, by lane and counter. */
    private final List<SortedMap<Long, Entry>> entries = new ArrayList<>();

    /** Own checkpoints, by slot. */
    private final TreeMap<Long, Fence> checkpoints = new TreeMap<>();

    /** By which it moved to the view in {@link #view}. */
    private @Nullable Fence moved;

    /** By which it moved to the last view in which it took part. */
    private @Nullable Fence originFence;

    private @Nullable Entered origin;
    private @Nullable ViewChange lastChange;

    /** Hears of what was certified, in order. */
    interface Listener {
        void proposed(HybridMessage.Prepare prepare);

        void voted(Vote vote);

        void opened(Draft.Open draft, Ui ui);

        void moved(ViewChange change);

        void reached(Fence fence);

        /** It has begun this era. */
        void begun();

        /** Nothing is under way, and nothing waits. */
        void idle();
    }

    Component(
            Port<HybridMessage, AtomicBroadcast.Event> port,
            int stream,
            Era era,
            Statements statements,
            Placement placement,
            Listener listener) {
        this.port = port;
        this.stream = stream;
        this.era = era;
        this.epoch = era.epochs().get(port.self());
        this.foreign = era.excluded().contains(port.self());
        this.statements = statements;
        this.placement = placement;
        this.listener = listener;
        for (int lane = 0; lane < Attestation.LANES; lane++) {
            entries.add(new TreeMap<>());
        }
    }

    /** Whether it may be asked to certify anything. */
    boolean certifies() {
        return known && !forgetful && !foreign && !retired;
    }

    /** It works in an epoch of which the log does not know. */
    boolean isForeign() {
        return foreign;
    }

    /** Asks for nothing more, as what its counters mean is for the next era to say from here on. */
    void retire() {
        retired = true;
        queue.clear();
    }

    boolean isForgetful() {
        return forgetful || foreign;
    }

    boolean isIdle() {
        return known && underWay == null && queue.isEmpty();
    }

    /** The view to which it moved last. */
    long view() {
        return view;
    }

    /** The checkpoint that it fenced last. */
    long checkpoint() {
        return checkpoint;
    }

    /** The checkpoint that it has fenced, or is about to. */
    long checkpointAsked() {
        long asked = checkpoint;
        for (Draft draft : queue) {
            asked = draft instanceof Draft.Reach reach ? Math.max(asked, reach.slot()) : asked;
        }
        return underWay instanceof Draft.Reach reach ? Math.max(asked, reach.slot()) : asked;
    }

    /** The last counter of each lane. */
    List<Long> counters() {
        List<Long> all = new ArrayList<>();
        for (long counter : counters) {
            all.add(counter);
        }
        return all;
    }

    /** It certified a proposal or an opening since it moved: the first place in the view is taken. */
    boolean hasProposed() {
        return moved != null && counters[0] > moved.counters().getFirst();
    }

    @Nullable
    ViewChange lastChange() {
        return lastChange;
    }

    @Nullable
    Entered origin() {
        return origin;
    }

    /** Its newest checkpoint. */
    @Nullable
    Fence reached() {
        return checkpoints.isEmpty() ? null : checkpoints.lastEntry().getValue();
    }

    /** All own checkpoints that are kept, the oldest first. */
    void checkpoints(Consumer<Fence> sink) {
        checkpoints.values().forEach(sink);
    }

    /** Whether one of the own votes that are kept is such a one. */
    boolean hasVote(Predicate<Vote> such) {
        for (SortedMap<Long, Entry> lane : entries) {
            for (Entry entry : lane.values()) {
                if (entry instanceof Entry.Voted voted && such.test(voted.vote())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** All own votes that are kept. */
    void votes(Consumer<Vote> sink) {
        for (SortedMap<Long, Entry> lane : entries) {
            for (Entry entry : lane.values()) {
                if (entry instanceof Entry.Voted voted) {
                    sink.accept(voted.vote());
                }
            }
        }
    }

    void ask(Draft draft) {
        Invariant.check(certifies(), "a replica that lost its memory certifies nothing");
        queue.add(draft);
        next();
    }

    /** It is about to move: what it has not begun to certify it never will. */
    void dropVotes() {
        queue.removeIf(draft -> draft instanceof Draft.Propose || draft instanceof Draft.Vote);
    }

    private void next() {
        Draft draft = underWay == null && known ? queue.poll() : null;
        if (draft != null) {
            underWay = draft;
            port.persist(new HybridMessage.Intended(draft));
            port.certify(call(draft), answer -> {
                Attestation certified = answer.orElse(null);
                underWay = null;
                if (certified == null || certified.epoch() != epoch) {
                    // It knows more than this replica does, or it is another one.
                    lose(certified == null ? epoch : certified.epoch());
                } else {
                    port.persist(new HybridMessage.Certified(certified));
                    apply(draft, certified);
                    tell(draft, certified);
                    next();
                }
            });
        } else if (isIdle()) {
            listener.idle();
        }
    }

    private TrustedCall call(Draft draft) {
        return switch (draft) {
            case Draft.Propose d -> new TrustedCall.CreateUi(stream, d.lane(), digest(d));
            case Draft.Vote d -> new TrustedCall.CreateUi(stream, placement.voteLane(d.slot()), digest(d));
            case Draft.Open d -> new TrustedCall.CreateUi(stream, 0, digest(d));
            case Draft.Move d ->
                new TrustedCall.Raise(stream, Mark.VIEW, d.account().view(), digest(d));
            case Draft.Reach d -> new TrustedCall.Raise(stream, Mark.CHECKPOINT, d.slot(), digest(d));
            case Draft.Begin d -> new TrustedCall.Raise(stream, Mark.VIEW, d.view(), digest(d));
        };
    }

    private Digest digest(Draft draft) {
        return switch (draft) {
            case Draft.Propose d ->
                statements.prepare(d.view(), d.batch().slot(), d.batch().digest());
            case Draft.Vote d -> statements.commit(d.view(), d.slot(), d.batch(), d.proposal());
            case Draft.Open d -> statements.newView(d.view(), d.changes());
            case Draft.Move d -> statements.account(d.account());
            case Draft.Reach d -> statements.checkpoint(d.slot());
            case Draft.Begin d -> statements.beginning(d.view());
        };
    }

    /** What it certified is known from now on. */
    private void apply(Draft draft, Attestation certified) {
        switch (certified) {
            case Ui ui -> entry(entry(draft, ui));
            case Fence fence -> fenced(draft, fence);
            case Attestation.Counters standing -> Invariant.check(false, "a standing is no answer to this");
            case Attestation.Introduction introduction -> Invariant.check(false, "who it is was not asked");
            case Attestation.Agreed agreed -> Invariant.check(false, "no agreement was asked for");
            case Attestation.InView view -> Invariant.check(false, "the trusted view was not asked for");
        }
    }

    private static Entry entry(Draft draft, Ui ui) {
        return switch (draft) {
            case Draft.Propose d ->
                new Entry.Voted(new Vote(d.view(), d.batch().slot(), d.batch().digest(), ui, ui));
            case Draft.Vote d -> new Entry.Voted(new Vote(d.view(), d.slot(), d.batch(), d.proposal(), ui));
            case Draft.Open d -> new Entry.Opened(d.view(), d.changes(), ui);
            case Draft.Move d -> throw new IllegalStateException("a fence was asked for");
            case Draft.Reach d -> throw new IllegalStateException("a fence was asked for");
            case Draft.Begin d -> throw new IllegalStateException("a fence was asked for");
        };
    }

    private void entry(Entry entry) {
        int lane = entry.ui().lane();
        counters[lane] = Math.max(counters[lane], entry.ui().counter());
        entries.get(lane).put(entry.ui().counter(), entry);
    }

    private void fenced(@Nullable Draft draft, Fence fence) {
        view = Math.max(view, fence.view());
        checkpoint = Math.max(checkpoint, fence.checkpoint());
        for (int lane = 0; lane < counters.length; lane++) {
            counters[lane] = Math.max(counters[lane], fence.counters().get(lane));
        }
        if (fence.mark() == Mark.CHECKPOINT) {
            checkpoints.put(fence.checkpoint(), fence);
        } else {
            moved = fence;
            boolean begins = !era.beginsLed() && fence.view() == era.firstView();
            originFence = begins ? fence : originFence;
            lastChange = draft instanceof Draft.Move move ? new ViewChange(move.account(), fence) : lastChange;
        }
    }

    private void tell(Draft draft, Attestation certified) {
        switch (draft) {
            case Draft.Propose d -> listener.proposed(new HybridMessage.Prepare(d.view(), d.batch(), (Ui) certified));
            case Draft.Vote d -> listener.voted(new Vote(d.view(), d.slot(), d.batch(), d.proposal(), (Ui) certified));
            case Draft.Open d -> listener.opened(d, (Ui) certified);
            case Draft.Move d -> listener.moved(new ViewChange(d.account(), (Fence) certified));
            case Draft.Reach d -> listener.reached((Fence) certified);
            case Draft.Begin d -> listener.begun();
        }
    }

    /** This replica takes part in the view to which it moved: earlier ones need no account any more. */
    void enter(Entered entered) {
        Invariant.check(entered.summary().view() == view, "takes part only where its component says that it moved");
        origin = entered;
        originFence = moved != null && moved.view() == view ? moved : null;
        drop(originFence);
    }

    /** A checkpoint became stable: votes before the own fence there need no account any more. */
    void stable(long slot) {
        Fence base = base(slot);
        drop(base);
        Long kept = checkpoints.floorKey(slot);
        if (kept != null) {
            checkpoints.headMap(kept).clear();
        }
    }

    private void drop(@Nullable Fence before) {
        for (int lane = 0; before != null && lane < counters.length; lane++) {
            entries.get(lane).headMap(before.counters().get(lane) + 1).clear();
        }
    }

    private long originView() {
        return origin == null ? era.firstView() : origin.summary().view();
    }

    /** The fence after which everything is to be shown, where the state of the slot is certified. */
    private @Nullable Fence base(long stableSlot) {
        var own = checkpoints.floorEntry(stableSlot);
        return own != null && own.getValue().view() >= originView() ? own.getValue() : originFence;
    }

    /** Everything that was certified, where it is to be shown from; the component must be idle. */
    Account account(long to, org.maftia.core.ordering.@Nullable StableCheckpoint stable, List<Fence> leaderFences) {
        Invariant.check(underWay == null, "an account is complete");
        Fence base = base(stable == null ? 0 : stable.claim().slot());
        List<Entry> shown = new ArrayList<>();
        for (int lane = 0; lane < counters.length; lane++) {
            long from = base == null ? 0 : base.counters().get(lane);
            shown.addAll(entries.get(lane).tailMap(from + 1).values());
        }
        return new Account(port.self(), to, stable, base, origin, leaderFences, shown);
    }

    /** Asks where it stands, and whether the last call before the crash was carried out. */
    void resume() {
        Draft open = underWay;
        TrustedCall last = open == null
                ? null
                : switch (call(open)) {
                    case TrustedCall.CreateUi ui -> new TrustedCall.LastUi(stream, ui.lane());
                    case TrustedCall.Raise raise -> new TrustedCall.LastFence(stream, raise.mark());
                    case TrustedCall other -> other;
                };
        if (open != null && last != null) {
            port.certify(last, answer -> heal(open, answer));
        }
        port.certify(new TrustedCall.Standing(stream), this::standing);
    }

    private void heal(Draft open, Optional<Attestation> answer) {
        Attestation last = answer.orElse(null);
        if (last != null && last.epoch() == epoch && last.digest().equals(digest(open)) && isNews(last)) {
            port.persist(new HybridMessage.Certified(last));
            underWay = null;
            apply(open, last);
            healed = () -> tell(open, last);
        }
    }

    /** It was certified after all that the journal knows. */
    private boolean isNews(Attestation last) {
        return switch (last) {
            case Ui ui -> ui.counter() == counters[ui.lane()] + 1;
            case Fence fence -> fence.value() > (fence.mark() == Mark.VIEW ? view : checkpoint);
            case Attestation.Counters standing -> false;
            case Attestation.Introduction introduction -> false;
            case Attestation.Agreed agreed -> false;
            case Attestation.InView view -> false;
        };
    }

    /** What is still to be told of the call before the crash. */
    private @Nullable Runnable healed;

    private void standing(Optional<Attestation> answer) {
        known = true;
        // Without an answer it was never asked for; whoever wants it asks again.
        underWay = null;
        if (answer.orElse(null) instanceof Attestation.Counters standing) {
            if (isBeforeEra(standing)) {
                begin(standing);
                return;
            }
            boolean same = standing.view() == view
                    && standing.checkpoint() == checkpoint
                    && standing.counters().equals(counters());
            if (!same || standing.epoch() != epoch) {
                view = standing.view();
                checkpoint = standing.checkpoint();
                lose(standing.epoch());
            }
        }
        Runnable rest = healed;
        healed = null;
        if (rest != null && !forgetful) {
            rest.run();
        }
        next();
    }

    /** Whether it certified nothing of this era yet. */
    private boolean isBeforeEra(Attestation.Counters standing) {
        return standing.epoch() == epoch && !era.beginsLed() && standing.view() < era.firstView();
    }

    /** What its counters were for is a matter of eras that are over; the fence says from where they count in this one. */
    private void begin(Attestation.Counters standing) {
        checkpoint = standing.checkpoint();
        for (int lane = 0; lane < counters.length; lane++) {
            counters[lane] = standing.counters().get(lane);
        }
        if (!retired && !foreign) {
            ask(new Draft.Begin(era.firstView()));
        }
    }

    private void lose(long epochNow) {
        foreign = foreign || epochNow != epoch;
        forgetful = true;
        queue.clear();
        origin = null;
        originFence = null;
        moved = null;
        lastChange = null;
        checkpoints.clear();
        entries.forEach(SortedMap::clear);
    }

    /** All that it may have voted for and forgot lies below a checkpoint that is stable, if it fences that. */
    void remember(long slot) {
        if (forgetful && !foreign && !retired && placement.markReached(slot) > checkpoint) {
            forgetful = false;
            ask(new Draft.Reach(placement.markReached(slot)));
        }
    }

    void restore(HybridMessage record) {
        switch (record) {
            case HybridMessage.Intended m -> underWay = m.draft();
            case HybridMessage.Certified m -> {
                Draft draft = underWay;
                underWay = null;
                if (m.attestation() instanceof Fence fence) {
                    fenced(draft, fence);
                } else {
                    apply(Invariant.present(draft, "an intention comes before its certificate"), m.attestation());
                }
            }
            case HybridMessage.Commit m -> entry(new Entry.Voted(m.vote()));
            case HybridMessage.Moved m -> {
                fenced(null, m.change().fence());
                lastChange = m.change();
            }
            case HybridMessage.InView m -> {
                // That it moved there follows: its fence is not in the journal where its memory was lost in between.
                view = Math.max(view, m.entered().summary().view());
                enter(m.entered());
            }
            case HybridMessage.Forgotten m -> stable(m.checkpoint().claim().slot());
            default -> Invariant.check(false, "no record of the component");
        }
    }

    void journal(Consumer<HybridMessage> sink) {
        if (originFence != null) {
            sink.accept(new HybridMessage.Certified(originFence));
        }
        if (origin != null) {
            sink.accept(new HybridMessage.InView(origin));
        }
        checkpoints.values().forEach(fence -> sink.accept(new HybridMessage.Certified(fence)));
        for (SortedMap<Long, Entry> lane : entries) {
            for (Entry entry : lane.values()) {
                if (entry instanceof Entry.Voted voted) {
                    sink.accept(new HybridMessage.Commit(voted.vote()));
                } else if (entry instanceof Entry.Opened opened) {
                    sink.accept(new HybridMessage.Intended(new Draft.Open(opened.view(), opened.changes())));
                    sink.accept(new HybridMessage.Certified(opened.ui()));
                }
            }
        }
        ViewChange change = lastChange;
        if (change != null) {
            sink.accept(new HybridMessage.Moved(change));
        }
        if (underWay != null) {
            sink.accept(new HybridMessage.Intended(underWay));
        }
    }
}
