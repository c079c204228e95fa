package org.maftia.core.crypto;

import java.util.Optional;
import java.util.SortedMap;
import org.maftia.core.trust.ReplicaSet;

/**
 * A function of a user and an input that nobody computes alone: who has the input asks the replicas and learns one value
 * of one user for each time they answer; they learn nothing of input or value, and a fault set with all its keys can
 * tell no value from a random one. How often they answer for a user is for them to say: that is what a guesser is held
 * to. The asker cannot tell a true value from a false one by itself.
 */
public interface ObliviousFunction {
    /** Bytes of a blinded input and of what is evaluated from it. */
    int ELEMENT_LENGTH = NistPoint.LENGTH;

    /** Bytes of a user's name. */
    int USER_LENGTH_MAX = 255;

    /** Far above what any replica contributes: bounds what protocols read. */
    int PART_LENGTH_MAX = 1 << 12;

    /** Whether the bytes, of any length, are a blinded input: to be asked before it is ordered, and before any part. */
    boolean accepts(byte[] blinded);

    /** All who have a part. */
    ReplicaSet keepers();

    /** Whether parts of these replicas suffice if all are true: before that there is nothing to combine. */
    boolean mayCombine(ReplicaSet said);

    /**
     * What the replicas say together, once that is certain: empty while too few have answered.
     *
     * @param parts of one evaluation, by replica; any bytes
     */
    Optional<Evaluation> combine(SortedMap<Integer, byte[]> parts);

    /**
     * An evaluated input.
     *
     * @param element what the asker is to unblind
     * @param liars replicas whose part was false
     */
    record Evaluation(byte[] element, ReplicaSet liars) {}

    /** One replica's part in it. */
    interface Holder {
        ObliviousFunction function();

        /**
         * All that this replica contributes; the same bytes each time.
         *
         * @param user at most {@link #USER_LENGTH_MAX} bytes
         * @param blinded that is {@linkplain ObliviousFunction#accepts accepted}
         */
        byte[] part(byte[] user, byte[] blinded);
    }
}
