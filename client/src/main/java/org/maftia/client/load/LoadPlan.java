package org.maftia.client.load;

import java.util.List;

/**
 * A load.
 *
 * @param service that answers
 * @param operation what each request holds, in the service's encoding
 * @param confidential whether requests are encrypted to the group
 * @param clients requests under way at any time, each by a client of its own that waits for its answer
 * @param warmMillis load before measuring, until compilers and caches are warm
 * @param measureMillis load that counts
 * @param pids processes of the replicas, for what they use
 */
public record LoadPlan(
        String service,
        byte[] operation,
        boolean confidential,
        int clients,
        long warmMillis,
        long measureMillis,
        List<Long> pids) {
    public LoadPlan {
        pids = List.copyOf(pids);
    }
}
