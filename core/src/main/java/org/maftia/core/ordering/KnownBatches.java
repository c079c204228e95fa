package org.maftia.core.ordering;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Limits;

/**
 * Batches that clients gave to this replica whole, so that the same batches in a proposal cost a comparison instead of three
 * hashes a request. What is found has the very bytes that were read: it changes nothing but time.
 */
public final class KnownBatches {
    /** Batches between their clients and their slots, under load. */
    private static final int COUNT_MAX = 256;

    /** Bytes of their operations, in full batches of the log. */
    private static final int BATCHES_MAX = 4;

    private final long bytesMax;

    /** The oldest first. Looked up only. */
    private final Map<SealedRequests.Name, SealTree> batches = new LinkedHashMap<>();

    private long bytes;

    public KnownBatches(Limits limits) {
        this.bytesMax = (long) BATCHES_MAX * limits.batchLengthMax();
    }

    /** A request came from its client, perhaps with all others of its batch. */
    public void note(Request request) {
        Seal seal = request.seal();
        SealTree tree = seal == null ? null : seal.tree();
        if (seal == null || tree == null || seal.index() > 0) {
            return;
        }
        SealedRequests.Name name = SealedRequests.Name.of(request.id(), seal.count(), seal.signature());
        if (tree.bytes() <= bytesMax && batches.putIfAbsent(name, tree) == null) {
            bytes += tree.bytes();
            var oldest = batches.values().iterator();
            while (batches.size() > COUNT_MAX || bytes > bytesMax) {
                bytes -= oldest.next().bytes();
                oldest.remove();
            }
        }
    }

    /** The tree over these requests, all of a batch in their order; null where they did not come here together. */
    @Nullable
    SealTree find(List<Request> batch, byte[] signature) {
        SealTree tree = batches.get(SealedRequests.Name.of(batch.getFirst().id(), batch.size(), signature));
        return tree != null && isOver(tree, batch) ? tree : null;
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
