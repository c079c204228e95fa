package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.hybrid.HybridMessage.Draft;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Port;
import org.maftia.core.wire.Digest;

/** The two steps under a leader: PREPARE, COMMIT; and what was decided comes out in its order. */
final class Voting {
    /** Full batches delivered above the stable checkpoint with which the leader waits, and with which others do not vote. */
    private static final int KEPT_BATCHES_OF_LEADER = 32;

    private static final int KEPT_BATCHES_MAX = 48;

    /** Full batches above those that are delivered next: who is behind gets them later, when others did without its vote. */
    private static final int AHEAD_BATCHES_MAX = 32;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final Digest configuration;
    private final Position position;
    private final Placement placement;
    private final Judge judge;
    private final Component component;
    private final SignedRequests requests;
    private final Listener listener;
    private final Spacing spacing;
    private final Fences fences;
    private final Epoch epoch;

    private final Cells cells;
    private final Proposals proposals;
    private final Judging judging;
    private long fillTo;
    private long deliveredBytes;
    private boolean delivering;

    /** Hears of what happens to slots. */
    interface Listener {
        /** Whether this replica leaves its view, or has left it. */
        boolean isMoving();

        /** The leader showed itself to be corrupt. */
        void suspect();

        /** What a component certified, which nobody else can, proves that its replica is corrupt. */
        void convict(int replica);

        /** A batch came that somebody may have waited for. */
        void batchCame();

        /** Something was decided or delivered. */
        void advanced();
    }

    Voting(
            Port<HybridMessage, AtomicBroadcast.Event> port,
            Digest configuration,
            Position position,
            Placement placement,
            Judge judge,
            Component component,
            SignedRequests requests,
            Listener listener) {
        this.port = port;
        this.configuration = configuration;
        this.position = position;
        this.placement = placement;
        this.judge = judge;
        this.component = component;
        this.requests = requests;
        this.listener = listener;
        this.spacing = new Spacing(port, requests, this::propose);
        this.fences = new Fences(port.trust().size(), this::isReliedOn);
        this.epoch = Epoch.first(position.beginning + 1);
        this.cells = new Cells(port, requests, this::came);
        KnownBatches known = requests.known();
        this.proposals = new Proposals(port, configuration, position, placement, known, cells, this::onPrepare);
        this.judging = new Judging(port.trust().size(), port.limits());
    }

    /** All slots that are kept. */
    Cells cells() {
        return cells;
    }

    /** All fences that are kept. */
    Fences fences() {
        return fences;
    }

    /** Those on their way. */
    Proposals proposals() {
        return proposals;
    }

    private boolean isLeader() {
        return placement.leader(position.summary.view()) == port.self();
    }

    /** Whether own votes count in the view in which this replica takes part. */
    private boolean isActive() {
        return component.certifies()
                && position.isLed()
                && !listener.isMoving()
                && component.view() == position.summary.view();
    }

    /** Votes for slots under this mark may be certified now. */
    private boolean isMarked(long slot) {
        long mark = placement.mark(slot);
        return component.checkpoint() == mark && component.checkpointAsked() == mark;
    }

    private boolean hasRoom(int batches) {
        return deliveredBytes <= (long) batches * port.limits().batchLengthMax();
    }

    /** Whether there is room for what a peer brings: where this replica may have to vote soon, as soon as that is judged. */
    private boolean hasRoom(int from, Batch batch) {
        long cost = judging.cost(from) + batch.cost();
        return judging.hasRoom(from, batch.cost())
                && (batch.slot() <= position.delivered + port.limits().pipeline()
                        || cells.costAbove(position.delivered) + cost
                                <= (long) AHEAD_BATCHES_MAX * port.limits().batchLengthMax());
    }

    // PREPARE

