package org.maftia.core.replica;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * An immutable map of names to values under one digest: each value, and the absence of each other key, proves itself
 * against the {@link #root}. The root depends on the content alone, not on how it came about.
 *
 * <p>A binary trie over the hashed keys, in which a subtree with one key is that key's leaf, so a proof has about log2 n
 * siblings. A change copies the path to one leaf, and what was not changed is not hashed again, so a map of any size
 * costs a checkpoint only what happened since the last one. A client that wants a deep path must find keys whose SHA-256
 * begin alike, at twice the work for each level.
 *
 * <p>Source: Dahlberg, Pulls, Peeters, "Efficient sparse Merkle trees" (NordSec 2016); leaves and nodes are hashed under
 * different purposes as in RFC 9162, section 2.1.
 */
public final class MerkleMap {
    /** Bytes of a key. */
    public static final int KEY_LENGTH_MAX = 255;

    /** Nothing; its root is {@link Digest#ZERO}. */
    public static final MerkleMap EMPTY = new MerkleMap(null);

    private final @Nullable Node top;

    private MerkleMap(@Nullable Node top) {
        this.top = top;
    }

    /** A subtree that is not empty. */
    private sealed interface Node {
        Digest digest();
    }

    private record Leaf(Digest place, byte[] value, Digest valueDigest, Digest digest) implements Node {
        static Leaf of(String key, byte[] value) {
            Invariant.check(isKey(key), "a key of a view has 1 to 255 bytes");
            Digest place = placeOf(key);
            Digest valueDigest = digestOf(value);
            return new Leaf(place, value.clone(), valueDigest, leafDigest(place, valueDigest));
        }
    }

    private static final class Inner implements Node {
        private final @Nullable Node left;
        private final @Nullable Node right;

        /** Not before somebody asks: between two checkpoints a path may change often. */
        private @Nullable Digest digest;

        Inner(@Nullable Node left, @Nullable Node right) {
            this.left = left;
            this.right = right;
        }

        @Override
        public Digest digest() {
            Digest known = digest;
            if (known == null) {
                known = innerDigest(digestOf(left), digestOf(right));
                digest = known;
            }
            return known;
        }
    }

    /**
     * The map with this value under the key, in place of an older one.
     *
     * @param key at most {@link #KEY_LENGTH_MAX} bytes in UTF-8
     */
    public MerkleMap with(String key, byte[] value) {
        return new MerkleMap(put(top, 0, Leaf.of(key, value)));
    }

    /** The map without the key. */
    public MerkleMap without(String key) {
        return new MerkleMap(remove(top, 0, placeOf(key)));
    }

    /** The value under the key, or null. */
    public byte @Nullable [] get(String key) {
        Digest place = placeOf(key);
        return end(place, new ArrayList<>()) instanceof Leaf leaf && leaf.place.equals(place)
                ? leaf.value.clone()
                : null;
    }

    /**
     * Binds the whole content. A map whose root was asked for once may be read by any thread that gets it in an orderly
     * way; before that, by one thread only.
     */
    public Digest root() {
        return digestOf(top);
    }

    /** Proves what {@link #get} gives for the key, be it null. */
    public Proof prove(String key) {
        Digest place = placeOf(key);
        List<Digest> siblings = new ArrayList<>();
        Node end = end(place, siblings);
        Proof.Neighbour neighbour = end instanceof Leaf leaf && !leaf.place.equals(place)
                ? new Proof.Neighbour(leaf.place, leaf.valueDigest)
                : null;
        return new Proof(siblings, neighbour);
    }

    /** Walks to the leaf or the gap where the place belongs; notes the siblings from the top down. */
    private @Nullable Node end(Digest place, List<Digest> siblings) {
        Node node = top;
        while (node instanceof Inner inner) {
            boolean right = bit(place, siblings.size());
            siblings.add(digestOf(right ? inner.left : inner.right));
            node = right ? inner.right : inner.left;
        }
        return node;
    }

    private static Node put(@Nullable Node node, int depth, Leaf leaf) {
        return switch (node) {
            case null -> leaf;
            case Leaf old -> old.place.equals(leaf.place) ? leaf : split(old, leaf, depth);
            case Inner inner ->
                bit(leaf.place, depth)
                        ? new Inner(inner.left, put(inner.right, depth + 1, leaf))
                        : new Inner(put(inner.left, depth + 1, leaf), inner.right);
        };
    }

    /** Two leaves that met: down to the bit in which their places differ. */
    private static Node split(Leaf old, Leaf leaf, int depth) {
        boolean right = bit(leaf.place, depth);
        if (bit(old.place, depth) != right) {
            return right ? new Inner(old, leaf) : new Inner(leaf, old);
        }
        Node below = split(old, leaf, depth + 1);
        return right ? new Inner(null, below) : new Inner(below, null);
    }

    private static @Nullable Node remove(@Nullable Node node, int depth, Digest place) {
        return switch (node) {
            case null -> null;
            case Leaf leaf -> leaf.place.equals(place) ? null : leaf;
            case Inner inner ->
                bit(place, depth)
                        ? joined(inner.left, remove(inner.right, depth + 1, place))
                        : joined(remove(inner.left, depth + 1, place), inner.right);
        };
    }

    /** A leaf that is left alone moves up, as if the other had never been. */
    private static @Nullable Node joined(@Nullable Node left, @Nullable Node right) {
        if (left == null && !(right instanceof Inner)) {
            return right;
        }
        return right == null && left instanceof Leaf ? left : new Inner(left, right);
    }

    /**
     * The way from a place to the root.
     *
     * @param siblings from the root down
     * @param neighbour for an absent key, the one key that stands where it would, if there is one
     */
    public record Proof(List<Digest> siblings, @Nullable Neighbour neighbour) {
        /** As many as a hash has bits. */
        private static final int SIBLINGS_MAX = Digest.LENGTH * Byte.SIZE;

        public Proof {
            siblings = List.copyOf(siblings);
        }

        /** Another key's leaf; neither the key nor the value is shown. */
        public record Neighbour(Digest place, Digest valueDigest) {}

        /**
         * The root of every map in which the key has this value, or none, and stands at the end of this way; null when
         * there is no such map.
         */
        @Nullable
        Digest root(String key, byte @Nullable [] value) {
            Digest place = placeOf(key);
            Digest node = Digest.ZERO;
            if (value != null) {
                node = leafDigest(place, digestOf(value));
            } else if (neighbour != null) {
                node = leafDigest(neighbour.place, neighbour.valueDigest);
            }
            if (neighbour != null && (value != null || !isBeside(neighbour.place, place))) {
                return null;
            }
            for (int depth = siblings.size() - 1; depth >= 0; depth--) {
                Digest sibling = siblings.get(depth);
                node = bit(place, depth) ? innerDigest(sibling, node) : innerDigest(node, sibling);
            }
            return node;
        }

        /** Whether both places lead to the end of this way. */
        private boolean isBeside(Digest other, Digest place) {
            for (int depth = 0; depth < siblings.size(); depth++) {
                if (bit(other, depth) != bit(place, depth)) {
                    return false;
                }
            }
            return !other.equals(place);
        }

        public static final Codec<Proof> CODEC = new Codec<>() {
            @Override
            public void write(Writer writer, Proof value) {
                writer.list(value.siblings, Writer::digest).bool(value.neighbour != null);
                if (value.neighbour != null) {
                    writer.digest(value.neighbour.place).digest(value.neighbour.valueDigest);
                }
            }

            @Override
            public Proof read(Reader reader) {
                List<Digest> siblings = reader.list(SIBLINGS_MAX, Digest.LENGTH, Reader::digest);
                return new Proof(siblings, reader.bool() ? new Neighbour(reader.digest(), reader.digest()) : null);
            }
        };
    }

    /** Whether this can be a key of a view. */
    public static boolean isKey(String text) {
        return !text.isEmpty() && text.getBytes(StandardCharsets.UTF_8).length <= KEY_LENGTH_MAX;
    }

    /** Reads a key. */
    static String readKey(Reader reader) {
        String key = reader.string(KEY_LENGTH_MAX);
        if (key.isEmpty()) {
            throw new MalformedException("an empty key");
        }
        return key;
    }

    private static boolean bit(Digest place, int depth) {
        long word = switch (depth / Long.SIZE) {
            case 0 -> place.a();
            case 1 -> place.b();
            case 2 -> place.c();
            default -> place.d();
        };
        return word << depth < 0; // a shift takes the depth modulo the size of the word
    }

    private static Digest digestOf(@Nullable Node node) {
        return node == null ? Digest.ZERO : node.digest();
    }

    private static Digest placeOf(String key) {
        return Transcript.of("map-key").field(key).digest();
    }

    private static Digest digestOf(byte[] value) {
        return Transcript.of("map-value").field(value).digest();
    }

    private static Digest leafDigest(Digest place, Digest valueDigest) {
        return Transcript.of("map-leaf").field(place).field(valueDigest).digest();
    }

    private static Digest innerDigest(Digest left, Digest right) {
        return Transcript.of("map-node").field(left).field(right).digest();
    }
}
