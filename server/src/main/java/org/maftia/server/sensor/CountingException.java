package org.maftia.server.sensor;

/** An engine could not count; the message says why, the hint what to do. */
public final class CountingException extends Exception {
    private final String hint;

    public CountingException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    public String hint() {
        return hint;
    }
}
