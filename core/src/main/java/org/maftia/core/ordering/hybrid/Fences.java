package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Attestation.Fence;

/**
 * The newest checkpoints that each replica fenced: whoever leads counts its proposals from them. A replica that voted and fell
 * behind keeps those on which its votes rest, whatever comes later: without them its account would seem to hide something.
 */
final class Fences {
    /** A replica runs no further ahead of stable checkpoints than the window of votes, which is few intervals. */
    private static final int KEPT_MAX = 8;

    private final List<TreeMap<Long, Fence>> byReplica = new ArrayList<>();

    private final Predicate<Fence> needed;

    /** @param needed says which ones must not be forgotten: fewer than there are marks in the window of votes */
    Fences(int replicas, Predicate<Fence> needed) {
        this.needed = needed;
        for (int replica = 0; replica < replicas; replica++) {
            byReplica.add(new TreeMap<>());
        }
    }

    boolean knows(Fence fence) {
        return fence.equals(byReplica.get(fence.replica()).get(fence.checkpoint()));
    }

    void add(Fence fence) {
        TreeMap<Long, Fence> known = byReplica.get(fence.replica());
        known.put(fence.checkpoint(), fence);
        if (known.size() > KEPT_MAX) {
            dropOldest(known);
        }
    }

    private void dropOldest(TreeMap<Long, Fence> known) {
        Iterator<Fence> oldest = known.values().iterator();
        while (oldest.hasNext()) {
            if (!needed.test(oldest.next())) {
                oldest.remove();
                return;
            }
        }
    }

    /** The one by which the replica raised its mark to this. */
    @Nullable
    Fence find(int replica, long mark) {
        return byReplica.get(replica).get(mark);
    }

    @Nullable
    Fence newest(int replica) {
        TreeMap<Long, Fence> known = byReplica.get(replica);
        return known.isEmpty() ? null : known.lastEntry().getValue();
    }
}
