package org.maftia.simulator.explore;

import java.util.function.LongFunction;

/**
 * What was worked out lately, by a hash of 64 bits. A depth-first search asks again soon or never, so each hash has one place,
 * and the next one that falls there takes it: memory does not grow with the search.
 */
final class Recent<V> {
    private static final int PLACES = 1 << 17;

    private final long[] keys = new long[PLACES];
    private final Object[] values = new Object[PLACES];

    @SuppressWarnings("unchecked") // only values of this type are put there
    V of(long key, LongFunction<V> work) {
        int place = (int) (key ^ key >>> 32) & PLACES - 1;
        if (values[place] == null || keys[place] != key) {
            values[place] = work.apply(key);
            keys[place] = key;
        }
        return (V) values[place];
    }
}
