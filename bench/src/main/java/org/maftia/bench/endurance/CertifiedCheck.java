package org.maftia.bench.endurance;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.maftia.bench.endurance.Operation.Action;

/**
 * Whether the certified values of one key can be states of one register, in the order of their slots. They may be old, so
 * nothing is required of their age (the client has checked it); but a value must have been written by somebody who had
 * asked before the reader was told, one slot has one value, and a write that was over before another was asked for cannot
 * show in a later slot than it.
 */
final class CertifiedCheck {
    private CertifiedCheck() {}

    /**
     * @param history operations on one key of a register
     * @return what is wrong, in words
     */
    static Optional<String> of(List<Operation> history) {
        Map<Long, Operation> writers = new HashMap<>();
        history.stream()
                .filter(Operation::mayHaveWritten)
                .forEach(operation -> writers.put(operation.argument(), operation));
        List<Operation> readings = history.stream()
                .filter(operation -> operation.action() == Action.CERTIFIED && operation.isOk())
                .sorted(Comparator.comparingLong(Operation::slot))
                .toList();
        Operation before = null;
        Operation latest = null;
        for (Operation reading : readings) {
            Operation writer = writers.get(reading.result());
            if (reading.result() != 0 && (writer == null || writer.invokedMicros() > reading.returnedMicros())) {
                return Optional.of("a certified value that nobody had written: " + reading);
            }
            if (before != null && before.slot() == reading.slot() && before.result() != reading.result()) {
                return Optional.of("two certified values of one slot: " + before + ", " + reading);
            }
            if (latest != null && (writer == null || writer.returnedMicros() < latest.invokedMicros())) {
                return Optional.of("a certified value of a later slot is older: " + reading + " after " + latest);
            }
            before = reading;
            if (writer != null && (latest == null || writer.invokedMicros() > latest.invokedMicros())) {
                latest = writer;
            }
        }
        return Optional.empty();
    }
}
