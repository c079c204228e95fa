package org.maftia.server.drill;

import java.math.BigInteger;

/**
 * A token that a client got.
 *
 * @param gateway id of the replica that answered
 * @param askedNanos when the request left, on this machine's monotone clock
 * @param gotNanos when the token was there
 * @param serial of the token
 * @param timeMicros agreed time in the token, microseconds since 1970
 * @param verified whether it answers the request and verifies under the group's key
 */
public record Stamp(
        String gateway, long askedNanos, long gotNanos, BigInteger serial, long timeMicros, boolean verified) {
    long waitMillis() {
        return (gotNanos - askedNanos) / 1_000_000;
    }
}
