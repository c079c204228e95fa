package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.hybrid.HybridMessage.Draft;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * From one view to the next: who gives up on a leader says so, a quorum of those moves everybody, the next leader opens its
 * view with what they lay open, and a kernel of those who checked that lets all take part.
 */
final class Moving {
    /** Accounts of one peer, and openings, that are judged at a time: they are large. */
    private static final int JUDGED_PER_PEER_MAX = 8;

    /** So many views are passed over at a time, to go where a peer is: no corrupt one comes to the end of an era's views. */
    private static final int LEAP_MAX = 64;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final Position position;
    private final Placement placement;
    private final Judge judge;
    private final Component component;
    private final Voting voting;
    private final Listener listener;

    /** The highest view that each replica wants, or has moved to. */
    private final long[] demands;

    /** The last account of each replica, valid. */
    private final SortedMap<Integer, ViewChange> changes = new TreeMap<>();

    private final SortedMap<Integer, HybridMessage.Entering> enterings = new TreeMap<>();
    private final int[] judging;

    /** Where this replica is about to move. */
    private long target;

    /** The last view that this replica opened, and with what. */
    private long openedView;

    private List<ViewChange> openedWith = List.of();

    /** An opening whose batches are not all here. */
    private @Nullable Found candidate;

    /** An opening that was found valid. */
    private @Nullable Found found;

    private @Nullable Summary summary;

    /** A view that others take part in, to which this replica moves. */
    private @Nullable Entered adopting;

    private @Nullable Entered entered;
    private long changeMicros;

    private record Found(NewView opening, Selection selection) {}

    /** Hears of the way to another view. */
    interface Listener {
        /** It begins here. */
        void entered();

        /** The group goes on from this state. */
        void certified(StableCheckpoint checkpoint);

        /** What a component certified, which nobody else can, proves that its replica is corrupt. */
        void convict(int replica);
    }

    Moving(
            Port<HybridMessage, AtomicBroadcast.Event> port,
            Position position,
            Placement placement,
            Judge judge,
            Component component,
            Voting voting,
            Listener listener) {
        this.port = port;
        this.position = position;
        this.placement = placement;
        this.judge = judge;
        this.component = component;
        this.voting = voting;
        this.listener = listener;
        this.demands = new long[port.trust().size()];
        this.judging = new int[port.trust().size()];
    }

    /** It left its view, or is about to. */
    boolean isMoving() {
        return Math.max(target, component.view()) > position.summary.view();
    }

    /** The leader of a view that did not begin yet: between its fence and its NEW-VIEW there is no checkpoint. */
    boolean isOpening() {
        long view = Math.max(target, component.view());
        return view > position.summary.view() && placement.leader(view) == port.self();
    }

    /** An era begins: at once to the first view that has a leader. */
    void begin() {
        if (!position.isLed() && component.view() == position.era.firstView()) {
            move(position.era.firstView() + 1);
        }
    }

    /** Since when it waits for the view to begin. */
    long changeMicros() {
        return changeMicros;
    }

    // Giving up

    /** The view that follows is wanted. */
    void demandNext() {
        changeMicros = port.nowMicros();
        long next = Math.max(Math.max(target, component.view()), position.summary.view()) + 1;
        demand(Math.clamp(ahead(), next, next + LEAP_MAX));
    }

    /**
     * The highest view to which a peer has moved. Who is behind goes there at once: where a corrupt replica makes quorums with one
     * correct one and not with another, they would else move on side by side, a view apart, for ever.
     */
    private long ahead() {
        return changes.values().stream().mapToLong(ViewChange::view).max().orElse(0);
    }

    private void demand(long view) {
        demands[port.self()] = Math.max(demands[port.self()], view);
        repeat();
        review();
    }

    /** Says again what it wants. */
    void repeat() {
        if (demands[port.self()] > position.summary.view()) {
            HybridMessage.Demand demand = new HybridMessage.Demand(demands[port.self()]);
            port.trust().all().without(port.self()).forEach(peer -> port.send(peer, demand));
        }
    }

