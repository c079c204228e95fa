package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * A service: deterministic, fed by the log. Its state is a function of the commands and of what {@link Context} gives,
 * and of nothing else: no clock, no randomness, no iteration in hash order, no thread.
 */
public interface StateMachine {
    /**
     * Executes one command, which may be hostile: whatever is wrong with it goes into the result.
     *
     * @return the result, or null when it will come later through {@link Context#complete}
     */
    byte @Nullable [] apply(Command command, Context context);

    /**
     * The signature that {@link Context#sign} asked for.
     *
     * @param reference what was given with the request
     */
    default void signed(long reference, byte[] signature, Context context) {
        throw new IllegalStateException("this service asked for no signature");
    }

    /** Writes the whole state, canonically: equal states give equal bytes. */
    void snapshot(Writer writer);

    /** Replaces the whole state by what {@link #snapshot} wrote. */
    void restore(Reader reader);

    /** A digest that binds the whole state. */
    Digest root();
}
