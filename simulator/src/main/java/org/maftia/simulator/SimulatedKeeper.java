package org.maftia.simulator;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.keys.KeyKeeper;

/** A disk of secrets, which survives crashes. An intruder reads what was not erased; a corrupted replica erases nothing. */
final class SimulatedKeeper implements KeyKeeper {
    private final SortedMap<String, SortedMap<Long, byte[]>> secrets = new TreeMap<>();
    private final boolean hoarding;

    SimulatedKeeper(boolean hoarding) {
        this.hoarding = hoarding;
    }

    @Override
    public void keep(String name, long number, byte[] secret) {
        secrets.computeIfAbsent(name, key -> new TreeMap<>()).put(number, secret.clone());
    }

    @Override
    public Optional<byte[]> kept(String name, long number) {
        return Optional.ofNullable(all(name).get(number)).map(byte[]::clone);
    }

    @Override
    public void erase(String name, long first, long last) {
        SortedMap<Long, byte[]> named = secrets.get(name);
        if (named != null && !hoarding) {
            named.keySet().removeIf(number -> number >= first && number <= last);
        }
    }

    SortedMap<Long, byte[]> all(String name) {
        return secrets.getOrDefault(name, Collections.emptySortedMap());
    }

    void lose() {
        secrets.clear();
    }
}
