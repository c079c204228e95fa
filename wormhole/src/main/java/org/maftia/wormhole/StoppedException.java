package org.maftia.wormhole;

/**
 * The component is gone, for this epoch and for good: it crashed, stopped itself rather than be late, or cannot be
 * reached. Whether the last call had an effect is unknown; nothing else can be wrong.
 */
public final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StoppedException(String message) {
        super(message);
    }

    public StoppedException(String message, Throwable cause) {
        super(message, cause);
    }
}
