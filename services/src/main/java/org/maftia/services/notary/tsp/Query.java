package org.maftia.services.notary.tsp;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** What a client asks the notary, read from a TimeStampReq (RFC 3161, section 2.4.1). */
public sealed interface Query {
    /** Longest request that is read, in bytes: the largest allowed nonce and digest leave much of it. */
    int LENGTH_MAX = 4096;

    /**
     * A request that can be granted.
     *
     * @param nullParameters whether the request wrote the algorithm with parameters NULL; else it wrote none. The token
     *     gives the imprint back as it came
     * @param digest as long as its algorithm says
     * @param policy the policy that the client insists on, or null
     * @param nonce to be given back, or null
     * @param certificateWanted whether the token is to carry the notary's certificate
     */
    record Stamp(
            Imprint imprint,
            boolean nullParameters,
            byte[] digest,
            @Nullable String policy,
            @Nullable BigInteger nonce,
            boolean certificateWanted)
            implements Query {}

    /** A request that is refused, and why. */
    record Refused(Failure failure, String reason) implements Query {}

    /** Why a request is refused (RFC 3161, section 2.4.2). */
    enum Failure {
        BAD_ALGORITHM(0),
        BAD_REQUEST(2),
        BAD_DATA_FORMAT(5),
        TIME_NOT_AVAILABLE(14),
        UNACCEPTED_POLICY(15),
        UNACCEPTED_EXTENSION(16),
        SYSTEM_FAILURE(25);

        private final int bit;

        Failure(int bit) {
            this.bit = bit;
        }

        /** Its bit in a PKIFailureInfo, counted from the left. */
        int bit() {
            return bit;
        }
    }
}
