package org.maftia.simulator;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.wire.Digest;

/**
 * What one copy of the service that executes the log alone shows to readers after each slot, held against what readers
 * saw: certified views must be those of their slots, and readings must have a place in the log between what came before
 * them and what came after. A reading of version v, which lasts until the next version n, can stand after any slot of
 * [v, n): so whatever was answered before it was asked must lie below n, and whatever was asked after it was answered
 * above v. As places in one log these bounds suffice for linearizability (Herlihy, Wing, TOPLAS 1990).
 */
final class ReadHistory {
    private final List<byte[]> questions;

    /** By question: each version by its slot. */
    private final SortedMap<ByteBuffer, TreeMap<Long, byte[]>> versions = new TreeMap<>();

    /** By slot, the views that replicas showed as certified and that are still to be compared. */
    private final TreeMap<Long, Digest> shown;

    ReadHistory(List<byte[]> questions, Map<Long, Digest> shown) {
        this.questions = questions;
        this.shown = new TreeMap<>(shown);
    }

    /** The copy has executed all slots below this one. */
    void reached(long slot, StateMachine model) {
        Map<Long, Digest> due = shown.headMap(slot);
        if (!due.isEmpty()) {
            Digest root = model.view().root();
            due.forEach((at, view) -> Violation.unless(
                    view.equals(root), "the certified view of slot " + at + " is not that of one copy of the service"));
            due.clear();
        }
    }

    /** The copy has executed one more command. */
    void executed(StateMachine model) {
        for (byte[] question : questions) {
            StateMachine.Reading reading = model.read(question);
            if (reading != null) {
                versions.computeIfAbsent(ByteBuffer.wrap(question), key -> new TreeMap<>())
                        .put(reading.slot(), reading.value());
            }
        }
    }

    /**
     * @param answered results that count before later readings: those of a quorum
     * @param all every answered request
     * @param slotOf where it was executed
     */
    void check(
            List<Readers.Asked> readings,
            List<Clients.Sent> answered,
            List<Clients.Sent> all,
            ToLongFunction<Clients.Sent> slotOf) {
        for (Readers.Asked reading : readings) {
            long version = reading.accepted().slot();
            TreeMap<Long, byte[]> known = versions.get(ByteBuffer.wrap(reading.question()));
            Violation.unless(
                    known != null
                            && Arrays.equals(
                                    known.get(version), reading.accepted().value()),
                    "a reader saw a value of slot " + version + " that was never there");
            Long next = known == null ? null : known.higherKey(version);
            for (Clients.Sent request : answered) {
                Violation.unless(
                        next == null || request.responded() >= reading.invoked() || slotOf.applyAsLong(request) < next,
                        "a reader saw the value of slot " + version + " after " + request.id()
                                + " had its result, though it changed in slot " + next);
            }
            for (Clients.Sent request : all) {
                Violation.unless(
                        request.invoked() <= reading.responded() || slotOf.applyAsLong(request) > version,
                        "a reader saw the effect of " + request.id() + " before it was asked for");
            }
        }
        checkAmongThemselves(readings);
    }

    private void checkAmongThemselves(List<Readers.Asked> readings) {
        List<Readers.Asked> byResponse = readings.stream()
                .sorted(Comparator.comparingLong(Readers.Asked::responded))
                .toList();
        for (Readers.Asked later : readings) {
            TreeMap<Long, byte[]> known = versions.get(ByteBuffer.wrap(later.question()));
            Long next = known == null ? null : known.higherKey(later.accepted().slot());
            for (Readers.Asked earlier : byResponse) {
                if (earlier.responded() >= later.invoked()) {
                    break;
                }
                Violation.unless(
                        next == null || earlier.accepted().slot() < next,
                        "a reader saw slot " + later.accepted().slot() + " after another had seen slot "
                                + earlier.accepted().slot());
            }
        }
    }
}
