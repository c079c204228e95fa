package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/**
 * When to give up on a leader. Time decides nothing but this. Everybody goes on voting until a quorum gave up: who
 * stopped on a timer of its own would take votes away from a leader that is merely slow for it.
 */
final class Suspicion {
    /**
     * A request may wait this many timeouts behind others that are ordered; after half of them it is shown to the leader.
     * Where nothing at all is under way one is enough: a leader that has died proposes nothing, and is not noticed by the
     * slots that it never opens.
     */
    private static final int COVER_TIMEOUTS = 4;

    /** A request behind a long backlog may wait this many, as long as the leader works it off. */
    private static final int BACKLOG_TIMEOUTS = 40;

    /** Requests looked at, and relayed, in one go: those behind them ripened later. */
    private static final int RELAY_MAX = 64;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final AtomicBroadcast.Sessions sessions;
    private final Situation situation;
    private final Slots slots;
    private final RequestPool pool;
    private final Accusations accusations;
    private final Runnable join;

    private ReplicaSet suspects = ReplicaSet.EMPTY;
    private boolean suspected;
    private long passTo = -1;
    private long fillTo;
    private long fillSinceMicros;

    /** @param join called once an epoch, when a quorum gave up on its leader */
    Suspicion(
            Port<Message, AtomicBroadcast.Event> port,
            AtomicBroadcast.Sessions sessions,
            Situation situation,
            Slots slots,
            RequestPool pool,
            Accusations accusations,
            Runnable join) {
        this.port = port;
        this.sessions = sessions;
        this.situation = situation;
        this.slots = slots;
        this.pool = pool;
        this.accusations = accusations;
        this.join = join;
    }

    boolean suspected() {
        return suspected;
    }

    /** The leader of this epoch, while this replica expects something of it; else {@link Testimony#ALL}. */
    int trusted() {
        boolean none = suspected || situation.joined || situation.epoch.isLeaderless();
        return none ? Testimony.ALL : situation.epoch.leader();
    }

    /** A new epoch: everybody is trusted again, unless the epoch is to be passed over. */
    void begin() {
        suspects = ReplicaSet.EMPTY;
        suspected = false;
        fillSinceMicros = port.nowMicros();
        if (situation.epoch.number() <= passTo && !situation.epoch.isLeaderless()) {
            suspect();
        }
    }

    /** Whether this epoch is the one that was asked for when others were passed over. */
    boolean isArrival() {
        return passTo >= 0 && situation.epoch.number() > passTo && fillTo < situation.epoch.start();
    }

    /** All epochs up to this one are to end, whatever their leaders do. */
    void pass(long epoch) {
        passTo = Math.max(passTo, epoch);
        if (situation.epoch.number() <= passTo && !situation.epoch.isLeaderless()) {
            suspect();
        }
    }

    /** The leader is to fill slots up to this one. */
    void owes(long slot) {
        if (slot > fillTo) {
            fillTo = slot;
            fillSinceMicros = port.nowMicros();
        }
    }

    /** The leader owes a decision for the slot from now on. */
    void started(Slot slot) {
        if (slot.startedMicros == 0) {
            slot.startedMicros = port.nowMicros();
            situation.progressMicros = port.nowMicros();
        }
    }

    /** The proposed time lies far behind this replica's clock: perhaps the leader holds proposals back. */
    void late(long slot) {
        // Behind a decision it is an old proposal that comes again, as after a restart.
        if (slot > situation.decided && !isOld(slot)) {
            suspect();
        }
    }

    private boolean isOld(long number) {
        Slot slot = slots.find(number);
        return slot != null && port.trust().isKernel(slot.writes.all());
    }

    /** Gives up on the leader of this epoch; where there is none, goes to its end. */
    void suspect() {
        if (!suspected && !situation.abstaining) {
            suspected = true;
            if (situation.epoch.isLeaderless()) {
                join.run();
            } else {
                // Who hears this next is to know first what this leader could have known.
                pool.tellAll();
                port.sendAll(new Message.Suspect(situation.epoch.number()));
            }
        }
    }

    /** Nobody will propose in an epoch without a leader: whoever waits for something ends it. */
    void hurry() {
        if (!situation.epoch.isLeaderless() || !situation.votes() || situation.isOver()) {
            return; // asked at every turn, and the pool may be large
        }
        if (situation.epoch.number() <= passTo || isOwed() || pool.holdsBacklog()) {
            suspect();
        }
    }

    /** A peer gave up. A kernel convinces this replica, a quorum ends the epoch. */
    void suspected(int from, long epoch) {
        if (epoch != situation.epoch.number() || suspects.contains(from)) {
            return;
        }
        suspects = suspects.with(from);
        if (port.trust().isKernel(suspects)) {
            suspect();
        }
        if (port.trust().isQuorum(suspects) && !situation.joined) {
            accusations.raise();
            join.run();
        }
    }

