package org.maftia.services.log;

/** What should prove something about a log does not; the message says why, for people. */
public final class RefusedProofException extends Exception {
    public RefusedProofException(String reason) {
        super(reason);
    }
}
