package org.maftia.core.ordering;

import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/**
 * Names a leader that proposed what no quorum vouched for, and never a correct one: a correct leader was told HAVE by a
 * quorum, and what follows waits until a quorum shows that it said no such thing.
 *
 * <p>The leader lost its epoch over the request, and this replica had the proposal before it signed its COLLECT. Where that
 * COLLECT is among those that the recovery decided, all that anybody does in a later epoch comes after it, and so after
 * every HAVE that may have led to the proposal. Whoever enters an epoch tells everybody what it vouches for before it says
 * where it stands. So a peer that stands in a later epoch, and has not vouched for the request on its link so far, had not
 * done so when the leader proposed it. A quorum of such peers meets every quorum that a correct leader could have heard, in
 * somebody correct.
 *
 * <p>Two things make a peer silent that did vouch. It had delivered the request by then: this replica waits until it has
 * delivered as much. Its memory or the link broke down in between: it is not counted for a while after the link came up,
 * and what is in doubt for longer than that is taken for what nobody vouched for. Blame is for people and for detection;
 * no step of the protocol rests on it.
 */
final class Accusations {
    /** Nothing that a quorum vouched for waits so long for its place in the log. */
    static final long UNSTEADY_MICROS = 300_000_000;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final AtomicBroadcast.Sessions sessions;
    private final Situation situation;
    private final Slots slots;
    private final RequestPool pool;

    /** By leader: one for each, the latest. */
    private final TreeMap<Integer, Accusation> open = new TreeMap<>();

    /** From when on a peer's silence counts. */
    private final long[] steadyMicros;

    Accusations(
            Port<Message, AtomicBroadcast.Event> port,
            AtomicBroadcast.Sessions sessions,
            Situation situation,
            Slots slots,
            RequestPool pool) {
        this.port = port;
        this.sessions = sessions;
        this.situation = situation;
        this.slots = slots;
        this.pool = pool;
        this.steadyMicros = new long[port.trust().size()];
    }

    /** One request of one lost epoch, and who is known not to have vouched for it. */
    private static final class Accusation {
        final long epoch;
        final Reference request;
        ReplicaSet vouchers;
        ReplicaSet silent = ReplicaSet.EMPTY;

        /** What each of the silent had delivered, in slots. */
        final long[] delivered;

        /** The recovery counted the own COLLECT. */
        boolean counted;

        Accusation(long epoch, Candidate candidate, int replicas) {
            this.epoch = epoch;
            this.request = candidate.reference;
            this.vouchers = candidate.holders;
            this.delivered = new long[replicas];
        }
    }

    /** A quorum gave up on the leader, and this replica has not signed its COLLECT yet. */
    void raise() {
        int leader = situation.epoch.leader();
        Candidate candidate = situation.restarted ? null : unvouched();
        if (candidate != null) {
            Accusation accusation = new Accusation(
                    situation.epoch.number(), candidate, port.trust().size());
            open.put(leader, accusation);
        }
    }

    /** The first request that stands in the way of a vote because this replica knows of no kernel for it. */
    private @Nullable Candidate unvouched() {
        for (long number = situation.decided + 1; number <= slots.top(); number++) {
            Slot slot = slots.find(number);
            if (slot == null || slot.outcome != null || slot.unacceptable == 0) {
                continue;
            }
            for (Candidate candidate : slot.candidates) {
                if (!candidate.acceptable && !candidate.settled && !candidate.shown && !candidate.vouched) {
                    return candidate;
                }
            }
        }
        return null;
    }

    /** A peer vouches for the requests. */
    void vouched(int from, List<Reference> references) {
        for (Accusation accusation : open.values()) {
            if (references.contains(accusation.request)) {
                accusation.vouchers = accusation.vouchers.with(from);
            }
        }
    }

    /** The recovery of the epoch is over. */
    void ended(long epoch, boolean counted) {
        open.values().removeIf(accusation -> accusation.epoch == epoch && !counted);
        for (Accusation accusation : open.values()) {
            accusation.counted |= accusation.epoch == epoch;
        }
        judge();
    }

    /** A peer says where it stands. */
    void status(int from, Message.Status status) {
        if (open.isEmpty() || from == port.self() || port.nowMicros() < steadyMicros[from]) {
            return;
        }
        for (Accusation accusation : open.values()) {
            boolean later = status.epoch().number() > accusation.epoch;
            boolean forgotten = pool.hasForgotten(from, accusation.request.id().client());
            if (later && !forgotten && !accusation.vouchers.contains(from) && !accusation.silent.contains(from)) {
                accusation.silent = accusation.silent.with(from);
                accusation.delivered[from] = status.delivered();
            }
        }
        judge();
    }

    /**
     * The link is up. The peer may have lost its memory, and the link what was under way; before the first time, too, as the peer
     * may be older than this replica, or than the link.
     */
    void connected(int peer) {
        steadyMicros[peer] = port.nowMicros() + UNSTEADY_MICROS;
        for (Accusation accusation : open.values()) {
            accusation.vouchers = accusation.vouchers.with(peer);
        }
    }

    /** More may be known now. */
    void judge() {
        open.entrySet().removeIf(entry -> isOver(entry.getKey(), entry.getValue()));
    }

    private boolean isOver(int leader, Accusation accusation) {
        if (!accusation.counted) {
            return false;
        }
        // It was ordered after all, so a client made it.
        if (sessions.standing(accusation.request.id()) != AtomicBroadcast.Standing.OPEN) {
            return true;
        }
        ReplicaSet silent = ReplicaSet.EMPTY;
        for (int peer : accusation.silent.without(leader).toList()) {
            silent = accusation.delivered[peer] <= situation.delivered ? silent.with(peer) : silent;
        }
        boolean forgotten =
                pool.hasForgotten(port.self(), accusation.request.id().client());
        if (!forgotten && !accusation.vouchers.contains(port.self())) {
            silent = silent.with(port.self());
        }
        boolean proved = port.trust().isQuorum(silent);
        if (proved) {
            port.blame(leader, "a leader proposes only requests that clients sent");
        }
        return proved;
    }
}
