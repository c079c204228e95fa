package org.maftia.wormhole.sim;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.trusted.CounterRecord;

/** A durable record that is durable at once; it can be copied and restored, and its counters can jump as a TPM's do. */
final class MemoryRecord implements CounterRecord {
    private final Map<Long, byte[]> statements = new TreeMap<>();
    private final Map<Long, Long> counters = new TreeMap<>();

    private static long key(int protocol, int place) {
        return Integer.toUnsignedLong(protocol) * PLACES + place;
    }

    MemoryRecord copy() {
        MemoryRecord copy = new MemoryRecord();
        statements.forEach((key, statement) -> copy.statements.put(key, statement.clone()));
        copy.counters.putAll(counters);
        return copy;
    }

    void jump(int protocol, int lane, long by) {
        counters.merge(key(protocol, lane), by, Math::addExact);
    }

    @Override
    public void intend(int protocol, int place, byte[] statement, int length) {
        statements.put(key(protocol, place), java.util.Arrays.copyOf(statement, length));
    }

    @Override
    public void increment(int protocol, int lane, long counter) {
        counters.put(key(protocol, lane), counter);
    }

    @Override
    public byte @Nullable [] intended(int protocol, int place) {
        byte[] statement = statements.get(key(protocol, place));
        return statement == null ? null : statement.clone();
    }

    @Override
    public long incremented(int protocol, int lane) {
        return counters.getOrDefault(key(protocol, lane), 0L);
    }
}
