package org.maftia.core.trust;

/**
 * A trust configuration is refused. Nothing was compiled; nothing weaker was put in its place.
 *
 * <p>The message says what is wrong, in the words of the configuration; {@link #hint} says what would cure it.
 */
public final class TrustException extends RuntimeException {
    private final String hint;

    public TrustException(String message, String hint) {
        super(message);
        this.hint = hint;
    }

    /** One sentence: what to change. */
    public String hint() {
        return hint;
    }
}
