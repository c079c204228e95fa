package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Digest;

/**
 * The ways of several requests of one signed batch to its root, walked together: where two of them meet, or one passes beside another,
 * nothing is needed but the requests.
 */
final class SealPaths {
    /** What does not follow from the requests. */
    @FunctionalInterface
    interface Beside {
        Digest node(int level, int place);
    }

    private final Beside source;

    /** By request: the index of its way's node in the level that is being walked. */
    private final int[] positions;

    private final List<List<Digest>> siblings = new ArrayList<>();
    private int[] places;
    private Digest[] nodes;

    private SealPaths(SortedMap<Integer, Digest> leaves, Beside source) {
        this.source = source;
        this.places = new int[leaves.size()];
        this.nodes = new Digest[leaves.size()];
        this.positions = new int[leaves.size()];
        int next = 0;
        for (var leaf : leaves.entrySet()) {
            places[next] = leaf.getKey();
            nodes[next] = leaf.getValue();
            positions[next] = next;
            siblings.add(new ArrayList<>());
            next++;
        }
    }

    /**
     * Walks.
     *
     * @param count of the requests of the batch
     * @param leaves of those that are here, by place below {@code count}; at least one
     * @param source is asked for nodes level by level from the requests up, and by their places
     */
    static SealPaths of(int count, SortedMap<Integer, Digest> leaves, Beside source) {
        SealPaths paths = new SealPaths(leaves, source);
        int level = 0;
        for (int width = count; width > 1; width = (width + 1) / 2) {
            paths.climb(level++, width);
        }
        return paths;
    }

    /**
     * The nodes that do not follow from some requests of a batch, level by level from the requests up, and by their places.
     *
     * @param count of the requests of the batch
     * @param requests places of those that are here; at least one
     * @param tree knows what lies on their ways and beside them
     */
    static List<Digest> beside(int count, BitSet requests, SealTree tree) {
        List<Digest> beside = new ArrayList<>();
        BitSet here = requests;
        int level = 0;
        for (int width = count; width > 1 && here.cardinality() < width; width = (width + 1) / 2) {
            BitSet above = new BitSet();
            for (int place = here.nextSetBit(0); place >= 0; place = here.nextSetBit(place + 1)) {
                int sibling = place ^ 1;
                if (!here.get(sibling) && sibling < width) {
                    beside.add(Invariant.present(tree.node(level, sibling), "beside the way of a request"));
                }
                above.set(place / 2);
            }
            here = above;
            level++;
        }
        return beside;
    }

    private void climb(int level, int width) {
        Digest[] others = new Digest[nodes.length];
        int[] parents = new int[nodes.length];
        int[] placesAbove = new int[nodes.length];
        Digest[] above = new Digest[nodes.length];
        int size = 0;
        int next = 0;
        while (next < nodes.length) {
            int here = next++;
            int sibling = places[here] ^ 1;
            if (next < nodes.length && places[next] == sibling) {
                others[here] = nodes[next];
                others[next] = nodes[here];
                parents[next++] = size;
            } else if (sibling < width) {
                others[here] = source.node(level, sibling);
            }
            parents[here] = size;
            placesAbove[size] = places[here] / 2;
            above[size++] = above(places[here], nodes[here], others[here]);
        }
        for (int request = 0; request < positions.length; request++) {
            Digest other = others[positions[request]];
            if (other != null) {
                siblings.get(request).add(other);
            }
            positions[request] = parents[positions[request]];
        }
        places = Arrays.copyOf(placesAbove, size);
        nodes = Arrays.copyOf(above, size);
    }

    private static Digest above(int place, Digest node, @Nullable Digest other) {
        if (other == null) {
            return node; // the last of an odd number moves up
        }
        return place % 2 == 0 ? Seal.node(node, other) : Seal.node(other, node);
    }

    /** Where all ways end. */
    Digest root() {
        return nodes[0];
    }

    /** The nodes beside the way of a request, by the order of places. */
    List<Digest> siblings(int request) {
        return siblings.get(request);
    }
}
