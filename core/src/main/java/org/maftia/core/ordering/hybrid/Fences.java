package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Attestation.Fence;

/** The newest checkpoints that each replica fenced: whoever leads counts its proposals from them. */
final class Fences {
    /** A replica runs no further ahead of stable checkpoints than the window of votes, which is few intervals. */
    private static final int KEPT_MAX = 8;

    private final List<TreeMap<Long, Fence>> byReplica = new ArrayList<>();

    Fences(int replicas) {
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
            known.pollFirstEntry();
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
