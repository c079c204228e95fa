package org.maftia.server.gateway;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Signed answers that are the same for everybody, kept for a second: whoever asks then does not disturb the replica, which would
 * give the same. May be used by several threads.
 */
final class Moment {
    /** Revocation lists are told within ten seconds, and readers keep them for five. */
    private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of them, in bytes, with their names. */
    private static final int BYTES_MAX = 4 << 20;

    private static final int ENTRY_BYTES = 200;

    private record Kept(Answer answer, long sinceNanos, int bytes) {}

    /** In the order in which they came. */
    private final Map<String, Kept> answers = new LinkedHashMap<>();

    private int bytes;

    synchronized Optional<Answer> find(String name) {
        forget();
        Kept kept = answers.get(name);
        return kept == null ? Optional.empty() : Optional.of(kept.answer);
    }

    /** Too long ones are not kept. */
    synchronized void keep(String name, Answer answer) {
        forget();
        int size = answer.body().length + 2 * name.length() + ENTRY_BYTES;
        if (bytes + size <= BYTES_MAX && answers.putIfAbsent(name, new Kept(answer, System.nanoTime(), size)) == null) {
            bytes += size;
        }
    }

    private void forget() {
        long now = System.nanoTime();
        Iterator<Kept> oldest = answers.values().iterator();
        while (oldest.hasNext()) {
            Kept kept = oldest.next();
            if (now - kept.sinceNanos < NANOS) {
                return;
            }
            bytes -= kept.bytes;
            oldest.remove();
        }
    }
}