    void onDemand(int from, long view) {
        if (view > demands[from]) {
            demands[from] = view;
            review();
        }
    }

    /** A kernel is joined, a quorum is followed. */
    private void review() {
        long joined = supported(false);
        if (joined > demands[port.self()] && joined > position.summary.view()) {
            demand(joined);
            return;
        }
        long wanted = supported(true);
        if (wanted > position.summary.view()) {
            move(wanted);
        }
    }

    /** The highest view that a quorum wants, or else a kernel. */
    private long supported(boolean quorum) {
        long best = 0;
        for (long view : demands) {
            ReplicaSet supporters = ReplicaSet.EMPTY;
            for (int replica = 0; replica < demands.length; replica++) {
                supporters = demands[replica] >= view ? supporters.with(replica) : supporters;
            }
            boolean enough =
                    quorum ? port.trust().isQuorum(supporters) : port.trust().isKernel(supporters);
            best = enough ? Math.max(best, view) : best;
        }
        return best;
    }

    // Moving

    private void move(long view) {
        if (view > component.view() && view > target) {
            target = view;
            changeMicros = port.nowMicros();
            component.dropVotes();
            goOn();
        }
    }

    /** Moves as soon as nothing else is being certified, so that the account is whole. */
    void goOn() {
        if (target > component.view() && component.certifies() && component.isIdle()) {
            component.ask(new Draft.Move(component.account(target, position.stable, voting.leaderFences())));
        }
    }

    /** The own component has certified it. */
    void moved(ViewChange change) {
        changeMicros = port.nowMicros();
        send(new HybridMessage.Moved(change));
        took(change);
        Entered waiting = adopting;
        if (waiting != null && waiting.summary().view() == component.view()) {
            enter(waiting);
        } else {
            sign();
        }
        goOn();
    }

    private void send(HybridMessage message) {
        port.trust().all().without(port.self()).forEach(peer -> port.send(peer, message));
    }

    void onMoved(int from, ViewChange change) {
        ViewChange before = changes.get(change.replica());
        boolean old = before != null && before.view() >= change.view();
        boolean useful = port.trust().all().contains(change.replica()) && change.view() > position.summary.view();
        if (old || !useful || judging[from] >= JUDGED_PER_PEER_MAX) {
            return;
        }
        judging[from]++;
        port.<Judge.Verdict>compute(() -> judge.verdict(change), verdict -> {
            judging[from]--;
            if (verdict == Judge.Verdict.VALID) {
                took(change);
            } else {
                port.blame(from, "a VIEW-CHANGE shows all that was certified");
            }
            if (verdict == Judge.Verdict.LIE) {
                listener.convict(change.replica());
            }
        });
    }

    private void took(ViewChange change) {
        ViewChange before = changes.get(change.replica());
        if (before == null || before.view() < change.view()) {
            changes.put(change.replica(), change);
            if (change.view() == component.view()) {
                changeMicros = port.nowMicros(); // who came first waits for the others with all its patience
            }
            isComplete(change);
            demands[change.replica()] = Math.max(demands[change.replica()], change.view());
            review();
            open();
        }
    }

    /** Whether all batches are here that it names; those that are missing are asked for. */
    private boolean isComplete(ViewChange change) {
        boolean complete = true;
        for (Selection.Candidate one : Selection.candidates(change.account())) {
            complete &= isHeld(one);
        }
        return complete;
    }

    /** What a stable checkpoint covers here need not be held, as it will not be proposed; but see {@link #judgement}. */
    private boolean isHeld(Selection.Candidate one) {
        if (one.batch().equals(Digest.ZERO) || isForgotten(one.slot())) {
            return true;
        }
        Cell cell = voting.cells().find(one.slot());
        boolean held = cell != null && cell.holds(one.batch());
        if (!held) {
            voting.cells().want(one.slot(), one.batch());
        }
        return held;
    }

    private boolean isForgotten(long slot) {
        return slot <= Math.min(position.stableSlot(), position.delivered);
    }

