package org.maftia.simulator;

/** A promise of the system under test that a run broke. */
public final class Violation extends RuntimeException {
    public Violation(String message) {
        super(message);
    }

    Violation(String message, Throwable cause) {
        super(message, cause);
    }

    /** Throws unless the promise was kept. */
    public static void unless(boolean kept, String broken) {
        if (!kept) {
            throw new Violation(broken);
        }
    }
}
