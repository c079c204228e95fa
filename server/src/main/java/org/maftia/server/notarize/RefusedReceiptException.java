package org.maftia.server.notarize;

/** A receipt is not to be believed; the message is the sentence that says why. */
public final class RefusedReceiptException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedReceiptException(String reason) {
        super(reason);
    }

    RefusedReceiptException(String reason, Throwable cause) {
        super(reason, cause);
    }
}
