package org.maftia.server.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Frames that came before a replica takes part, in their order. What does not fit in is lost, which protocols repair. */
public final class EarlyFrames {
    /** What a kept frame costs besides its bytes. */
    private static final long OVERHEAD_BYTES = 64;

    private final List<Kept> frames = new ArrayList<>();
    private final SortedMap<Integer, Long> bytesOf = new TreeMap<>();
    private final long bytesMax;

    private record Kept(int peer, byte[] content) {}

    /** Takes a frame again. */
    public interface Taker {
        void received(int peer, byte[] frame);
    }

    /** @param bytesMax kept of each peer */
    public EarlyFrames(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    public void keep(int peer, byte[] frame) {
        long cost = frame.length + OVERHEAD_BYTES;
        if (bytesOf.getOrDefault(peer, 0L) + cost <= bytesMax) {
            bytesOf.merge(peer, cost, Long::sum);
            frames.add(new Kept(peer, frame));
        }
    }

    public void handTo(Taker taker) {
        frames.forEach(frame -> taker.received(frame.peer, frame.content));
        frames.clear();
    }
}
