package org.maftia.core.ordering;

import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.Digest;

/**
 * What is known of the tree over a client's batch: its root, and the nodes that lead there from requests that were seen. A
 * further request of the batch mostly meets a known node at once, and costs one hash instead of one for each level.
 */
final class SealTree {
    private final Digest root;

    /** By level, from the requests up, and place; null where nothing is known. The root is not among them. */
    private final @Nullable Digest[][] nodes;

    private SealTree(int count, Digest root) {
        this.root = root;
        int levels = 0;
        for (int width = count; width > 1; width = (width + 1) / 2) {
            levels++;
        }
        this.nodes = new Digest[levels][];
        int width = count;
        for (int level = 0; level < levels; level++) {
            nodes[level] = new Digest[width];
            width = (width + 1) / 2;
        }
    }

    /** The tree to whose root the request leads; null where its way cannot be one. */
    static @Nullable SealTree of(Request request, Seal seal) {
        Digest root = seal.root(request.digest());
        if (root == null) {
            return null;
        }
        SealTree tree = new SealTree(seal.count(), root);
        tree.leads(request, seal);
        return tree;
    }

    Digest root() {
        return root;
    }

    /** A node that a request led over, or past. */
    @Nullable
    Digest node(int level, int place) {
        return nodes[level][place];
    }

    /** Whether the request leads to the root by its seal, whose batch has as many requests; what is beside its way is known then. */
    boolean leads(Request request, Seal seal) {
        Digest[] way = new Digest[nodes.length];
        Digest node = Seal.leaf(request.digest());
        int next = 0;
        int place = seal.index();
        int met = nodes.length;
        for (int level = 0; level < nodes.length; level++) {
            Digest known = nodes[level][place];
            if (met > level && known != null) {
                if (!known.equals(node)) {
                    return false;
                }
                met = level;
            }
            way[level] = node;
            int sibling = place ^ 1;
            if (sibling < nodes[level].length) {
                if (next == seal.siblings().size()) {
                    return false;
                }
                Digest other = seal.siblings().get(next++);
                if (met > level) {
                    node = sibling < place ? Seal.node(other, node) : Seal.node(node, other);
                } else if (!other.equals(nodes[level][sibling])) {
                    return false;
                }
            }
            place /= 2;
        }
        boolean arrives = next == seal.siblings().size() && (met < nodes.length || node.equals(root));
        if (arrives) {
            remember(seal, way, met);
        }
        return arrives;
    }

    private void remember(Seal seal, Digest[] way, int met) {
        int next = 0;
        int place = seal.index();
        for (int level = 0; level < met; level++) {
            nodes[level][place] = way[level];
            int sibling = place ^ 1;
            if (sibling < nodes[level].length) {
                nodes[level][sibling] = seal.siblings().get(next++);
            }
            place /= 2;
        }
    }
}
