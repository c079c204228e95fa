package org.maftia.core.ordering;

import java.util.List;

/**
 * One slot of the log, decided. Slots come out in order, from 1, without gaps.
 *
 * @param slot its number
 * @param epoch the epoch whose leader or recovery filled it
 * @param epochStart the first slot of that epoch
 * @param timeMicros agreed time, microseconds since 1970, never below that of an earlier slot
 * @param requests in order; one that was executed before may be among them again
 */
public record Decision(long slot, long epoch, long epochStart, long timeMicros, List<Request> requests)
        implements AtomicBroadcast.Event {
    public Decision {
        requests = List.copyOf(requests);
    }
}
