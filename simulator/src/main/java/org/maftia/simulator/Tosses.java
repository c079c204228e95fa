package org.maftia.simulator;

import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.maftia.core.trust.ReplicaSet;

/** Counts how many tosses of the coin had been taken when a replica first decided. */
final class Tosses {
    private final SortedMap<Integer, IntSupplier> counters = new TreeMap<>();
    private final SortedMap<Integer, Integer> first = new TreeMap<>();

    /** A replica was made: {@code counter} tells at any time how many tosses it has taken. */
    void booted(int replica, IntSupplier counter) {
        counters.put(replica, counter);
    }

    /** A replica decided, perhaps again. */
    void decided(int replica) {
        IntSupplier counter = counters.get(replica);
        if (counter != null) {
            first.putIfAbsent(replica, counter.getAsInt());
        }
    }

    /** The most among these; empty before any of them decided. */
    OptionalInt most(ReplicaSet core) {
        return core.toList().stream()
                .filter(first::containsKey)
                .mapToInt(first::get)
                .max();
    }
}
