package org.maftia.simulator;

import org.maftia.core.replica.Output;

/** A promise of the system under test that a run broke. */
public final class Violation extends RuntimeException {
    public Violation(String message) {
        super(message);
    }

    Violation(String message, Throwable cause) {
        super(message, cause);
    }

    /** A group survives a service that breaks; a service has no excuse for it. */
    static Violation of(int replica, Output.Broken broken) {
        return new Violation(
                "r" + replica + ": service " + broken.service() + " breaks at slot " + broken.slot() + ": "
                        + broken.cause(),
                broken.cause());
    }

    /** Throws unless the promise was kept. */
    public static void unless(boolean kept, String broken) {
        if (!kept) {
            throw new Violation(broken);
        }
    }
}
