package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Messages that cannot be judged yet, by type and sender, each first only: so a replica holds a few of each peer. */
final class Postponed {
    private SortedMap<String, Held> messages = new TreeMap<>();

    private record Held(int from, MultivaluedMessage message) {}

    void add(int from, MultivaluedMessage message) {
        messages.putIfAbsent(message.getClass().getSimpleName() + from, new Held(from, message));
    }

    /** Hands them out; what is postponed again meanwhile stays. */
    void release(BiConsumer<Integer, MultivaluedMessage> receiver) {
        List<Held> waiting = new ArrayList<>(messages.values());
        messages = new TreeMap<>();
        waiting.forEach(held -> receiver.accept(held.from, held.message));
    }

    void removeIf(Predicate<MultivaluedMessage> useless) {
        messages.values().removeIf(held -> useless.test(held.message));
    }

    void clear() {
        messages.clear();
    }
}
