package org.maftia.core.ordering;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * Judges the {@link Seal}s of clients, each batch once, away from the thread of the protocol. A correct replica passes on
 * only what it has judged to be good, so a false seal is the fault of who sent it: the client in whose session it came, or
 * the peer. What waits is kept by sender and client in queues of their own, served in turns: a flood of signatures, good
 * ones or garbage, delays its own sender's.
 */
public final class ClientSignatures {
    /** Batches under way at a time: enough for all threads of a machine, few enough that turns mean something. */
    private static final int UNDER_WAY_MAX = 16;

    /** Batches of one client that wait; its further ones are dropped, and come again when the client repeats itself. */
    private static final int WAITING_MAX = 64;

    /** Batches that one peer makes wait, whatever clients it names. */
    private static final int WAITING_OF_PEER_MAX = 1024;

    /**
     * Bytes of the requests of one client that wait, in full batches: the pool counts them only when they are judged. It is half
     * of what the pool takes, as all that a correct client has open may come at a time.
     */
    private static final int WAITING_BATCHES_OF_CLIENT = 8;

    /** The same for all clients that came here. */
    private static final int WAITING_BATCHES_OF_CLIENTS = 24;

    /** And for each peer. */
    private static final int WAITING_BATCHES_OF_PEER = 16;

    /** Batches of which requests may still be on their way: where more are, each request costs a hash for each level. */
    private static final int TREES_MAX = 64;

    /** Good batches of one client that are remembered: those of which requests are still on their way. */
    private static final int KNOWN_MAX = 32;

    private final Port<?, AtomicBroadcast.Event> port;
    private final Verifier clients;
    private final Digest configuration;
    private final Turns<Batch> turns = new Turns<>(WAITING_MAX);

    /** By what identifies a batch that waits or is under way. Looked up only. */
    private final Map<Key, Batch> batches = new HashMap<>();

    /** The trees of batches that came last, the oldest first. Looked up only. */
    private final Map<Origin, Tree> trees = new LinkedHashMap<>();

    private final SortedMap<Integer, Integer> waitingOfPeer = new TreeMap<>();

    /** Bytes that wait, by the queue and by who brought them. */
    private final SortedMap<Long, Long> bytesOfQueue = new TreeMap<>();

    private final long[] bytesOfSender;

    private final SortedMap<Integer, Known> known = new TreeMap<>();
    private int underWay;

    /** The batch for which a request came last, and the tree over it: most requests come behind others of their batch. */
    private @Nullable Batch last;

    private @Nullable SealTree lastTree;

    /** Peers that passed on a false seal, which a correct one never does: nothing more is spent on theirs. */
    private ReplicaSet liars = ReplicaSet.EMPTY;

    /** @param clients judges signatures by the number of the client */
    public ClientSignatures(Port<?, AtomicBroadcast.Event> port, Verifier clients, Digest configuration) {
        this.port = port;
        this.clients = clients;
        this.configuration = configuration;
        this.bytesOfSender = new long[port.trust().size()];
    }

    /** The same statement under another signature is another batch: one of them may be garbage. */
    private record Key(int from, Digest statement, ByteBuffer signature) {}

    /** Where a signature came from, and what it is said to stand under. */
    private record Origin(int from, int client, long session, int count, ByteBuffer signature) {}

    private record Tree(SealTree tree, Digest statement) {}

    /** Who is told. */
    private record Waiting(Request request, Seal seal, Consumer<Request> good) {}

    private record Batch(Key key, int client, byte[] signature, List<Waiting> waiting) {
        /** The queue that it waits in. */
        long queue() {
            return queue(key.from, client);
        }

        static long queue(int from, int client) {
            return (long) from << 16 | client;
        }
    }

    /** The newest good batches of one client, with their signatures. */
    private static final class Known {
        private final Map<Digest, byte[]> signatures = new LinkedHashMap<>();

        void add(Digest statement, byte[] signature) {
            signatures.put(statement, signature);
            if (signatures.size() > KNOWN_MAX) {
                var oldest = signatures.keySet().iterator();
                oldest.next();
                oldest.remove();
            }
        }
    }

    /**
     * Judges the seal of a request, now or later.
     *
     * @param from a peer; the own index where the client itself sent it
     * @param good gets the request, under a seal that may be passed on; nobody hears of a false one but as blame
     */
    public void judge(int from, Request request, Consumer<Request> good) {
        Seal seal = request.seal();
        if (seal == null || liars.contains(from)) {
            return;
        }
        Waiting one = new Waiting(request, seal, good);
        Batch before = last;
        if (before != null && isIn(before, from, request, seal)) {
            add(before, one);
            return;
        }
        Digest statement = statement(from, request, seal);
        if (statement == null) {
            refuse(from, request.id().client());
            return;
        }
        byte[] signature = knownSignature(request.id().client(), statement);
        if (signature != null) {
            accept(one, signature);
        } else {
            queue(from, statement, one);
        }
    }

