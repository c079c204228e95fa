package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Who waits for chance: part of the replicated state. One signature serves all that were asking when it was begun, each with a
 * value of its own; whoever asks meanwhile waits for the next one. So no share of a signature exists before every wish that it
 * decides stands in the log, and a busy group makes no more signatures than it has time for.
 */
final class PendingDraws {
    /** Whom the signature that is being made serves, in the order in which they asked; empty: none is. */
    private List<Draw> underWay = List.of();

    private List<Draw> waiting = new ArrayList<>();

    /** One wish. */
    record Draw(String service, long reference) {
        private static Draw read(Reader reader) {
            return new Draw(reader.string(ServiceCall.NAME_LENGTH_MAX), reader.u64());
        }

        private static void write(Writer writer, Draw draw) {
            writer.string(draw.service).u64(draw.reference);
        }
    }

    /** Services bound what they have open, so this is bounded, too. */
    void add(String service, long reference) {
        waiting.add(new Draw(service, reference));
    }

    /** Begins a signature for all that wait; false where one is being made, or nobody waits. */
    boolean begin() {
        if (!underWay.isEmpty() || waiting.isEmpty()) {
            return false;
        }
        underWay = waiting;
        waiting = new ArrayList<>();
        return true;
    }

    /** The signature is there: gives those whom it serves, and none is being made any more. */
    List<Draw> take() {
        List<Draw> served = underWay;
        underWay = List.of();
        return served;
    }

    /**
     * Other members hold other keys now: all who wait get a new signature, if the group still runs them and draws.
     *
     * @param drawing whether the group has a key to draw by, be it made yet or not
     */
    void restart(Genesis genesis, boolean drawing) {
        List<Draw> all = new ArrayList<>(take());
        all.addAll(waiting);
        all.removeIf(draw -> !drawing || !genesis.services().containsKey(draw.service));
        waiting = all;
    }

    void write(Writer writer) {
        writer.list(underWay, Draw::write).list(waiting, Draw::write);
    }

    static PendingDraws read(Reader reader) {
        PendingDraws draws = new PendingDraws();
        draws.underWay = reader.list(Integer.MAX_VALUE, 1 + Long.BYTES, Draw::read);
        draws.waiting = new ArrayList<>(reader.list(Integer.MAX_VALUE, 1 + Long.BYTES, Draw::read));
        return draws;
    }
}
