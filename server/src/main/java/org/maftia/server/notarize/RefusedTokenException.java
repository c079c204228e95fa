package org.maftia.server.notarize;

/** A time-stamp is not to be believed; the message is the sentence that says why. */
public final class RefusedTokenException extends Exception {
    RefusedTokenException(String reason) {
        super(reason);
    }

    RefusedTokenException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
