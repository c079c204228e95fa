package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Optional;
import java.util.SortedMap;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * A common coin: for each name one value, uniform, the same at all replicas, and unknown to everyone until members of a
 * qualified set have released their shares for that name. When a share may leave is for the protocol to say, and is what
 * its liveness rests on; its safety must not rest on the coin.
 */
public interface Coin {
    /** Far above every leaf's point and proof in any group: bounds what protocols read. */
    int SHARE_LENGTH_MAX = 1 << 15;

    /**
     * What is tossed for.
     *
     * @param path of the protocol instance
     * @param round of the instance; in others a view
     */
    record Name(String path, long round) {
        /** No path holds this separator. */
        @Override
        public String toString() {
            return path + "#" + round;
        }
    }

    /** What came up. */
    record Value(Digest digest) {
        public boolean bit() {
            return (digest.d() & 1) == 1;
        }

        /** An index below the size, uniform up to size / 2^256. */
        public int index(int size) {
            return new BigInteger(1, digest.toBytes())
                    .mod(BigInteger.valueOf(size))
                    .intValue();
        }
    }

    /** All that this replica contributes; the same bytes each time. Empty where it owns no leaf, or has lost its shares. */
    byte[] share(Name name);

    /** Whether the bytes, of any length, are what the replica must contribute. */
    boolean verify(Name name, int replica, byte[] share);

    /** Whether the contributions of these replicas suffice. */
    boolean isQualified(ReplicaSet replicas);

    /**
     * The value. The same from any qualified set, if every share has passed {@link #verify}: nobody can check the result
     * by itself.
     *
     * @param shares by replica
     * @throws IllegalArgumentException when they do not suffice, or one is no share at all
     */
    Value combine(Name name, SortedMap<Integer, byte[]> shares);

    /** Empty where its key stays what it is. */
    default Optional<Renewable<Coin>> renewable() {
        return Optional.empty();
    }
}
