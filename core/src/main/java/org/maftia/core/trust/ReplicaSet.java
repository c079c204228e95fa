package org.maftia.core.trust;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * A set of replicas of one group, as one word: replica i is a member iff bit i is set. Immutable, and iterated in
 * index order, so that nothing that depends on it depends on chance.
 *
 * @param bits bit i stands for replica i; a group has at most {@link #SIZE_MAX} replicas
 */
public record ReplicaSet(long bits) implements Comparable<ReplicaSet> {
    /** A set is one machine word. */
    public static final int SIZE_MAX = 64;

    public static final ReplicaSet EMPTY = new ReplicaSet(0);

    /** The replicas 0 to n-1. */
    public static ReplicaSet firstOf(int n) {
        if (n < 0 || n > SIZE_MAX) {
            throw new IllegalArgumentException("a group has 0 to 64 replicas, not " + n);
        }
        return new ReplicaSet(n == SIZE_MAX ? -1L : (1L << n) - 1);
    }

    public static ReplicaSet of(int... replicas) {
        long bits = 0;
        for (int replica : replicas) {
            bits |= bit(replica);
        }
        return new ReplicaSet(bits);
    }

    private static long bit(int replica) {
        if (replica < 0 || replica >= SIZE_MAX) {
            throw new IllegalArgumentException("no replica has index " + replica);
        }
        return 1L << replica;
    }

    public boolean contains(int replica) {
        return (bits & bit(replica)) != 0;
    }

    public ReplicaSet with(int replica) {
        return new ReplicaSet(bits | bit(replica));
    }

    public ReplicaSet without(int replica) {
        return new ReplicaSet(bits & ~bit(replica));
    }

    public ReplicaSet union(ReplicaSet other) {
        return new ReplicaSet(bits | other.bits);
    }

    public ReplicaSet intersection(ReplicaSet other) {
        return new ReplicaSet(bits & other.bits);
    }

    public ReplicaSet minus(ReplicaSet other) {
        return new ReplicaSet(bits & ~other.bits);
    }

    public boolean containsAll(ReplicaSet other) {
        return (other.bits & ~bits) == 0;
    }

    public boolean isEmpty() {
        return bits == 0;
    }

    public int size() {
        return Long.bitCount(bits);
    }

    /** The lowest index in the set; the set must not be empty. */
    public int first() {
        if (bits == 0) {
            throw new IllegalStateException("an empty set has no first member");
        }
        return Long.numberOfTrailingZeros(bits);
    }

    public void forEach(IntConsumer action) {
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            action.accept(Long.numberOfTrailingZeros(rest));
        }
    }

    /** The members in index order. */
    public List<Integer> toList() {
        List<Integer> members = new ArrayList<>(size());
        forEach(members::add);
        return List.copyOf(members);
    }

    /** By the word, unsigned: a total order without further meaning, for deterministic ties. */
    @Override
    public int compareTo(ReplicaSet other) {
        return Long.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return toList().toString();
    }
}
