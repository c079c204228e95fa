package org.maftia.services.authority;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Context;
import org.maftia.services.authority.acme.Problem;
import org.maftia.services.authority.acme.Refusal;
import org.maftia.services.authority.pki.SubjectKey;

/**
 * A request of a client whose signature, nonce and place are checked.
 *
 * @param key that signed it
 * @param owner the account that it names; null where it names a key instead
 * @param url as the client signed it
 * @param payload empty where the client only wants to read
 */
record Envelope(
        RequestId id,
        Target target,
        SubjectKey key,
        @Nullable Account owner,
        String url,
        byte[] payload,
        Context context) {
    long nowMicros() {
        return context.timeMicros();
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
