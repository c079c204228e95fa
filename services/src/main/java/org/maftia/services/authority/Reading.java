package org.maftia.services.authority;

import org.maftia.services.authority.acme.Jws;
import org.maftia.services.x509.SubjectKey;

/**
 * What one replica would answer, without the log, to a client who only wants to read (RFC 8555, section 6.3). Nobody may see it
 * who has not signed for it.
 */
public final class Reading {
    private final Jws request;
    private final SubjectKey key;
    private final AuthorityAnswer answer;

    Reading(Jws request, SubjectKey key, AuthorityAnswer answer) {
        this.request = request;
        this.key = key;
        this.answer = answer;
    }

    /** Whether the account that the request names has signed it: verified here, so away from the thread that executes the log. */
    public boolean isSigned() {
        return request.isSignedBy(key);
    }

    public AuthorityAnswer answer() {
        return answer;
    }
}
