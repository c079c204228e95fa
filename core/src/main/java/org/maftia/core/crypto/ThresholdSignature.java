package org.maftia.core.crypto;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.trust.SharingFormula;

/**
 * Signatures under one key that nobody holds: a qualified set of shares makes the unique signature of a message, and no
 * fault set can. The public half: needs no secret, gives no result that was not checked.
 */
public interface ThresholdSignature {
    /** Names the key in transcripts, files and requests. */
    String keyId();

    SharingFormula formula();

    /**
     * Checks that the message is one that this key signs, such as an encoding of the right length.
     *
     * @param message what is to be signed, before hashing and padding
     */
    boolean accepts(byte[] message);

    /**
     * The leaves asked first for the signature at log index {@code index}: a minimal qualified set, in turn, so that
     * the load is shared. The owner of the first one combines.
     */
    List<Integer> designated(long index);

    /**
     * The signature, if the shares given (by leaf) contain a qualified set and the result verifies. Heavy: compute it
     * as an effect.
     */
    Optional<byte[]> combine(byte[] message, SortedMap<Integer, byte[]> shares);

    /**
     * The leaves that {@link #combine} uses when it has shares of these: a minimal qualified set, or none. After a
     * failure these are the ones to ask for proofs.
     */
    default List<Integer> selection(SortedSet<Integer> leaves) {
        return new SharingScheme(formula()).selection(leaves);
    }

    /** Whether this is the signature of the message. */
    boolean verify(byte[] message, byte[] signature);

    /**
     * Whether a share shows by itself that it is right: then every proof is empty, and who doubts a share need not ask its
     * owner, who might not answer.
     */
    default boolean sharesAreProved() {
        return false;
    }

    /** Whether the proof shows that the share of the leaf is right for the message. Heavy. */
    boolean verifyShare(byte[] message, int leaf, byte[] share, byte[] proof);

    /** Empty where the key stays what it is. */
    default Optional<Renewable<Halves>> renewable() {
        return Optional.empty();
    }

    /**
     * A key as one replica uses it.
     *
     * @param signer null where it has no shares of it
     */
    record Halves(ThresholdSignature key, @Nullable Signer signer) {}

    /** One replica's secret half of a {@link ThresholdSignature}. */
    interface Signer {
        /** The leaves that this replica owns. */
        Set<Integer> leaves();

        /** The share of an own leaf. Heavy: compute it as an effect. */
        byte[] share(byte[] message, int leaf);

        /** A proof that {@link #share} is right, for those who doubt it. Heavy. */
        byte[] prove(byte[] message, int leaf);
    }
}
