package org.maftia.core.ordering;

import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Digest;

/**
 * Batches under good signatures that clients gave to this replica whole, until their last request is delivered: the same
 * batches in a proposal cost a comparison instead of three hashes a request, and an {@link Outline} need only name them. What
 * is found has the very bytes that were read, so this changes nothing but time. Most of these wait to be ordered, too, so that
 * they are remembered, not kept. A client may have as much as may wait of it, so that a flood of one drives out its own; where
 * all of it is taken, whoever has most of it gives way.
 */
public final class KnownBatches {
    /** Bytes of all, in full batches of the log. */
    private static final int BATCHES_MAX = 24;

    /** What a request takes beside its operation: names, hashes, objects. */
    private static final int REQUEST_COST = 256;

    private final long costMax;
    private final long shareMax;

    /** By client. Looked up only. */
    private final Map<Integer, Share> shares = new LinkedHashMap<>();

    private long cost;

    /** The batches of one client, the oldest first. */
    private static final class Share {
        final Map<SealedRequests.Name, SealTree> batches = new LinkedHashMap<>();
        long cost;
    }

    public KnownBatches(Limits limits) {
        this.costMax = (long) BATCHES_MAX * limits.batchLengthMax();
        this.shareMax = limits.pooledBytesPerClient();
    }

    private static long cost(SealTree tree) {
        return tree.bytes() + (long) REQUEST_COST * tree.count();
    }

    /** A request came from its client, perhaps with all others of its batch, and is good. */
    public void note(Request request) {
        Seal seal = request.seal();
        SealTree tree = seal == null ? null : seal.tree();
        if (seal == null || tree == null || seal.index() > 0 || cost(tree) > shareMax) {
            return;
        }
        Share share = shares.computeIfAbsent(request.id().client(), first -> new Share());
        SealedRequests.Name name = SealedRequests.Name.of(request.id(), seal.count(), seal.signature());
        if (share.batches.putIfAbsent(name, tree) == null) {
            share.cost += cost(tree);
            cost += cost(tree);
            while (share.cost > shareMax) {
                dropOldest(share);
            }
            while (cost > costMax) {
                dropOldest(largest(share));
            }
        }
    }

    private Share largest(Share first) {
        Share largest = first;
        for (Share share : shares.values()) {
            largest = share.cost > largest.cost ? share : largest;
        }
        return largest;
    }

    private void dropOldest(Share share) {
        Iterator<SealTree> oldest = share.batches.values().iterator();
        long freed = cost(oldest.next());
        oldest.remove();
        share.cost -= freed;
        cost -= freed;
    }

    /** A request was delivered: with the last one of its batch nobody names that any more. */
    public void delivered(Request request) {
        Seal seal = request.seal();
        Share share = shares.get(request.id().client());
        if (seal == null || share == null || seal.index() < seal.count() - 1) {
            return;
        }
        SealTree tree = share.batches.remove(SealedRequests.Name.of(request.id(), seal.count(), seal.signature()));
        if (tree != null) {
            share.cost -= cost(tree);
            cost -= cost(tree);
        }
        if (share.batches.isEmpty()) {
            shares.remove(request.id().client());
        }
    }

    /** Whether a signature stands under a batch that came here under it, and was good then. */
    public boolean isKnown(SealedRequests.Group group) {
        return find(SealedRequests.Name.of(group.first(), group.count(), group.signature()), group.root()) != null;
    }

    /** The tree over these requests, all of a batch in their order; null where they did not come here together. */
    @Nullable
    SealTree find(List<Request> batch, byte[] signature) {
        SealTree tree = find(SealedRequests.Name.of(batch.getFirst().id(), batch.size(), signature));
        return tree != null && isOver(tree, batch) ? tree : null;
    }

    /** The tree of the batch with this root; null where it did not come here. */
    @Nullable
    SealTree find(SealedRequests.Name name, Digest root) {
        SealTree tree = find(name);
        return tree != null && tree.root().equals(root) ? tree : null;
    }

    private @Nullable SealTree find(SealedRequests.Name name) {
        Share share = shares.get(name.client());
        return share == null ? null : share.batches.get(name);
    }

    private static boolean isOver(SealTree tree, List<Request> batch) {
        for (int i = 0; i < batch.size(); i++) {
            Request known = tree.member(i);
            Request request = batch.get(i);
            if (!known.id().equals(request.id()) || !Arrays.equals(known.operation(), request.operation())) {
                return false;
            }
        }
        return true;
    }
}