    /** Whether a request came with the last one, in the same message: then it waits for the same signature. */
    private boolean isIn(Batch batch, int from, Request request, Seal seal) {
        SealTree tree = lastTree;
        return batch.key.from == from
                && tree != null
                && seal.tree() == tree
                && seal.signature() == batch.signature
                && tree.leads(request, seal);
    }

    private void add(Batch batch, Waiting one) {
        int length = one.request.operation().length;
        if (batch.waiting.size() < Seal.COUNT_MAX && hasRoom(batch.key.from, batch.client, length)) {
            batch.waiting.add(one);
            charge(batch, length);
        }
    }

    /** What the client signed if the seal is the request's; null where it can be no request's. */
    private @Nullable Digest statement(int from, Request request, Seal seal) {
        RequestId id = request.id();
        SealTree shared = seal.tree();
        if (shared != null && shared.leads(request, seal)) {
            return shared.statement(configuration, id);
        }
        Origin origin = new Origin(from, id.client(), id.session(), seal.count(), ByteBuffer.wrap(seal.signature()));
        Tree known = trees.get(origin);
        if (known != null && known.tree.leads(request, seal)) {
            return known.statement;
        }
        SealTree tree = SealTree.of(request, seal);
        if (tree == null) {
            return null;
        }
        Digest statement = Seal.statement(configuration, id, seal.count(), tree.root());
        if (known == null) {
            trees.put(origin, new Tree(tree, statement));
            if (trees.size() > TREES_MAX) {
                trees.remove(trees.keySet().iterator().next());
            }
        }
        return statement;
    }

    /** Whether any is being judged, or waits. */
    boolean isBusy() {
        return underWay > 0;
    }

    private byte @Nullable [] knownSignature(int client, Digest statement) {
        Known ofClient = known.get(client);
        return ofClient == null ? null : ofClient.signatures.get(statement);
    }

    private void queue(int from, Digest statement, Waiting one) {
        int client = one.request.id().client();
        Key key = new Key(from, statement, ByteBuffer.wrap(one.seal.signature()));
        Batch before = batches.get(key);
        if (before != null) {
            add(before, one);
            return;
        }
        if (!hasRoom(from, client, one.request.operation().length)) {
            return;
        }
        Batch batch = new Batch(key, client, one.seal.signature(), new ArrayList<>(List.of(one)));
        if (waitingOfPeer.getOrDefault(from, 0) < WAITING_OF_PEER_MAX && turns.offer(batch.queue(), batch)) {
            waitingOfPeer.merge(from, 1, Integer::sum);
            batches.put(key, batch);
            charge(batch, one.request.operation().length);
            last = batch;
            lastTree = one.seal.tree();
            next();
        }
    }

    private boolean hasRoom(int from, int client, long length) {
        long batch = port.limits().batchLengthMax();
        int ofSender = from == port.self() ? WAITING_BATCHES_OF_CLIENTS : WAITING_BATCHES_OF_PEER;
        return bytesOfQueue.getOrDefault(Batch.queue(from, client), 0L) + length <= WAITING_BATCHES_OF_CLIENT * batch
                && bytesOfSender[from] + length <= ofSender * batch;
    }

    private void charge(Batch batch, long length) {
        bytesOfQueue.merge(batch.queue(), length, ClientSignatures::sum);
        bytesOfSender[batch.key.from] += length;
    }

    /** Null, which leaves no entry, where nothing is left. */
    private static @Nullable Long sum(long before, long length) {
        return before + length == 0 ? null : before + length;
    }

    private void next() {
        while (underWay < UNDER_WAY_MAX) {
            Batch batch = turns.poll();
            if (batch == null) {
                return;
            }
            underWay++;
            port.<Boolean>compute(() -> isGood(batch), good -> {
                underWay--;
                settle(batch, good);
                next();
            });
        }
    }

    /** Computed elsewhere, so it looks at nothing that changes. */
    private boolean isGood(Batch batch) {
        return clients.verify(batch.client, batch.key.statement, batch.signature);
    }

    private void settle(Batch batch, boolean good) {
        batches.remove(batch.key);
        if (batch == last) {
            last = null;
            lastTree = null;
        }
        waitingOfPeer.computeIfPresent(batch.key.from, (from, count) -> count == 1 ? null : count - 1);
        long length = 0;
        for (Waiting waiting : batch.waiting) {
            length += waiting.request.operation().length;
        }
        charge(batch, -length);
        if (!good) {
            refuse(batch.key.from, batch.client);
            return;
        }
        known.computeIfAbsent(batch.client, absent -> new Known()).add(batch.key.statement, batch.signature);
        batch.waiting.forEach(waiting -> accept(waiting, batch.signature));
    }

    /** The signature that was judged, not the one that came along with this request. */
    private static void accept(Waiting waiting, byte[] signature) {
        waiting.good.accept(waiting.request.with(waiting.seal.with(signature)));
    }

    private void refuse(int from, int client) {
        if (from == port.self()) {
            port.output(new AtomicBroadcast.Forged(client));
        } else if (!liars.contains(from)) {
            liars = liars.with(from);
            port.blame(from, "passes on a request under a false signature of its client");
        }
    }
}