    /** The leader proposes what waits, one slot at a time. */
    void propose() {
        boolean wanted = requests.hasNext() || position.delivered < fillTo;
        if (!wanted || !isLeader() || !isActive() || !component.isIdle() || !hasRoom(KEPT_BATCHES_OF_LEADER)) {
            return;
        }
        long view = position.summary.view();
        Placement.Origin origin = placement.origin(position.summary, component.checkpoint(), component.reached());
        long slot = origin == null ? 0 : placement.next(origin, component.counters());
        boolean soon = slot <= position.delivered + port.limits().pipeline();
        if (origin == null || !soon || !position.inWindow(slot) || !isMarked(slot)) {
            return;
        }
        if (slot > position.delivered + 1 && slot > fillTo && !spacing.isWorthASlot()) {
            return; // it asks again
        }
        var taken = requests.take();
        if (!taken.isEmpty() || slot <= fillTo) {
            long timeMicros = Math.max(port.nowMicros(), position.timeMicros);
            spacing.proposed();
            Batch batch = Batch.of(configuration, slot, timeMicros, taken);
            component.ask(new Draft.Propose(view, placement.proposalLane(origin, slot), batch));
        }
    }

    /** The own component has certified it. */
    void proposed(HybridMessage.Prepare prepare) {
        Cell cell = cells.open(prepare.batch().slot());
        cell.keep(prepare.batch(), true);
        cell.kept.add(prepare.batch().digest());
        cell.proposal = prepare.vote();
        cell.votedView = prepare.view();
        proposals.send(prepare);
        count(cell, prepare.vote());
    }

    void onPrepare(int from, HybridMessage.Prepare m) {
        long slot = m.batch().slot();
        if (m.view() > position.summary.view() && position.inWindow(slot)) {
            proposals.keep(from, m);
        }
        Cell known = cells.find(slot);
        boolean news = m.view() == position.summary.view() && position.inWindow(slot);
        if (!news
                || known != null && known.proposal != null
                || !judging.hasRoom(from, 0)
                || !hasRoom(from, m.batch())) {
            return;
        }
        Vote vote = m.vote();
        if (!judge.isVote(vote)) {
            port.blame(from, "a PREPARE is one by its leader");
            return;
        }
        judging.begin(from, m.batch().cost());
        port.<Boolean>compute(() -> judge.isGenuine(vote.ui()), genuine -> {
            if (genuine) {
                requests.judge(m.batch(), valid -> {
                    judging.end(from, m.batch().cost());
                    prepared(vote, m.batch(), valid);
                });
            } else {
                judging.end(from, m.batch().cost());
                port.blame(from, "passes on what no component certified");
            }
        });
    }

    private void prepared(Vote vote, Batch batch, boolean valid) {
        if (!position.inWindow(vote.slot())) {
            return;
        }
        Cell cell = cells.open(vote.slot());
        cell.keep(batch, valid);
        if (!valid) {
            port.blame(vote.voter(), "a leader proposes only what clients signed");
            listener.convict(vote.voter());
        }
        if (vote.view() == position.summary.view() && cell.proposal == null) {
            cell.proposal = vote;
            if (!valid) {
                listener.suspect();
            }
        }
        count(cell, vote);
        consider(cell);
        advance();
        listener.batchCame();
    }

    // COMMIT

