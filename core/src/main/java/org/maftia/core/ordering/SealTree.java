package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.Digest;

/**
 * What is known of the tree over a client's batch: its root, and the nodes that lead there from requests that were seen. A
 * further request of the batch mostly meets a known node at once, and costs one hash instead of one for each level. Where all
 * requests came together the tree is whole from the start, and they share it.
 */
final class SealTree {
    private final Digest root;
    private final int count;

    /** The requests of the batch, without seals, where they are all known. */
    private final Request @Nullable [] members;

    /** Bytes of their operations. */
    private final long bytes;

    /** What stands under it, in the configuration for which that was asked last. */
    private @Nullable Statement statement;

    private record Statement(Digest configuration, int client, long session, Digest digest) {}

    /** By level, from the requests up, and place; null where nothing is known. The root is not among them. */
    private final @Nullable Digest[][] nodes;

    private SealTree(int count, Digest root) {
        this.root = root;
        this.count = count;
        this.members = null;
        this.bytes = 0;
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

    /** @param members all requests of the batch, 1 to {@link Seal#COUNT_MAX} */
    private SealTree(Request[] members) {
        this.count = members.length;
        this.members = members;
        long length = 0;
        List<Digest[]> levels = new ArrayList<>();
        Digest[] level = new Digest[count];
        for (int i = 0; i < count; i++) {
            level[i] = members[i].digest();
            length += members[i].operation().length;
        }
        this.bytes = length;
        while (level.length > 1) {
            levels.add(level);
            Digest[] above = new Digest[(level.length + 1) / 2];
            for (int i = 0; i < above.length; i++) {
                above[i] = 2 * i + 1 < level.length ? Seal.node(level[2 * i], level[2 * i + 1]) : level[2 * i];
            }
            level = above;
        }
        this.nodes = levels.toArray(Digest[][]::new);
        this.root = level[0];
    }

    /** The tree over all requests of a batch. */
    static SealTree over(List<Request> batch) {
        Request[] members = new Request[batch.size()];
        for (int i = 0; i < members.length; i++) {
            members[i] = batch.get(i).bare();
        }
        return new SealTree(members);
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

    /** The number of requests under it. */
    int count() {
        return count;
    }

    /** A request of the batch, without its seal, where the tree is over all of them. */
    Request member(int index) {
        return Invariant.present(members, "a tree of which all is known")[index];
    }

    /** Of the operations of all requests, where the tree is over all of them. */
    long bytes() {
        return bytes;
    }

    /** What the client signed if all this is of that session of its. Kept: it is asked for by each request. */
    Digest statement(Digest configuration, RequestId id) {
        Statement known = statement;
        if (known == null
                || known.client != id.client()
                || known.session != id.session()
                || !known.configuration.equals(configuration)) {
            Digest digest = Seal.statement(configuration, id, count, root);
            known = new Statement(configuration, id.client(), id.session(), digest);
            statement = known;
        }
        return known.digest;
    }

    /** The nodes beside the way from a request, from the request up, where the tree is whole. */
    List<Digest> siblings(int index) {
        Invariant.check(members != null, "a tree of which all is known");
        List<Digest> siblings = new ArrayList<>(nodes.length);
        int place = index;
        for (Digest[] level : nodes) {
            if ((place ^ 1) < level.length) {
                siblings.add(Invariant.present(level[place ^ 1], "all of it is known"));
            }
            place /= 2;
        }
        return siblings;
    }

    /** A node that a request led over, or past. */
    @Nullable
    Digest node(int level, int place) {
        return nodes[level][place];
    }

    /** Whether the request leads to the root by its seal, whose batch has as many requests; what is beside its way is known then. */
    boolean leads(Request request, Seal seal) {
        if (seal.tree() == this
                && members != null
                && members[seal.index()].digest().equals(request.digest())) {
            return true;
        }
        Digest[] way = new Digest[nodes.length];
        Digest node = request.digest();
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
        if (members != null) {
            return; // it is known already
        }
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
