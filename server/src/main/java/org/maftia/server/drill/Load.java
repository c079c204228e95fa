package org.maftia.server.drill;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Clients that work while a drill goes on: one at each gateway, a token at a time, without haste. */
final class Load implements AutoCloseable {
    private static final int PAUSE_MILLIS = 200;

    private final StampClient client;
    private final List<Stamp> stamps = new ArrayList<>();
    private final SortedMap<String, List<String>> failures = new TreeMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopping;

    /** @param gateways the address of the service at each gateway, by the replica's id */
    Load(StampClient client, SortedMap<String, String> gateways) {
        this.client = client;
        gateways.forEach((id, address) -> threads.add(Thread.ofVirtual().start(() -> work(id, address))));
    }

    private void work(String id, String address) {
        while (!stopping) {
            try {
                Stamp stamp = client.stamp(id, address);
                synchronized (stamps) {
                    stamps.add(stamp);
                }
            } catch (IOException e) {
                // What a client notices: it is counted and told.
                synchronized (failures) {
                    failures.computeIfAbsent(id, key -> new ArrayList<>()).add(String.valueOf(e.getMessage()));
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** All tokens so far. */
    List<Stamp> stamps() {
        synchronized (stamps) {
            return List.copyOf(stamps);
        }
    }

    /** How often each gateway gave no token, with what it said. */
    SortedMap<String, List<String>> failures() {
        synchronized (failures) {
            SortedMap<String, List<String>> copy = new TreeMap<>();
            failures.forEach((id, list) -> copy.put(id, List.copyOf(list)));
            return copy;
        }
    }

    /** Lets the requests under way end. */
    @Override
    public void close() {
        stopping = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
        }
    }
}