    /** Votes for what the leader proposes in a slot, if it may. */
    private void consider(Cell cell) {
        long view = position.summary.view();
        boolean may = isActive()
                && cell.votedView < view
                && isMarked(cell.slot)
                && position.inWindow(cell.slot)
                && hasRoom(KEPT_BATCHES_MAX);
        if (!may) {
            return;
        }
        Digest reproposed = position.summary.slots().get(cell.slot);
        Ui opening = position.summary.ui();
        if (reproposed != null && opening != null) {
            if (cell.slot <= position.delivered && !cell.proof.isEmpty()) {
                // Who lacks it gets the decision. Each vote would hold up what waits: a view begins with hundreds of
                // slots.
                return;
            }
            if (!cell.holds(reproposed)) {
                cells.fetch(cell, reproposed);
            } else if (cell.isValid(reproposed)) {
                vote(cell, reproposed, opening, null);
            }
            return;
        }
        Vote proposal = cell.proposal;
        boolean others = proposal != null && proposal.view() == view && proposal.voter() != port.self();
        if (proposal != null && others && isInPlace(proposal)) {
            Batch batch = cell.batch(proposal.batch());
            long latest = port.nowMicros() + port.limits().clockToleranceMicros();
            if (batch != null && cell.isValid(batch.digest()) && batch.timeMicros() <= latest) {
                vote(
                        cell,
                        batch.digest(),
                        proposal.ui(),
                        fences.find(proposal.voter(), proposal.ui().checkpoint()));
            }
        }
    }

    /** Whether the leader may use this identifier for the slot; unknown where its checkpoint is. */
    private boolean isInPlace(Vote proposal) {
        Placement.Origin origin = placement.origin(
                position.summary,
                proposal.ui().checkpoint(),
                fences.find(proposal.voter(), proposal.ui().checkpoint()));
        if (origin == null) {
            return false;
        }
        boolean inPlace = placement.slot(origin, proposal.ui()) == proposal.slot();
        if (!inPlace) {
            port.blame(proposal.voter(), "a leader proposes for slots in the order of its counters");
            listener.suspect();
            listener.convict(proposal.voter());
        }
        return inPlace;
    }

    private void vote(Cell cell, Digest digest, Ui proposal, @Nullable Fence fence) {
        keep(cell, digest);
        if (fence != null) {
            port.persist(new HybridMessage.Checkpointed(fence));
        }
        cell.votedView = position.summary.view();
        component.ask(new Draft.Vote(cell.votedView, cell.slot, digest, proposal));
    }

    /** What an own vote, or an own delivery, rests on is durable. */
    private void keep(Cell cell, Digest digest) {
        Batch batch = cell.batch(digest);
        if (batch != null && cell.kept.add(digest)) {
            port.persist(new HybridMessage.Held(batch));
        }
    }

    /** What a view begins with is durable: who says that it may begin can show what that is, whatever becomes of its leader. */
    void keep(SortedMap<Long, Digest> slots) {
        slots.forEach((slot, digest) -> {
            Cell cell = cells.find(slot);
            if (cell != null) {
                keep(cell, digest);
            }
        });
    }

    /** The own component has certified it. */
    void voted(Vote vote) {
        HybridMessage.Commit commit = new HybridMessage.Commit(vote);
        port.trust().all().without(port.self()).forEach(peer -> port.send(peer, commit));
        if (position.inWindow(vote.slot())) {
            count(cells.open(vote.slot()), vote);
        }
    }

    void onCommit(int from, Vote vote) {
        Cell known = cells.find(vote.slot());
        Vote before = known == null ? null : known.votes.get(vote.voter());
        boolean old = before != null && before.view() >= vote.view();
        boolean decided = known != null && known.decided != null;
        if (!position.inWindow(vote.slot()) || old || decided || !judging.hasRoom(from, 0)) {
            return;
        }
        if (vote.isProposal() || !judge.isVote(vote)) {
            port.blame(from, "a COMMIT is one of its view, slot and marks");
            return;
        }
        // The leader's own identifier is its vote, where it is that of a PREPARE.
        Vote prepare = new Vote(vote.view(), vote.slot(), vote.batch(), vote.proposal(), vote.proposal());
        boolean judged = known != null && prepare.equals(known.proposal);
        boolean both = !judged && judge.isVote(prepare);
        judging.begin(from, 0);
        port.<Boolean>compute(() -> judge.isGenuine(vote.ui()) && (!both || judge.isGenuine(prepare.ui())), genuine -> {
            judging.end(from, 0);
            if (!genuine) {
                port.blame(from, "passes on what no component certified");
            } else if (position.inWindow(vote.slot())) {
                Cell cell = cells.open(vote.slot());
                if (both) {
                    count(cell, prepare);
                }
                count(cell, vote);
            }
        });
    }

