package org.maftia.services.authority;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.replica.Context;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.x509.SubjectKey;

/**
 * A request of a client whose signature, nonce and place are checked.
 *
 * @param key that signed it
 * @param owner the account that it names; null where it names a key instead
 * @param url as the client signed it
 * @param payload empty where the client only wants to read
 * @param nowMicros agreed time; the clock of a gateway where nothing but reading comes of it
 */
record Envelope(
        RequestId id,
        Target target,
        SubjectKey key,
        @Nullable Account owner,
        String url,
        byte[] payload,
        long nowMicros,
        @Nullable Context ordered) {
    /** What the group gives to a request that the log has. */
    Context context() {
        return Invariant.present(ordered, "a request that does more than read is ordered");
    }

    boolean isReading() {
        return payload.length == 0;
    }

    Account account() {
        if (owner == null) {
            throw new Refusal(Problem.Kind.MALFORMED, "this request names its account by \"kid\"");
        }
        return owner;
    }

    /** Demands that the request only reads: where it can do nothing else. */
    void requireReading() {
        if (!isReading()) {
            throw new Refusal(Problem.Kind.MALFORMED, "this resource is read with an empty payload");
        }
    }
}
