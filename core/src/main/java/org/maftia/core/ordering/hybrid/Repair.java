package org.maftia.core.ordering.hybrid;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Port;

/**
 * Sends peers what they lack, by what they say of where they stand, and since when they stand there: who moves needs no help
 * with what is under way. Under load every replica says where it stands fifty times a second, and its peers would
 * answer each time with all that is proposed.
 */
final class Repair {
    /** A peer that stands where it stood is helped so many times in a patience at most: what helps it may be under way. */
    private static final int HELP_DIVISOR = 8;

    /** Who delivers nothing for this part of a patience may lack something. */
    private static final int STUCK_DIVISOR = 4;

    /** Slots of which a peer is helped along at a time. */
    private static final int HELP_SLOTS = 16;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final Position position;
    private final Placement placement;
    private final Cells cells;
    private final Fences fences;
    private final SortedMap<Integer, Standing> standings = new TreeMap<>();

    private record Standing(HybridMessage.Status status, long micros, long sinceMicros) {}

    /** What a status says. */
    enum News {
        /** What was said just now: a network that is slower than timers would drown in repair. */
        NONE,
        MOVING,
        /** It may lack what is under way. */
        STUCK
    }

    Repair(
            Port<HybridMessage, AtomicBroadcast.Event> port,
            Position position,
            Placement placement,
            Cells cells,
            Fences fences) {
        this.port = port;
        this.position = position;
        this.placement = placement;
        this.cells = cells;
        this.fences = fences;
    }

    /** A peer says where it stands. */
    News heard(int peer, HybridMessage.Status status) {
        long now = port.nowMicros();
        Standing last = standings.get(peer);
        if (last == null) {
            standings.put(peer, new Standing(status, now, now));
            return News.STUCK;
        }
        if (last.status.equals(status) && now < last.micros + position.timeoutMicros / HELP_DIVISOR) {
            return News.NONE;
        }
        boolean moved = status.view() != last.status.view() || status.moved() != last.status.moved();
        boolean delivered = status.delivered() > last.status.delivered();
        long since = delivered ? now : last.sinceMicros;
        standings.put(peer, new Standing(status, now, since));
        return moved || now - since >= position.timeoutMicros / STUCK_DIVISOR ? News.STUCK : News.MOVING;
    }

    /** What was sent to the peer may be lost. */
    void forget(int peer) {
        standings.remove(peer);
    }

    /**
     * A peer delivered up to this slot only.
     *
     * @param stuck whether it may lack what is under way, too
     */
    void help(int peer, long delivered, boolean stuck) {
        if (!stuck && delivered + port.limits().pipeline() >= position.delivered) {
            return;
        }
        int leader = placement.leader(position.summary.view());
        send(peer, fences.newest(leader));
        if (leader != port.self()) {
            send(peer, fences.newest(port.self()));
        }
        var behind = cells.above(delivered).iterator();
        for (int count = 0; count < HELP_SLOTS && behind.hasNext(); count++) {
            help(peer, behind.next(), stuck);
        }
    }

    private void help(int peer, Cell cell, boolean stuck) {
        if (!cell.proof.isEmpty()) {
            port.send(peer, new HybridMessage.Decided(cell.proof));
            return;
        }
        if (!stuck) {
            return;
        }
        Vote proposal = cell.proposal;
        Batch batch = proposal == null ? null : cell.batch(proposal.batch());
        if (proposal != null && batch != null) {
            port.send(peer, new HybridMessage.Prepare(proposal.view(), batch, proposal.ui()));
        }
        Vote own = cell.votes.get(port.self());
        if (own != null && !own.isProposal()) {
            port.send(peer, new HybridMessage.Commit(own));
        }
    }

    private void send(int peer, @Nullable Fence fence) {
        if (fence != null) {
            port.send(peer, new HybridMessage.Checkpointed(fence));
        }
    }
}
