package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.Outline;
import org.maftia.core.ordering.SealedRequests;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Port;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * PREPAREs on their way: the leader names what its clients gave to all, and whoever lacks some of it, as it may be under way, asks
 * for the batch a moment later. A peer that asked gets whole proposals for a while, so what a client keeps from some replicas
 * costs a message now and then.
 */
final class Proposals {
    /** Proposals of views that did not begin here yet. */
    private static final int EARLY_MAX = 64;

    /** For so many slots a peer gets proposals whole that lacked something. */
    private static final int WHOLE_SLOTS = 16;

    /** Slots for which a replica waits so: they may hold requests of their own. */
    private static final int WAITING_MAX = 16;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final Digest configuration;
    private final Position position;
    private final Placement placement;
    private final KnownBatches known;
    private final Cells cells;
    private final BiConsumer<Integer, HybridMessage.Prepare> whole;

    private final Map<Long, Early> early = new LinkedHashMap<>();

    /** What a leader named and is not here, by slot. */
    private final TreeMap<Long, HybridMessage.Outlined> waiting = new TreeMap<>();

    /** What this replica asked for, by slot. */
    private final TreeMap<Long, Asked> asked = new TreeMap<>();

    /** The slot up to which a peer gets proposals whole, by peer. */
    private final long[] wholeUpTo;

    /** What a peer passed on before its time. */
    private record Early(int from, HybridMessage.Prepare prepare, long bytes) {}

    private record Asked(long view, Digest batch, Ui ui) {}

    /** @param whole takes what came, with who sent it */
    Proposals(
            Port<HybridMessage, AtomicBroadcast.Event> port,
            Digest configuration,
            Position position,
            Placement placement,
            KnownBatches known,
            Cells cells,
            BiConsumer<Integer, HybridMessage.Prepare> whole) {
        this.port = port;
        this.configuration = configuration;
        this.position = position;
        this.placement = placement;
        this.known = known;
        this.cells = cells;
        this.whole = whole;
        this.wholeUpTo = new long[port.trust().size()];
    }

    /** The own component has certified it. */
    void send(HybridMessage.Prepare prepare) {
        Batch batch = prepare.batch();
        Outline outline = Outline.of(batch.sealed(), known);
        HybridMessage shorter = outline.isShorter()
                ? new HybridMessage.Outlined(
                        prepare.view(), batch.slot(), batch.timeMicros(), outline, batch.digest(), prepare.ui())
                : prepare;
        port.trust()
                .all()
                .without(port.self())
                .forEach(peer -> port.send(peer, batch.slot() <= wholeUpTo[peer] ? prepare : shorter));
    }

    void onOutlined(int from, HybridMessage.Outlined m) {
        if (from != placement.leader(m.view())) {
            port.blame(from, "who leads names what is to be ordered");
            return;
        }
        if (!isOpen(m)) {
            return;
        }
        if (isTaken(m)) {
            waiting.remove(m.slot());
        } else if (waiting.size() < WAITING_MAX && hasRoom(m)) {
            waiting.put(m.slot(), m);
            port.wake(position.gatherMicros(), () -> giveUp(m));
        } else {
            ask(m);
        }
    }

    private boolean hasRoom(HybridMessage.Outlined m) {
        long bytes = m.outline().operationBytes();
        for (HybridMessage.Outlined other : waiting.values()) {
            bytes += other.outline().operationBytes();
        }
        return bytes <= port.limits().heldBytesPerPeer();
    }

    /** Requests came that may be named. */
    void lookAgain() {
        for (HybridMessage.Outlined m : List.copyOf(waiting.values())) {
            if (!isOpen(m) || isTaken(m)) {
                waiting.remove(m.slot(), m);
            }
        }
    }

    private void giveUp(HybridMessage.Outlined m) {
        if (waiting.remove(m.slot(), m) && isOpen(m) && !isTaken(m)) {
            ask(m);
        }
    }

    private boolean isOpen(HybridMessage.Outlined m) {
        return m.view() >= position.summary.view() && position.inWindow(m.slot());
    }

    /** Whether all that is named is here, or can be in no proposal. */
    private boolean isTaken(HybridMessage.Outlined m) {
        Optional<SealedRequests> filled;
        int leader = placement.leader(m.view());
        try {
            filled = m.outline().fill(known, port.limits());
        } catch (MalformedException e) {
            port.blame(leader, "a proposal holds what a batch may hold");
            return true;
        }
        Optional<Batch> batch = filled.map(all -> Batch.of(configuration, m.slot(), m.timeMicros(), all))
                .filter(one -> one.digest().equals(m.batch()));
        batch.ifPresent(one -> whole.accept(leader, new HybridMessage.Prepare(m.view(), one, m.ui())));
        return batch.isPresent();
    }

    private void ask(HybridMessage.Outlined m) {
        asked.headMap(position.delivered + 1).clear();
        asked.put(m.slot(), new Asked(m.view(), m.batch(), m.ui()));
        port.send(placement.leader(m.view()), new HybridMessage.WantBatch(m.slot(), m.batch()));
    }

    void onWantBatch(int from, HybridMessage.WantBatch m) {
        if (cells.find(m.slot()) != null) {
            wholeUpTo[from] = Math.max(wholeUpTo[from], m.slot() + WHOLE_SLOTS);
        }
        cells.onWantBatch(from, m);
    }

    void onHeld(Batch batch) {
        Asked open = asked.get(batch.slot());
        if (open != null && open.batch.equals(batch.digest())) {
            asked.remove(batch.slot());
            whole.accept(placement.leader(open.view), new HybridMessage.Prepare(open.view, batch, open.ui));
        }
        cells.onHeld(batch);
    }

    /** Its view did not begin here yet. */
    void keep(int from, HybridMessage.Prepare prepare) {
        long bytes = prepare.batch().operationBytes();
        long all = bytes;
        for (Early other : early.values()) {
            all += other.bytes;
        }
        if (early.size() < EARLY_MAX && all <= port.limits().heldBytesPerPeer()) {
            early.put(prepare.batch().slot(), new Early(from, prepare, bytes));
        }
    }

    /** A view begins here. */
    void begin() {
        List<Early> begun = new ArrayList<>(early.values());
        early.clear();
        begun.forEach(one -> whole.accept(one.from, one.prepare));
    }
}