    /** Which of all that may be proposed is valid; null where this replica cannot tell, as it has forgotten it. */
    private @Nullable SortedMap<Digest, Boolean> judgement(Selection selection) {
        SortedMap<Digest, Boolean> valid = new TreeMap<>();
        for (Selection.Candidate named : selection.named()) {
            Cell cell = voting.cells().find(named.slot());
            boolean nothing = named.batch().equals(Digest.ZERO);
            if (isForgotten(named.slot()) || cell == null && !nothing) {
                return null;
            }
            valid.put(named.batch(), nothing || cell != null && cell.isValid(named.batch()));
        }
        return valid;
    }

    // Opening

    /** The leader of the view to which this replica moved opens it, once a quorum moved there. */
    private void open() {
        long view = component.view();
        boolean mine = placement.leader(view) == port.self() && view > position.summary.view();
        // An opening before a crash, of which nobody knows what it rests on, leaves this view closed.
        boolean closed = openedView >= view || component.hasProposed();
        if (!mine || closed || target > view || !component.certifies()) {
            return;
        }
        List<ViewChange> complete = new ArrayList<>();
        ReplicaSet movers = ReplicaSet.EMPTY;
        for (ViewChange change : changes.values()) {
            if (change.view() == view && isComplete(change)) {
                complete.add(change);
                movers = movers.with(change.replica());
            }
        }
        boolean enough = movers.contains(port.self()) && port.trust().isQuorum(movers);
        if (enough && judgement(new Selection(complete, position.beginning)) != null) {
            openedView = view;
            openedWith = complete;
            List<Account.Named> names = new ArrayList<>();
            for (ViewChange change : complete) {
                names.add(new Account.Named(change.replica(), judge.statements().account(change.account())));
            }
            component.ask(new Draft.Open(view, names));
        }
    }

    /** The own component has certified it. After a restart nobody knows with what; then another view will come. */
    void opened(Draft.Open draft, Ui ui) {
        if (draft.view() == openedView) {
            NewView opening = new NewView(draft.view(), openedWith, ui);
            send(new HybridMessage.Opened(opening));
            consider(opening);
        }
    }

    void onOpened(int from, NewView opening) {
        boolean news = opening.view() > position.summary.view()
                && opening.view() >= component.view()
                && opening.view() > view(candidate)
                && opening.view() > view(found);
        if (!news || judging[from] >= JUDGED_PER_PEER_MAX) {
            return;
        }
        judging[from]++;
        port.<Boolean>compute(
                () -> judge.isOpened(opening) && judge.liars(opening).isEmpty(), good -> {
                    judging[from]--;
                    if (good) {
                        consider(opening);
                    } else {
                        port.blame(from, "a NEW-VIEW rests on valid accounts of a quorum");
                    }
                });
    }

    private static long view(@Nullable Found one) {
        return one == null ? -1 : one.opening.view();
    }

    private void consider(NewView opening) {
        if (opening.view() > Math.max(view(candidate), view(found))) {
            candidate = new Found(opening, new Selection(opening.changes(), position.beginning));
            StableCheckpoint stable = candidate.selection.stable();
            if (stable != null && stable.claim().slot() > position.stableSlot()) {
                listener.certified(stable);
            }
            resolve();
        }
    }

    /** A batch came, or a state: perhaps an opening can be judged now, or an own one made. */
    void resolve() {
        Found one = candidate;
        if (one != null) {
            boolean complete = true;
            for (Selection.Candidate named : one.selection.named()) {
                complete &= isHeld(named);
            }
            SortedMap<Digest, Boolean> valid = complete ? judgement(one.selection) : null;
            if (valid != null) {
                candidate = null;
                found = one;
                summary = one.selection.summary(one.opening, batch -> valid.getOrDefault(batch, false));
                move(one.opening.view());
                sign();
            }
        }
        open();
    }

    /** Says that the opening is valid, once it moved. */
    private void sign() {
        Summary here = summary;
        if (here != null && here.view() == component.view() && here.view() > position.summary.view()) {
            voting.keep(here.slots());
            HybridMessage.Entering mine =
                    new HybridMessage.Entering(here.view(), judge.statements().entering(here), judge.sign(here));
            enterings.put(port.self(), mine);
            send(mine);
            enter();
        }
    }

