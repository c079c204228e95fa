package org.maftia.server.drill;

import java.math.BigInteger;
import java.time.Instant;

/**
 * A token that a client got, and that verified under the group's root.
 *
 * @param gateway id of the replica that answered
 * @param askedNanos when the request left, on this machine's monotone clock
 * @param gotNanos when the token was there
 * @param serial of the token
 * @param time agreed, as the token states it
 */
record Stamp(String gateway, long askedNanos, long gotNanos, BigInteger serial, Instant time) {
    long waitMillis() {
        return (gotNanos - askedNanos) / 1_000_000;
    }
}
