package org.maftia.core.ordering;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Queues that are served in turns, each bounded: who brings much waits behind itself only. */
public final class Turns<T> {
    private final int lengthMax;

    /** None is empty. Looked up only. */
    private final Map<Long, ArrayDeque<T>> queues = new HashMap<>();

    private final ArrayDeque<Long> turns = new ArrayDeque<>();

    /** @param lengthMax of each queue */
    public Turns(int lengthMax) {
        this.lengthMax = lengthMax;
    }

    /** Puts it at the end of the queue with this key, if that has room. */
    public boolean offer(long key, T item) {
        ArrayDeque<T> queue = queues.computeIfAbsent(key, absent -> new ArrayDeque<>());
        if (queue.isEmpty()) {
            turns.add(key);
        }
        return queue.size() < lengthMax && queue.add(item);
    }

    /** The first of the queue whose turn it is, which stays; null where all are empty. */
    public @Nullable T peek() {
        Long key = turns.peek();
        Deque<T> queue = key == null ? null : queues.get(key);
        return queue == null ? null : queue.peek();
    }

    public void clear() {
        queues.clear();
        turns.clear();
    }

    /** Takes the first of the queue whose turn it is; null where all are empty. */
    public @Nullable T poll() {
        Long key = turns.poll();
        Deque<T> queue = key == null ? null : queues.get(key);
        if (key == null || queue == null) {
            return null;
        }
        T item = queue.remove();
        if (queue.isEmpty()) {
            queues.remove(key);
        } else {
            turns.add(key);
        }
        return item;
    }
}
