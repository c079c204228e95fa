package org.maftia.core.crypto;

import java.util.Optional;
import java.util.SortedMap;
import org.maftia.core.trust.ReplicaSet;

/**
 * Encryption to a group: what is encrypted stays secret, and nobody can alter it or pass it off under another label,
 * until members of a qualified set have released their shares for this very ciphertext under this very label. Secure
 * against an adversary who has any other ciphertexts decrypted (CCA2); anybody can check a ciphertext without a key.
 *
 * <p>When a share may leave is for the protocol to say. A share is an oracle, so it must only leave for a ciphertext that
 * {@link #isValid}.
 */
public interface ThresholdCipher {
    /** Far above every leaf's point and proof in any group: bounds what protocols read. */
    int SHARE_LENGTH_MAX = 1 << 15;

    /**
     * Encrypts.
     *
     * @param label public, and bound: whoever decrypts or checks must know it
     * @param entropy fresh for each message: the secrecy of the message rests on it
     * @return longer than the message by {@link #overhead} bytes
     */
    byte[] encrypt(byte[] message, byte[] label, Entropy entropy);

    /** Bytes by which a ciphertext is longer than its message. */
    int overhead();

    /** Whether the bytes, of any length, were made by who knew what is inside, for this key and this label. */
    boolean isValid(byte[] ciphertext, byte[] label);

    /** Bytes of what the replica contributes to any ciphertext: others need not be kept until there is time to verify. */
    int shareLength(int replica);

    /**
     * Whether the bytes, of any length, are what the replica must contribute.
     *
     * @param ciphertext valid under the label
     */
    boolean verify(byte[] ciphertext, byte[] label, int replica, byte[] share);

    /** Whether the contributions of these replicas suffice. */
    boolean isQualified(ReplicaSet replicas);

    /**
     * The message: the same from any qualified set, if every share has passed {@link #verify}. Without that a false
     * share may give another message that looks as good, as the payload's tag does not commit to its key.
     *
     * @param ciphertext valid under the label
     * @param shares by replica
     * @return empty, for every qualified set, when the sender put garbage inside
     * @throws IllegalArgumentException when the shares do not suffice, or one is no share at all
     */
    Optional<byte[]> combine(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares);

    /**
     * The message, from shares that nobody has verified: given only where what comes out shows that it is what {@link #combine}
     * gives for verified shares. Cheaper than to verify them, so it is what to try first.
     *
     * @param ciphertext valid under the label
     * @param shares by replica, which suffice, and may be any bytes
     * @return empty: a share is false, or the sender put garbage inside; to verify the shares tells which
     */
    default Optional<byte[]> open(byte[] ciphertext, byte[] label, SortedMap<Integer, byte[]> shares) {
        return Optional.empty();
    }

    /** One replica's part of the secret key. */
    interface Holder {
        /** The public part. */
        ThresholdCipher cipher();

        /**
         * All that this replica contributes; the same bytes each time. Empty where it owns no leaf, or has lost its shares.
         *
         * @param ciphertext valid under the label: the caller has seen to that
         * @throws IllegalArgumentException when it is no ciphertext at all
         */
        byte[] share(byte[] ciphertext, byte[] label);

        /** Empty where its key stays what it is. */
        default Optional<Renewable<Holder>> renewable() {
            return Optional.empty();
        }
    }
}