    void onEntering(int from, HybridMessage.Entering m) {
        HybridMessage.Entering before = enterings.get(from);
        boolean news = m.view() > position.summary.view() && (before == null || before.view() < m.view());
        if (!news || judging[from] >= JUDGED_PER_PEER_MAX) {
            return;
        }
        judging[from]++;
        port.<Boolean>compute(() -> judge.isSigned(from, m.summary(), m.signature()), good -> {
            judging[from]--;
            if (good) {
                enterings.put(from, m);
                enter();
            } else {
                port.blame(from, "signs with another's key");
            }
        });
    }

    /** A kernel says the same as this replica. */
    private void enter() {
        Summary here = summary;
        if (here == null || here.view() != component.view() || here.view() <= position.summary.view()) {
            return;
        }
        Digest digest = judge.statements().entering(here);
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        ReplicaSet signers = ReplicaSet.EMPTY;
        for (var entry : enterings.entrySet()) {
            if (entry.getValue().summary().equals(digest)) {
                signatures.put(entry.getKey(), entry.getValue().signature());
                signers = signers.with(entry.getKey());
            }
        }
        if (port.trust().isKernel(signers)) {
            enter(new Entered(here, Certificate.of(signatures)));
        }
    }

    void onInView(int from, Entered other) {
        boolean news = other.summary().view() > position.summary.view()
                && other.summary().view() >= component.view();
        if (!news || judging[from] >= JUDGED_PER_PEER_MAX) {
            return;
        }
        judging[from]++;
        port.<Boolean>compute(() -> judge.isEntered(other), good -> {
            judging[from]--;
            if (good) {
                adopt(other);
            } else {
                port.blame(from, "a kernel says that a view has begun");
            }
        });
    }

    private void adopt(Entered other) {
        long view = other.summary().view();
        if (other.summary().start() > position.stableSlot()) {
            return; // an account from there would need the certificate, which comes as well
        }
        if (view > position.summary.view() && view == component.view() && target <= view) {
            enter(other);
        } else if (view > component.view()) {
            adopting = other;
            move(view);
        }
    }

    private void enter(Entered begun) {
        if (component.isForgetful() || begun.summary().view() != component.view()) {
            return;
        }
        port.persist(new HybridMessage.InView(begun));
        component.enter(begun);
        entered = begun;
        position.summary = begun.summary();
        position.progressMicros = port.nowMicros();
        long view = begun.summary().view();
        changes.values().removeIf(change -> change.view() <= view);
        enterings.values().removeIf(entering -> entering.view() <= view);
        adopting = null;
        candidate = view(candidate) <= view ? null : candidate;
        found = view(found) <= view ? null : found;
        summary = null;
        listener.entered();
    }

    /** A peer takes part in a view only, or has moved to one, that is below. */
    void help(int peer, long view, long moved) {
        Entered here = entered;
        if (here != null && view < here.summary().view()) {
            port.send(peer, new HybridMessage.InView(here));
        }
        ViewChange change = component.lastChange();
        if (change == null || change.view() <= Math.max(position.summary.view(), view)) {
            return;
        }
        port.send(peer, new HybridMessage.Moved(change));
        Found best = found != null ? found : candidate;
        if (best != null && best.opening.view() >= moved) {
            port.send(peer, new HybridMessage.Opened(best.opening));
        }
        HybridMessage.Entering mine = enterings.get(port.self());
        if (mine != null && mine.view() > view) {
            port.send(peer, mine);
        }
    }

    /** The journal is read: where it had moved, it waits for the view to begin. */
    void restored() {
        changeMicros = port.nowMicros();
        ViewChange change = component.lastChange();
        if (change != null && change.view() > position.summary.view()) {
            changes.put(port.self(), change);
            demands[port.self()] = change.view();
        }
    }

    /** The view in which this replica took part is known from the journal. */
    void restore(Entered begun) {
        entered = begun;
        position.summary = begun.summary();
    }
}
