package org.maftia.core.testing;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.keys.KeyKeeper;

/** A disk of secrets that survives crashes of its replica, and shows an intruder all that was not erased. */
public final class MemoryKeeper implements KeyKeeper {
    private final SortedMap<String, SortedMap<Long, byte[]>> secrets = new TreeMap<>();

    private final boolean hoarding;

    /** @param hoarding whether it forgets nothing, as no disk should */
    public MemoryKeeper(boolean hoarding) {
        this.hoarding = hoarding;
    }

    @Override
    public void keep(String name, long number, byte[] secret) {
        secrets.computeIfAbsent(name, key -> new TreeMap<>()).put(number, secret.clone());
    }

    @Override
    public Optional<byte[]> kept(String name, long number) {
        byte @Nullable [] secret = all(name).get(number);
        return secret == null ? Optional.empty() : Optional.of(secret.clone());
    }

    @Override
    public void erase(String name, long first, long last) {
        SortedMap<Long, byte[]> named = secrets.get(name);
        if (named != null && !hoarding) {
            named.keySet().removeIf(number -> number >= first && number <= last);
        }
    }

    /** By number. */
    public SortedMap<Long, byte[]> all(String name) {
        return secrets.getOrDefault(name, Collections.emptySortedMap());
    }

    /** The disk breaks. */
    public void lose() {
        secrets.clear();
    }
}
