package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.protocol.Port;
import org.maftia.core.wire.Digest;

/** The slots that are kept, and the batches that are missing in them. */
final class Cells {
    private static final long FETCH_AGAIN_MICROS = 50_000;
    private static final int FETCH_DOUBLINGS_MAX = 6;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final SignedRequests requests;
    private final Consumer<Cell> came;
    private final TreeMap<Long, Cell> cells = new TreeMap<>();

    /** @param came hears of slots of which a missing batch came */
    Cells(Port<HybridMessage, AtomicBroadcast.Event> port, SignedRequests requests, Consumer<Cell> came) {
        this.port = port;
        this.requests = requests;
        this.came = came;
    }

    /** The slot, made if it is new; the caller has checked the window. */
    Cell open(long slot) {
        return cells.computeIfAbsent(slot, Cell::new);
    }

    @Nullable
    Cell find(long slot) {
        return cells.get(slot);
    }

    /** All of them, in order; they may change meanwhile. */
    List<Cell> all() {
        return List.copyOf(cells.values());
    }

    /** Those above a slot, in order. */
    Collection<Cell> above(long slot) {
        return cells.tailMap(slot + 1).values();
    }

    /** What the batches take that are kept above a slot, in bytes. */
    long costAbove(long slot) {
        long cost = 0;
        for (Cell cell : above(slot)) {
            cost += cell.cost();
        }
        return cost;
    }

    /** Forgets slots, and tells what they were. */
    List<Cell> forgetUpTo(long slot) {
        List<Cell> forgotten = new ArrayList<>(cells.headMap(slot + 1).values());
        cells.headMap(slot + 1).clear();
        return forgotten;
    }

    /** Somebody relies on the batch; it is asked for until it comes. */
    void want(long slot, Digest digest) {
        Cell cell = open(slot);
        if (!cell.holds(digest)) {
            fetch(cell, digest);
        }
    }

    /** Asks one peer for what is missing in the slot, another one the next time. */
    void fetch(Cell cell, Digest digest) {
        cell.wanted.add(digest);
        if (cell.fetchMicros <= port.nowMicros()) {
            List<Integer> peers = port.trust().all().without(port.self()).toList();
            int peer = peers.get(cell.fetches % peers.size());
            cell.wanted.forEach(one -> port.send(peer, new HybridMessage.WantBatch(cell.slot, one)));
            int rounds = Math.min(FETCH_DOUBLINGS_MAX, cell.fetches / peers.size());
            cell.fetchMicros = port.nowMicros() + (FETCH_AGAIN_MICROS << rounds) / peers.size();
            cell.fetches++;
        }
    }

    void onWantBatch(int from, HybridMessage.WantBatch m) {
        Cell cell = cells.get(m.slot());
        Batch batch = cell == null ? null : cell.batch(m.batch());
        if (batch != null) {
            port.send(from, new HybridMessage.Held(batch));
        }
    }

    void onHeld(Batch batch) {
        Cell cell = cells.get(batch.slot());
        if (cell != null && cell.wanted.remove(batch.digest()) && !cell.holds(batch.digest())) {
            requests.judge(batch, valid -> {
                cell.keep(batch, valid);
                came.accept(cell);
            });
        }
    }

    /**
     * Asks again for what is missing.
     *
     * @param slot the last one that is delivered soon: what was decided above it is asked for later
     */
    void check(long slot) {
        for (Cell cell : all()) {
            Digest decided = cell.decided;
            cell.wanted.removeIf(cell::holds);
            if (decided != null && !cell.holds(decided) && cell.slot <= slot) {
                fetch(cell, decided);
            } else if (!cell.wanted.isEmpty()) {
                fetch(cell, cell.wanted.first());
            }
        }
    }
}
