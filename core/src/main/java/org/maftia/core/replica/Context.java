package org.maftia.core.replica;

import org.maftia.core.ordering.RequestId;

/** What the group agreed on around a command, and what a service may ask the group for. */
public interface Context {
    /** Agreed time in microseconds since 1970; never goes back. */
    long timeMicros();

    /** The slot of the log that is being executed. */
    long index();

    /** Whether a key is there with which the group signs: one that it makes for itself comes some slots after it began. */
    default boolean isMade(String keyId) {
        return true;
    }

    /**
     * Asks for a threshold signature. It comes back through the log to {@link StateMachine#signed}, at every replica at
     * the same index.
     *
     * @param keyId a key of the group
     * @param message what is to be signed, before hashing and padding
     * @param reference given back with the signature
     * @return false when the group has no such key, or its {@link KeyGrants} does not give it to this service, or it is still
     *     to make it ({@link #isMade}): the same at all replicas, and nothing is signed
     */
    boolean sign(String keyId, byte[] message, long reference);

    /**
     * Asks for a threshold signature that the gateway of one replica alone is to see, such as under a token that whoever has it
     * may use: shares go to that replica, no other one sees the result, and neither log nor services ever do. The gateway gets
     * it beside the result of its command. Nobody repeats it after that replica's crash, nor for longer than half a minute: the
     * client asks again.
     *
     * @param command of the gateway, as it is being executed
     * @param keyId a key of the group
     * @param message what is to be signed, before hashing and padding
     * @return false when the group has no such key or does not give it to this service, when so many are under way that the
     *     service must ask again, and when the command is not of a member's gateway
     */
    default boolean signFor(RequestId command, String keyId, byte[] message) {
        return false;
    }

    /**
     * Has a message opened that was encrypted to the group for this service, under {@link ServiceSecret#label}. It comes
     * back through the log to {@link StateMachine#decrypted}, at every replica at the same index; no replica shows its
     * share before this call stands in its log. When a message may be opened is for the service to say: whoever can have
     * it call this reads the message.
     *
     * @param ciphertext any bytes, as a client brought them
     * @param label what the service bound it to, such as who may ask for it
     * @param reference given back with the message
     * @return false when so much is being opened that the service must ask again at another time, or when the group's
     *     {@link KeyGrants} lets it open nothing: the same at all replicas
     */
    boolean decrypt(byte[] ciphertext, byte[] label, long reference);

    /**
     * Has an oblivious function evaluated for a user. It comes back through the log to {@link StateMachine#evaluated}, at
     * every replica at the same index; no replica says its part before this call stands in its log. How often that is for a
     * user is for the service to say: a guesser learns one value each time.
     *
     * @param keyId of the function
     * @param user at most {@link org.maftia.core.crypto.ObliviousFunction#USER_LENGTH_MAX} bytes
     * @param blinded any bytes, as a client brought them
     * @param reference given back with the value
     */
    Asked evaluate(String keyId, byte[] user, byte[] blinded, long reference);

    /**
     * Draws randomness that nobody knows, client and leader included, before this call stands in a correct replica's log, and
     * that nobody can choose. It comes back through the log to {@link StateMachine#drawn}, at every replica at the same index.
     * Replicas know it a little before it has that place, so what it decides must be settled when it is asked for, as must
     * what may still be ordered about it.
     *
     * @param reference given back with the value
     * @return false when the group has no key {@link Drawing#KEY_ID}, or is still to make it ({@link #isMade}): the same at all
     *     replicas, and nothing is drawn
     */
    boolean draw(long reference);

    /**
     * Has every replica look at the world outside. Each says in the log what it sees, once and for itself; the answers come to
     * {@link StateMachine#observed}. They are counted again in a new configuration, from none on.
     *
     * @param question the service's own encoding, at most {@link #QUESTION_LENGTH_MAX} bytes, for the service's observer in the
     *     shell of every replica
     * @param reference given back with the answers
     * @param deadlineMicros agreed time from which on no answer counts: within an hour
     */
    Asked observe(byte[] question, long reference, long deadlineMicros);

    /**
     * Writes to the public record that the group keeps: at once, as part of this command.
     *
     * @param kind what the body is, as the record has it
     * @return the index of the entry; -1 when the group keeps no record, when so much waits there that the service must ask
     *     again at another time, or when the body is too long: the same at all replicas
     */
    default long record(int kind, byte[] body) {
        return -1;
    }

    /** Longest question that is {@linkplain #observe observed}, in bytes. */
    int QUESTION_LENGTH_MAX = PendingObservations.QUESTION_LENGTH_MAX;

    /** Longest answer to one, in bytes. */
    int ANSWER_LENGTH_MAX = PendingObservations.ANSWER_LENGTH_MAX;

    /** What became of a question; the same at all replicas. */
    enum Asked {
        /** The answer will come. */
        TAKEN,
        /** So much is under way that the service must ask again at another time. */
        BUSY,
        /** The input is no blinded one; the question is too long, or its deadline not to come within an hour. */
        MALFORMED,
        /** The group has no such key, or does not give it to this service. */
        REFUSED
    }

    /** Gives the result of a command that was left open. */
    void complete(RequestId id, byte[] result);
}