    private void count(Cell cell, Vote vote) {
        List<Vote> same = cell.add(vote);
        if (cell.decided == null && port.trust().isQuorum(Cell.voters(same))) {
            if (!cell.holds(same.getFirst().batch())) {
                // What others voted for just now may be under way here, too.
                cell.fetchMicros = port.nowMicros() + position.gatherMicros();
                port.wake(position.gatherMicros(), this::advance);
            }
            decide(cell, same);
        }
    }

    // Decided

    void onDecided(int from, List<Vote> votes) {
        Vote first = votes.getFirst();
        Cell known = cells.find(first.slot());
        boolean decided = known != null && known.decided != null;
        if (!position.inWindow(first.slot()) || decided || !judging.hasRoom(from, 0)) {
            return;
        }
        judging.begin(from, 0);
        port.<Boolean>compute(() -> judge.isDecision(votes), good -> {
            judging.end(from, 0);
            if (!good) {
                port.blame(from, "a decision has the votes of a quorum");
            } else if (position.inWindow(first.slot()) && cells.open(first.slot()).decided == null) {
                decide(cells.open(first.slot()), votes);
            }
        });
    }

    private void decide(Cell cell, List<Vote> votes) {
        cell.decided = votes.getFirst().batch();
        cell.proof = List.copyOf(votes);
        advance();
    }

    /** Delivers what is decided and held, in order. */
    void advance() {
        if (position.restoring || delivering) {
            return;
        }
        delivering = true;
        long before = position.delivered;
        while (deliverNext()) {
            position.progressMicros = port.nowMicros();
        }
        delivering = false;
        if (position.delivered > before) {
            listener.advanced();
        }
    }

    private boolean deliverNext() {
        Cell cell = cells.find(position.delivered + 1);
        Digest digest = cell == null ? null : cell.decided;
        if (cell == null || digest == null || position.isOver()) {
            return false;
        }
        if (!cell.holds(digest)) {
            cells.fetch(cell, digest);
            return false;
        }
        Batch batch = cell.batch(digest);
        keep(cell, digest);
        port.persist(new HybridMessage.Decided(cell.proof));
        position.delivered++;
        position.timeMicros = Math.max(position.timeMicros, batch == null ? 0 : batch.timeMicros());
        List<Request> delivered = new ArrayList<>();
        if (batch != null) {
            batch.requests().forEach(request -> delivered.add(request.bare()));
            deliveredBytes += batch.operationBytes();
            position.waited(requests.delivered(batch.requests()));
        }
        port.output(new Decision(cell.slot, epoch, position.timeMicros, digest, delivered));
        return true;
    }

    /** A batch came that was missing. */
    private void came(Cell cell) {
        consider(cell);
        advance();
        listener.batchCame();
    }

    // Checkpoints

    void onCheckpointed(int from, Fence fence) {
        boolean useful = port.trust().all().contains(fence.replica()) && !fences.knows(fence);
        if (!useful || !judging.hasRoom(from, 0)) {
            return;
        }
        judging.begin(from, 0);
        port.<Boolean>compute(() -> judge.isCheckpoint(fence), good -> {
            judging.end(from, 0);
            if (good) {
                fences.add(fence);
                review();
            } else {
                port.blame(from, "passes on what no component certified");
            }
        });
    }

    /** The own component has certified it. */
    void reached(Fence fence) {
        fences.add(fence);
        port.trust().all().without(port.self()).forEach(peer -> port.send(peer, new HybridMessage.Checkpointed(fence)));
        review();
    }

    /** Something changed that own votes may have waited for. */
    void review() {
        for (Cell cell : cells.all()) {
            consider(cell);
        }
        propose();
    }

