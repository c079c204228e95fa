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

    /**
     * What is to be signed in the place of the message that {@link Context#sign} was asked for: the group has other keys
     * of the same ids now, and nobody signed it with the old one. A message that names the key's certificate changes.
     *
     * @param reference what was given with the request
     */
    default byte[] restated(long reference, byte[] message) {
        return message;
    }

    /**
     * What {@link Context#decrypt} asked for.
     *
     * @param reference what was given with the request
     * @param message what was encrypted; null when the bytes were no ciphertext for this service and label, or hide garbage
     */
    default void decrypted(long reference, byte @Nullable [] message, Context context) {
        throw new IllegalStateException("this service had nothing opened");
    }

    /**
     * What {@link Context#evaluate} asked for.
     *
     * @param reference what was given with the request
     * @param element what the asker unblinds
     */
    default void evaluated(long reference, byte[] element, Context context) {
        throw new IllegalStateException("this service had nothing evaluated");
    }

    /**
     * What {@link Context#draw} asked for.
     *
     * @param reference what was given with the request
     * @param random {@link Drawing#LENGTH} bytes, uniform
     */
    default void drawn(long reference, byte[] random, Context context) {
        throw new IllegalStateException("this service drew nothing");
    }

    /**
     * What replicas answered so far to what {@link Context#observe} asked: called with every answer, and a last time when the
     * deadline has come.
     *
     * @param reference what was given with the request
     * @return whether the service has decided, so that this observation ends
     */
    default boolean observed(long reference, Observations observations, Context context) {
        throw new IllegalStateException("this service had nothing observed");
    }

    /**
     * The agreed time for which the service waits, in microseconds since 1970; a function of the state. While there is one
     * the group orders something once it has come, be it idle or not, so that agreed time comes there within seconds.
     *
     * @return the greatest number while the service waits for no time
     */
    default long dueMicros() {
        return Long.MAX_VALUE;
    }

    /** Called after the requests of a slot whose agreed time has reached {@link #dueMicros}; once a slot. */
    default void tick(Context context) {
        throw new IllegalStateException("this service waits for no time");
    }

    /**
     * Answers a question from the present state, without changing anything and without the log. The question is an
     * operation that {@link #apply} answers alike. A service that answers any must be one of its group's
     * {@linkplain Acceptance quorum-read services} with every client, as the order of its answers rests on that.
     *
     * @return null when this operation must go through the log
     */
    default @Nullable Reading read(byte[] operation) {
        return null;
    }

    /**
     * Answers a question of this replica's own shell from its present state, without the log: a gateway may show what it says
     * where that proves itself, or where a client knows that one replica alone says it.
     *
     * @return null when it is no question that the service answers so
     */
    default byte @Nullable [] peek(byte[] question) {
        return null;
    }

    /**
     * An answer from the state.
     *
     * @param slot a slot after which the answer became what it is; the same at all replicas in this state, and never
     *     lower in a later one. The finer, the fewer reads meet a write
     * @param value the result
     */
    record Reading(long slot, byte[] value) {}

    /**
     * What the service shows to anybody, each key with a proof under the group's certificate: a function of the state,
     * and cheap at every checkpoint, as an unchanged part of a {@link MerkleMap} costs nothing.
     */
    default MerkleMap view() {
        return MerkleMap.EMPTY;
    }

    /** Writes the whole state, canonically: equal states give equal bytes. */
    void snapshot(Writer writer);

    /** Replaces the whole state by what {@link #snapshot} wrote. */
    void restore(Reader reader);

    /** A digest that binds the whole state. */
    Digest root();
}
