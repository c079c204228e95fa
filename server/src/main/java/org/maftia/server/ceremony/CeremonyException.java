package org.maftia.server.ceremony;

/**
 * A key file, a passphrase or a document of the ceremony is not what it must be. The message says what is wrong, the
 * hint what to do; both are sentences for an operator.
 */
public final class CeremonyException extends RuntimeException {
    private final String hint;

    public CeremonyException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    public CeremonyException(String message, String hint, Throwable cause) {
        super(message, cause);
        this.hint = hint;
    }

    /** What the operator can do about it. */
    public String hint() {
        return hint;
    }
}
