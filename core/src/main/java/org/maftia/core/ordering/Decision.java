package org.maftia.core.ordering;

import java.util.List;
import org.maftia.core.wire.Digest;

/**
 * One slot of the log, decided. Slots come out in order, from 1, without gaps.
 *
 * @param slot its number
 * @param epoch the epoch whose leader or recovery filled it
 * @param timeMicros agreed time, microseconds since 1970, never below that of an earlier slot
 * @param digest binds what was decided for the slot: the digest of its proposal, or zero for an empty slot of a recovery
 * @param requests in order; one that was executed before may be among them again
 */
public record Decision(long slot, Epoch epoch, long timeMicros, Digest digest, List<Request> requests)
        implements AtomicBroadcast.Event {
    public Decision {
        requests = List.copyOf(requests);
    }

    /** The same slot with other words for its requests: what they hid, once it is read. */
    public Decision with(List<Request> others) {
        return new Decision(slot, epoch, timeMicros, digest, others);
    }
}
