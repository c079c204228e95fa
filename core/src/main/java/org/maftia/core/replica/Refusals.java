package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Uses of keys that services asked for and no grant gives them: somebody should read of each kind, and nobody of each time.
 * No part of the replicated state.
 */
final class Refusals {
    /** Services are few, and a correct one asks for keys of its own; beyond it only the number of kinds would grow. */
    private static final int KINDS_MAX = 64;

    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final List<String> untold = new ArrayList<>();

    /** @param use what was wanted of the key, for people */
    void refused(String service, String use) {
        String kind = "service " + service + " may not " + use;
        if (counts.size() >= KINDS_MAX && !counts.containsKey(kind)) {
            return;
        }
        long count = counts.merge(kind, 1L, Long::sum);
        if (Long.bitCount(count) == 1) {
            untold.add(kind + ", as the configuration does not grant it: refused " + count + " times");
        }
    }

    /** What an operator should read now: of each kind the first time, and every doubling. */
    List<String> untold() {
        List<String> now = List.copyOf(untold);
        untold.clear();
        return now;
    }
}
