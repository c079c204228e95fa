package org.maftia.core.replica;

import org.maftia.core.ordering.RequestId;

/** What the group agreed on around a command, and what a service may ask the group for. */
public interface Context {
    /** Agreed time in microseconds since 1970; never goes back. */
    long timeMicros();

    /** The slot of the log that is being executed. */
    long index();

    /**
     * Asks for a threshold signature. It comes back through the log to {@link StateMachine#signed}, at every replica at
     * the same index.
     *
     * @param keyId a key of the group that this service may use
     * @param message what is to be signed, before hashing and padding
     * @param reference given back with the signature
     */
    void sign(String keyId, byte[] message, long reference);

    /** Gives the result of a command that was left open. */
    void complete(RequestId id, byte[] result);
}
