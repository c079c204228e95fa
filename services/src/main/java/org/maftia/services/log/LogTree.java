package org.maftia.services.log;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.Digest;

/**
 * The Merkle tree of a log over SHA-256: hashes, proofs, and what follows from them. Source: RFC 6962, section 2.1; the
 * checks of proofs are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2.
 */
public final class LogTree {
    /** Hashes in a proof: a tree of 2^63 entries is no higher. */
    public static final int PROOF_LENGTH_MAX = 64;

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private LogTree() {}

    /** Gives the hash of the full subtree with the entries from {@code index << level} on, {@code 1 << level} of them. */
    @FunctionalInterface
    public interface Subtrees {
        Digest hash(int level, long index);
    }

    /** A hash function for many uses, on one thread. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The root of the empty tree. */
    public static Digest empty() {
        return Digest.of(sha256().digest());
    }

    /** The hash of an entry. */
    public static Digest leaf(byte[] entry) {
        MessageDigest hash = sha256();
        hash.update(LEAF);
        return Digest.of(hash.digest(entry));
    }

    /** The hash of an inner node. */
    public static Digest node(Digest left, Digest right) {
        MessageDigest hash = sha256();
        hash.update(NODE);
        hash.update(left.toBytes());
        return Digest.of(hash.digest(right.toBytes()));
    }

    /** The root of the tree of the first {@code size} entries. */
    public static Digest root(long size, Subtrees subtrees) {
        return size == 0 ? empty() : range(0, size, subtrees);
    }

    /** The hash over entries from one that begins a subtree of the tree up to another: MTH of the RFC. */
    private static Digest range(long from, long to, Subtrees subtrees) {
        long count = to - from;
        if (Long.bitCount(count) == 1) {
            int level = Long.numberOfTrailingZeros(count);
            return subtrees.hash(level, from >>> level);
        }
        long middle = from + Long.highestOneBit(count);
        return node(range(from, middle, subtrees), range(middle, to, subtrees));
    }

    /**
     * That the entry with the index is in the tree: hashes from the leaf's sibling up.
     *
     * @throws IllegalArgumentException when it is not
     */
    public static List<Digest> inclusion(long index, long size, Subtrees subtrees) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("a tree of " + size + " entries has no entry " + index);
        }
        List<Digest> path = new ArrayList<>();
        long from = 0;
        long to = size;
        while (to - from > 1) {
            long middle = from + split(to - from);
            if (index < middle) {
                path.addFirst(range(middle, to, subtrees));
                to = middle;
            } else {
                path.addFirst(range(from, middle, subtrees));
                from = middle;
            }
        }
        return path;
    }

    /** The largest power of two below the count. */
    private static long split(long count) {
        return Long.highestOneBit(count - 1);
    }

    /**
     * That the tree of {@code size} entries begins with that of {@code earlier} ones; empty where there is nothing to prove.
     *
     * @throws IllegalArgumentException when the earlier one is larger
     */
    public static List<Digest> consistency(long earlier, long size, Subtrees subtrees) {
        if (earlier < 0 || earlier > size) {
            throw new IllegalArgumentException("no tree of " + size + " entries begins with " + earlier);
        }
        List<Digest> path = new ArrayList<>();
        long from = 0;
        long to = size;
        boolean whole = true;
        while (earlier > 0 && earlier < to) {
            long middle = from + split(to - from);
            if (earlier <= middle) {
                path.addFirst(range(middle, to, subtrees));
                to = middle;
            } else {
                path.addFirst(range(from, middle, subtrees));
                from = middle;
                whole = false;
            }
        }
        if (!whole) {
            path.addFirst(range(from, to, subtrees));
        }
        return path;
    }

    /** The root to which an inclusion proof leads; empty where it has the wrong form. */
    public static Optional<Digest> rootOf(Digest leaf, long index, long size, List<Digest> proof) {
        if (index < 0 || index >= size) {
            return Optional.empty();
        }
        long node = index;
        long last = size - 1;
        Digest root = leaf;
        for (Digest sibling : proof) {
            if (last == 0) {
                return Optional.empty();
            }
            if ((node & 1) == 1 || node == last) {
                root = node(sibling, root);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                root = node(root, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 ? Optional.of(root) : Optional.empty();
    }

    /** Whether the proof shows that the later tree begins with the earlier one. */
    public static boolean isConsistent(long earlier, Digest earlierRoot, long size, Digest root, List<Digest> proof) {
        if (earlier < 0 || earlier > size) {
            return false;
        }
        if (earlier == size || earlier == 0) {
            boolean same = earlier == 0 ? earlierRoot.equals(empty()) : earlierRoot.equals(root);
            return proof.isEmpty() && same;
        }
        List<Digest> path = new ArrayList<>(proof);
        if (Long.bitCount(earlier) == 1) {
            path.addFirst(earlierRoot);
        }
        if (path.isEmpty()) {
            return false;
        }
        int shift = Long.numberOfTrailingZeros(earlier);
        return leads(path, (earlier - 1) >>> shift, (size - 1) >>> shift, earlierRoot, root);
    }

    private static boolean leads(List<Digest> path, long node, long last, Digest earlierRoot, Digest root) {
        Digest first = path.getFirst();
        Digest second = path.getFirst();
        for (Digest sibling : path.subList(1, path.size())) {
            if (last == 0) {
                return false;
            }
            if ((node & 1) == 1 || node == last) {
                first = node(sibling, first);
                second = node(sibling, second);
                while ((node & 1) == 0 && node != 0) {
                    node >>>= 1;
                    last >>>= 1;
                }
            } else {
                second = node(second, sibling);
            }
            node >>>= 1;
            last >>>= 1;
        }
        return last == 0 && first.equals(earlierRoot) && second.equals(root);
    }
}
