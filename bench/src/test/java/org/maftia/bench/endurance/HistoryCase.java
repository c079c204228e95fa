package org.maftia.bench.endurance;

import java.util.ArrayList;
import java.util.List;
import org.maftia.bench.endurance.Operation.Action;

/** Made-up histories of one key, in few words: each call adds an operation with its times. */
final class HistoryCase {
    private final List<Operation> operations = new ArrayList<>();

    private Operation invoked(Action action, long argument, long expected, long at) {
        return Operation.invoked(operations.size(), action, "key", argument, expected, at);
    }

    HistoryCase put(long value, long from, long to) {
        operations.add(invoked(Action.PUT, value, 0, from).ok(0, 0, to));
        return this;
    }

    /** One that nobody heard of again. */
    HistoryCase lostPut(long value, long from) {
        operations.add(invoked(Action.PUT, value, 0, from));
        return this;
    }

    HistoryCase refusedPut(long value, long from, long to) {
        operations.add(invoked(Action.PUT, value, 0, from).failed(to));
        return this;
    }

    HistoryCase swap(long expected, long value, boolean done, long from, long to) {
        operations.add(invoked(Action.SWAP, value, expected, from).ok(done ? 1 : 0, 0, to));
        return this;
    }

    HistoryCase lostSwap(long expected, long value, long from) {
        operations.add(invoked(Action.SWAP, value, expected, from));
        return this;
    }

    HistoryCase get(long value, long from, long to) {
        operations.add(invoked(Action.READ, 0, 0, from).ok(value, 0, to));
        return this;
    }

    HistoryCase certified(long value, long slot, long from, long to) {
        operations.add(invoked(Action.CERTIFIED, 0, 0, from).ok(value, slot, to));
        return this;
    }

    HistoryCase add(long sum, long from, long to) {
        operations.add(invoked(Action.ADD, 1, 0, from).ok(sum, 0, to));
        return this;
    }

    HistoryCase lostAdd(long from) {
        operations.add(invoked(Action.ADD, 1, 0, from));
        return this;
    }

    List<Operation> operations() {
        return List.copyOf(operations);
    }
}
