package org.maftia.server.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.server.notarize.NotaryClient;

/** Clients that work while a drill goes on: one at each gateway, a token at a time, without haste. */
final class Load implements AutoCloseable {
    private static final int PAUSE_MILLIS = 200;
    private static final int DOCUMENT_LENGTH = 64;

    private final SecureRandom random = new SecureRandom();
    private final List<Stamp> stamps = new ArrayList<>();
    private final SortedMap<String, List<String>> failures = new TreeMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Path workplace;
    private volatile boolean stopping;

    /** @param clients one for each gateway, by the replica's id; each asks that gateway only */
    Load(SortedMap<String, NotaryClient> clients) throws IOException {
        this.workplace = Files.createTempDirectory("maftia-drill");
        clients.forEach((id, client) -> threads.add(Thread.ofVirtual().start(() -> work(id, client))));
    }

    private void work(String id, NotaryClient client) {
        Path document = workplace.resolve(id);
        byte[] content = new byte[DOCUMENT_LENGTH];
        while (!stopping) {
            try {
                random.nextBytes(content);
                Files.write(document, content);
                long asked = System.nanoTime();
                NotaryClient.Stamped stamped = client.stamp(document);
                Stamp stamp = new Stamp(
                        id,
                        asked,
                        System.nanoTime(),
                        stamped.token().serial(),
                        stamped.token().time());
                synchronized (stamps) {
                    stamps.add(stamp);
                }
            } catch (IOException e) {
                // What a client notices, a token that it had to refuse included: it is counted and told.
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

    /** All tokens so far; each has verified. */
    List<Stamp> stamps() {
        synchronized (stamps) {
            return List.copyOf(stamps);
        }
    }

    /** What each gateway did instead of giving a good token. */
    SortedMap<String, List<String>> failures() {
        synchronized (failures) {
            SortedMap<String, List<String>> copy = new TreeMap<>();
            failures.forEach((id, list) -> copy.put(id, List.copyOf(list)));
            return copy;
        }
    }

    /** Lets the requests under way end. */
    @Override
    public void close() throws IOException, InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
        try (var files = Files.list(workplace)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(workplace);
    }
}
