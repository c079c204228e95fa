package org.maftia.bench.endurance;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.bench.endurance.Operation.Action;
import org.maftia.bench.endurance.Operation.Outcome;

/**
 * All that clients asked and were told, in memory and in a file, event by event: a
 * line with the time in microseconds, the client, {@code invoke}, {@code ok}, {@code fail} or {@code unknown}, the action,
 * the key and its numbers. Any thread may write.
 */
final class History implements AutoCloseable {
    private final BufferedWriter file;
    private final long beginNanos = System.nanoTime();
    private final List<Operation> operations = new ArrayList<>();
    private long acknowledged;
    private long lastAcknowledgedMicros;

    History(Path path) throws IOException {
        this.file = Files.newBufferedWriter(path, StandardCharsets.US_ASCII);
    }

    /** Microseconds since the run began. */
    long nowMicros() {
        return (System.nanoTime() - beginNanos) / 1000;
    }

    /** Begins an operation; its time is taken before it is written down, so it is never too late. */
    Operation invoke(int client, Action action, String key, long argument, long expected) throws IOException {
        Operation operation = Operation.invoked(client, action, key, argument, expected, nowMicros());
        write(operation.invokedMicros(), "invoke", operation);
        return operation;
    }

    /** Ends an operation. Its time was taken when the answer was there, so it is never too early. */
    synchronized void end(Operation operation) throws IOException {
        operations.add(operation);
        if (operation.isOk()) {
            acknowledged++;
            lastAcknowledgedMicros = Math.max(lastAcknowledgedMicros, operation.returnedMicros());
        }
        long micros = operation.outcome() == Outcome.UNKNOWN ? nowMicros() : operation.returnedMicros();
        write(micros, operation.outcome().name().toLowerCase(Locale.ROOT), operation);
    }

    private synchronized void write(long micros, String what, Operation operation) throws IOException {
        file.write(micros + " " + operation.client() + " " + what + " "
                + operation.action().name().toLowerCase(Locale.ROOT) + " " + operation.key() + " "
                + operation.argument() + " " + operation.expected() + " " + operation.result() + " "
                + operation.slot() + "\n");
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    synchronized long lastAcknowledgedMicros() {
        return lastAcknowledgedMicros;
    }

    synchronized List<Operation> operations() {
        return List.copyOf(operations);
    }

    /** All operations by key, in the order in which they ended. */
    SortedMap<String, List<Operation>> byKey() {
        SortedMap<String, List<Operation>> keys = new TreeMap<>();
        operations()
                .forEach(operation -> keys.computeIfAbsent(operation.key(), key -> new ArrayList<>())
                        .add(operation));
        return keys;
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