    /** The own component has nothing to do: what is not delivered here may go on. */
    void goOn() {
        for (Cell cell : List.copyOf(cells.above(position.delivered))) {
            consider(cell);
        }
        propose();
    }

    /** Fences of the leader from which proposals in shown votes count. */
    List<Fence> leaderFences() {
        List<Fence> shown = new ArrayList<>();
        long view = position.summary.view();
        int leader = placement.leader(view);
        component.votes(vote -> {
            Fence fence = fences.find(leader, vote.proposal().checkpoint());
            if (fence != null && fence.view() == view && !shown.contains(fence)) {
                shown.add(fence);
            }
        });
        return shown;
    }

    /** Whether an own vote that may have to be shown is for a proposal that counts from this fence. */
    private boolean isReliedOn(Fence fence) {
        return component.hasVote(vote ->
                vote.proposal().replica() == fence.replica() && vote.proposal().checkpoint() == fence.checkpoint());
    }

    /** Another view begins here: its leader has proposed nothing yet beside what the view begins with. */
    void begin() {
        for (Cell cell : cells.all()) {
            cell.proposal = null;
        }
        position.summary.slots().forEach((slot, batch) -> {
            if (position.inWindow(slot)) {
                cells.open(slot);
            }
        });
        review();
        proposals.begin();
    }

    void fill(long slot) {
        fillTo = Math.max(fillTo, slot);
    }

    boolean isOwed() {
        return position.delivered < Math.min(fillTo, position.last);
    }

    /** Whether this replica voted for something that is not delivered. */
    boolean isVotedFor() {
        return cells.above(position.delivered).stream().anyMatch(cell -> cell.votedView >= 0);
    }

    /** Whether something is proposed or decided and not delivered. */
    boolean isUnderWay() {
        return !cells.above(position.delivered).isEmpty();
    }

    void forget() {
        long slot = Math.min(position.stableSlot(), position.delivered);
        for (Cell cell : cells.forgetUpTo(slot)) {
            Batch batch = cell.decided == null ? null : cell.batch(cell.decided);
            deliveredBytes -= batch == null ? 0 : batch.operationBytes();
        }
        deliveredBytes = Math.max(0, deliveredBytes);
    }

    // Journal

    void restoreHeld(Batch batch) {
        if (batch.slot() > position.delivered) {
            Cell cell = cells.open(batch.slot());
            cell.keep(batch, true);
            cell.kept.add(batch.digest());
        }
    }

    void restoreDecided(List<Vote> votes) {
        if (votes.getFirst().slot() > position.delivered) {
            Cell cell = cells.open(votes.getFirst().slot());
            cell.decided = votes.getFirst().batch();
            cell.proof = List.copyOf(votes);
        }
    }

    void restoreFence(Fence fence) {
        fences.add(fence);
    }

    /** Own votes stand. */
    void restored() {
        component.checkpoints(fences::add); // own proposals count from them
        component.votes(vote -> {
            if (vote.slot() > Math.min(position.stableSlot(), position.delivered)) {
                Cell cell = cells.open(vote.slot());
                cell.add(vote);
                cell.votedView = Math.max(cell.votedView, vote.view());
                boolean here = vote.isProposal() && vote.view() == position.summary.view();
                cell.proposal = here ? vote : cell.proposal;
            }
        });
    }

    void journal(Consumer<HybridMessage> sink) {
        for (Fence fence : leaderFences()) {
            sink.accept(new HybridMessage.Checkpointed(fence));
        }
        for (Cell cell : cells.all()) {
            for (Digest digest : cell.kept) {
                Batch batch = cell.batch(digest);
                if (batch != null) {
                    sink.accept(new HybridMessage.Held(batch));
                }
            }
            if (cell.slot <= position.delivered && !cell.proof.isEmpty()) {
                sink.accept(new HybridMessage.Decided(cell.proof));
            }
        }
    }
}