    /** Looks at the clock. */
    void check() {
        if (!situation.votes() || situation.isOver()) {
            return; // what still waits is for others to order
        }
        if (situation.epoch.isLeaderless()) {
            hurry();
            return;
        }
        // A leader gives up on itself where a slot does not come to an end: those who decided it wait for nothing, so
        // that the others may be too few to end the epoch.
        boolean own = situation.epoch.leader() == port.self();
        if (hasStuckSlot() || !own && (isStarving() || owesTooLong() || situation.pace.isSlow())) {
            suspect();
        }
    }

    private boolean hasStuckSlot() {
        return port.nowMicros() - openSince() >= situation.timeoutMicros;
    }

    /** Since when the oldest of the slots is under way that are waited for; without any: far in the future. */
    private long openSince() {
        long since = Long.MAX_VALUE;
        long last = Math.min(slots.top(), situation.decided + 2L * port.limits().pipeline());
        for (long number = situation.decided + 1; number <= last; number++) {
            Slot slot = slots.find(number);
            if (slot != null && slot.outcome == null && slot.startedMicros > 0) {
                since = Math.min(since, slot.startedMicros);
            }
        }
        return since;
    }

    /** Nothing is under way, and has not been for half a time-out. */
    private boolean isStill() {
        return port.nowMicros() - situation.progressMicros >= situation.timeoutMicros / 2
                && openSince() == Long.MAX_VALUE;
    }

    /** A request that everybody can vouch for, and that the leader was shown, is not ordered. */
    private boolean isStarving() {
        long now = port.nowMicros();
        boolean still = isStill();
        long half = (still ? 1 : COVER_TIMEOUTS) * situation.timeoutMicros / 2;
        List<Request> relayed = new ArrayList<>();
        boolean starving = false;
        Iterator<Candidate> oldest = pool.ripe().iterator();
        for (int looks = 0; looks < RELAY_MAX && oldest.hasNext(); looks++) {
            Candidate candidate = oldest.next();
            if (sessions.standing(candidate.reference.id()) != AtomicBroadcast.Standing.OPEN) {
                oldest.remove();
                continue;
            }
            Request body = candidate.sealedBody();
            if (now - candidate.ripeSinceMicros < half || body == null || !still && !isOverdue(candidate, now)) {
                break;
            }
            if (candidate.relayedMicros == 0) {
                candidate.relayedMicros = now;
                relayed.add(body);
            } else if (now - candidate.relayedMicros >= half) {
                starving = true;
                break;
            }
        }
        if (!relayed.isEmpty()) {
            relay(relayed);
        }
        return starving;
    }

    /**
     * The next moment at which {@link #check} may find that a slot, or a group that stands still, has had its time-out; far
     * in the future if there is none.
     */
    long deadlineMicros() {
        long now = port.nowMicros();
        if (suspected || !situation.votes() || situation.isOver() || situation.epoch.isLeaderless()) {
            return Long.MAX_VALUE;
        }
        long since = openSince();
        long deadline = since == Long.MAX_VALUE ? stillDeadlineMicros() : since + situation.timeoutMicros;
        // What is due already was looked at, and was not enough.
        return deadline > now ? deadline : Long.MAX_VALUE;
    }

    private long stillDeadlineMicros() {
        Iterator<Candidate> oldest = pool.ripe().iterator();
        if (!oldest.hasNext()) {
            return Long.MAX_VALUE;
        }
        Candidate first = oldest.next();
        long since = Math.max(situation.progressMicros, Math.max(first.ripeSinceMicros, first.relayedMicros));
        return since + situation.timeoutMicros / 2;
    }

    /** Its turn has passed: what stood before it was ordered, with some allowance, or this took too long. */
    private boolean isOverdue(Candidate candidate, long now) {
        long orderedSince = pool.ordered() - candidate.orderedWhenRipe;
        boolean served = orderedSince >= candidate.aheadWhenRipe + candidate.aheadWhenRipe / 2;
        return served || now - candidate.ripeSinceMicros >= BACKLOG_TIMEOUTS * situation.timeoutMicros;
    }

    private void relay(List<Request> requests) {
        List<Request> batch = new ArrayList<>();
        long length = 0;
        for (Request request : requests) {
            long cost = Entry.cost(request.operation().length);
            boolean full = length + cost > port.limits().batchLengthMax()
                    || batch.size() == port.limits().batchCountMax();
            if (full && !batch.isEmpty()) {
                port.send(situation.epoch.leader(), new Message.Bodies(List.copyOf(batch)));
                batch.clear();
                length = 0;
            }
            batch.add(request);
            length += cost;
        }
        port.send(situation.epoch.leader(), new Message.Bodies(List.copyOf(batch)));
    }

    private boolean owesTooLong() {
        return fillTo > situation.decided
                && port.nowMicros() - fillSinceMicros > COVER_TIMEOUTS * situation.timeoutMicros;
    }

    /** Whether the leader owes slots that nobody asked anything for. */
    boolean isOwed() {
        return fillTo > situation.decided;
    }
}
