package org.maftia.core.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Frames for instances that do not exist yet, in order of arrival. Each peer has a budget of its own; beyond it its
 * newest frames are lost, which the protocols repair as they repair any loss.
 */
final class HeldMessages {
    /** What a held frame costs besides its bytes: an attacker may send empty ones. */
    private static final int OVERHEAD_BYTES = 64;

    /** By the text of the path, in which a subtree is one range. */
    private final SortedMap<String, List<Held>> byPath = new TreeMap<>();

    private final long[] bytesOf;
    private final long bytesMax;

    HeldMessages(int peers, long bytesMax) {
        this.bytesOf = new long[peers];
        this.bytesMax = bytesMax;
    }

    record Held(int from, byte[] frame) {
        long cost() {
            return frame.length + (long) OVERHEAD_BYTES;
        }
    }

    void hold(Path path, int from, byte[] frame) {
        Held message = new Held(from, frame);
        if (bytesOf[from] + message.cost() <= bytesMax) {
            bytesOf[from] += message.cost();
            byPath.computeIfAbsent(path.toString(), key -> new ArrayList<>()).add(message);
        }
    }

    /** Takes out all that was held for the path. */
    List<Held> release(Path path) {
        @Nullable List<Held> messages = byPath.remove(path.toString());
        if (messages == null) {
            return List.of();
        }
        giveBack(messages);
        return messages;
    }

    /** Forgets all that was held below the path, whose instance is gone: nothing will ask for it. */
    void forgetBelow(Path path) {
        String first = path.toString() + '/';
        String afterLast = path.toString() + (char) ('/' + 1);
        SortedMap<String, List<Held>> below = byPath.subMap(first, afterLast);
        below.values().forEach(this::giveBack);
        below.clear();
    }

    private void giveBack(List<Held> messages) {
        for (Held message : messages) {
            bytesOf[message.from()] -= message.cost();
        }
    }
}
