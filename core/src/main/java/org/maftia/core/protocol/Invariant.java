package org.maftia.core.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Checks that are always on. A violation is an error of this program, never of a peer: it stops the replica before it
 * can do harm.
 */
public final class Invariant {
    private Invariant() {}

    /** Thrown by {@link #check}; only the shell catches it, to stop. */
    public static final class Violation extends RuntimeException {
        Violation(String message) {
            super(message);
        }
    }

    public static void check(boolean condition, String message) {
        if (!condition) {
            throw new Violation(message);
        }
    }

    /** The value, which must be there. */
    public static <T> T present(@Nullable T value, String message) {
        if (value == null) {
            throw new Violation(message);
        }
        return value;
    }
}
