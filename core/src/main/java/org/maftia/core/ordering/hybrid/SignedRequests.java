package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.ClientSignatures;
import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.Reference;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.Seal;
import org.maftia.core.ordering.SealedRequests;
import org.maftia.core.ordering.Turns;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * The requests that wait to be ordered, each under a signature that was judged here: of its client, or of the replica whose
 * gateway asks. So whether a batch may be voted for does not depend on who was shown what. Clients take turns; what one of
 * them may have waiting is bounded, and what all have.
 */
final class SignedRequests {
    /** Bytes that wait, of all clients, in full batches. */
    private static final int BATCHES_OF_ALL = 64;

    /** Turns that may be of nothing before they are dealt again. */
    private static final int STALE_MIN = 256;

    /** How long what is not ordered stays with the replica to which the client gave it. */
    private static final int RELAY_DIVISOR = 2;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final AtomicBroadcast.Sessions sessions;
    private final Certifier certifier;
    private final Verifier verifier;
    private final Digest configuration;
    private final ClientSignatures signatures;
    private final KnownBatches batches;
    private final Runnable gathered;

    private final Map<Reference, Waiting> waiting = new LinkedHashMap<>();
    private final SortedMap<Integer, Share> shares = new TreeMap<>();
    private final Turns<Waiting> turns = new Turns<>(Integer.MAX_VALUE);
    private long bytes;

    /** What the turns hold, among it what was delivered meanwhile. */
    private int ready;

    private long readyBytes;

    SignedRequests(
            Port<HybridMessage, AtomicBroadcast.Event> port,
            AtomicBroadcast.Sessions sessions,
            Certifier certifier,
            Verifier clients,
            Digest configuration,
            KnownBatches batches,
            Runnable gathered) {
        this.port = port;
        this.sessions = sessions;
        this.certifier = certifier;
        // A request names a member's gateway by its index in this configuration, which is below any client's number.
        // What outlives the configuration goes by seats; execution translates.
        this.verifier = (number, digest, signature) -> number < ReplicaSet.SIZE_MAX
                ? certifier.verify(number, digest, signature)
                : clients.verify(number, digest, signature);
        this.configuration = configuration;
        this.signatures = new ClientSignatures(port, verifier, configuration);
        this.batches = batches;
        this.gathered = gathered;
    }

    /** A request that waits. */
    private static final class Waiting {
        final Request request;

        /** It came from its client here, or is this replica's own. */
        boolean own;

        long sinceMicros;
        boolean relayed;

        /** It is in a batch that this replica proposed as the leader of this view. */
        boolean taken;

        Waiting(Request request, long sinceMicros) {
            this.request = request;
            this.sinceMicros = sinceMicros;
        }
    }

    /** What one client has waiting. */
    private static final class Share {
        int count;
        long bytes;
    }

    /** What clients gave to this replica, as they gave it to the others. */
    KnownBatches known() {
        return batches;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** How long the oldest has waited. */
    long oldestMicros() {
        Iterator<Waiting> first = waiting.values().iterator();
        return first.hasNext() ? port.nowMicros() - first.next().sinceMicros : 0;
    }

    /**
     * A request from its client, or from this replica's own gateway, which signs as the replica.
     *
     * @param alone whether the others did not get it
     */
    void submit(Request request, boolean alone) {
        if (request.id().client() != port.self()) {
            judge(port.self(), request, good -> {
                boolean waits = admit(good, true, alone);
                if (waits && !alone) {
                    batches.note(good);
                }
            });
            return;
        }
        Waiting known = waiting.get(Reference.to(request));
        if (known != null) {
            relay(List.of(known.request));
        } else {
            admit(
                    Seal.sealed(configuration, List.of(request.bare()), certifier::sign)
                            .getFirst(),
                    true,
                    true);
        }
    }

    /** A request that a peer passes on. */
    void body(int from, Request request) {
        if (request.seal() == null) {
            port.blame(from, "requests are passed on under their clients' signatures");
        } else if (!waiting.containsKey(Reference.to(request)) && isOpen(request.id())) {
            judge(from, request, good -> admit(good, false, false));
        }
    }

    private void judge(int from, Request request, Consumer<Request> good) {
        if (sessions.isForGateways(request)) {
            signatures.judge(from, request, good);
        } else if (from != port.self()) {
            port.blame(from, "a confidential request does not travel by its signature");
        }
    }

    /** True where the request waits here now, and is not ordered yet. */
    private boolean admit(Request request, boolean own, boolean relay) {
        Reference reference = Reference.to(request);
        Waiting known = waiting.get(reference);
        if (known == null && isOpen(request.id()) && hasRoom(request)) {
            known = new Waiting(request, port.nowMicros());
            waiting.put(reference, known);
            Share share = shares.computeIfAbsent(request.id().client(), none -> new Share());
            share.count++;
            share.bytes += request.operation().length;
            bytes += request.operation().length;
            ready(known);
            gathered.run();
        }
        if (known != null) {
            known.own |= own;
            if (relay && !known.relayed) {
                known.relayed = true;
                relay(List.of(known.request));
            }
        }
        return known != null;
    }

    private boolean hasRoom(Request request) {
        Share share = shares.get(request.id().client());
        long all = (long) BATCHES_OF_ALL * port.limits().batchLengthMax();
        int length = request.operation().length;
        boolean hasShare = share == null
                || share.count < port.limits().pooledRequestsPerClient()
                        && share.bytes + length <= port.limits().pooledBytesPerClient();
        return hasShare && bytes + length <= all;
    }

    private boolean isOpen(RequestId id) {
        return sessions.standing(id) == AtomicBroadcast.Standing.OPEN;
    }

    private void relay(List<Request> requests) {
        HybridMessage.Bodies message = new HybridMessage.Bodies(requests);
        port.trust().all().without(port.self()).forEach(peer -> port.send(peer, message));
    }

    /** What waits too long is shown to all: perhaps the leader never got it. Clients' own patience begins later. */
    void check(long timeoutMicros) {
        List<Request> late = new ArrayList<>();
        long length = 0;
        for (Waiting one : waiting.values()) {
            boolean due = !one.relayed && port.nowMicros() - one.sinceMicros >= timeoutMicros / RELAY_DIVISOR;
            int cost = one.request.operation().length + Seal.LENGTH_MAX;
            if (due
                    && length + cost <= port.limits().batchLengthMax()
                    && late.size() < port.limits().batchCountMax()) {
                one.relayed = true;
                length += cost;
                late.add(one.request);
            }
        }
        if (!late.isEmpty()) {
            relay(late);
        }
    }

    /** What may have been lost is shown to all again. */
    void restartPatience() {
        waiting.values().forEach(one -> {
            one.relayed = false;
            one.sinceMicros = port.nowMicros();
            one.taken = false;
        });
        takeTurns();
    }

    /** Forgets turns of what does not wait any more. */
    private void takeTurns() {
        turns.clear();
        ready = 0;
        readyBytes = 0;
        for (Waiting one : waiting.values()) {
            if (!one.taken) {
                ready(one);
            }
        }
    }

    /** Who does not lead takes nothing out, so most turns may be of what was delivered. */
    private void prune() {
        if (ready > STALE_MIN && ready / 2 > waiting.size()) {
            takeTurns();
        }
    }

    private void ready(Waiting one) {
        turns.offer(one.request.id().client(), one);
        ready++;
        readyBytes += cost(one.request);
    }

    /** What waits elsewhere and was judged there waits here from now on. */
    void adopt(SignedRequests before) {
        before.waiting.values().forEach(one -> admit(one.request, one.own, false));
    }

    /** Takes out what the next slot is to hold, at most a batch. */
    List<Request> take() {
        List<Request> taken = new ArrayList<>();
        long length = 0;
        for (Waiting next = turns.peek();
                next != null && taken.size() < port.limits().batchCountMax();
                next = turns.peek()) {
            long cost = cost(next.request);
            if (!taken.isEmpty() && length + cost > port.limits().batchLengthMax()) {
                break;
            }
            turns.poll();
            ready--;
            readyBytes -= cost;
            if (waiting.containsKey(Reference.to(next.request)) && isOpen(next.request.id())) {
                length += cost;
                next.taken = true;
                taken.add(next.request);
            }
        }
        return taken;
    }

    private static long cost(Request request) {
        return request.operation().length + Seal.LENGTH_MAX;
    }

    boolean hasNext() {
        return turns.peek() != null;
    }

    /** How many wait for a slot, at most: some of them may be delivered. */
    int ready() {
        return ready;
    }

    /** Bytes that those take. */
    long readyBytes() {
        return readyBytes;
    }

    /** These were delivered. Tells how long the first of them that was known here had waited, in microseconds; 0 for none. */
    long delivered(List<Request> requests) {
        long waitedMicros = 0;
        for (Request request : requests) {
            Waiting one = waiting.remove(Reference.to(request));
            waitedMicros = waitedMicros == 0 && one != null ? port.nowMicros() - one.sinceMicros : waitedMicros;
            forget(one);
            batches.delivered(request);
        }
        prune();
        return waitedMicros;
    }

    /** Drops what can no longer be executed. */
    void sweep() {
        for (Iterator<Waiting> all = waiting.values().iterator(); all.hasNext(); ) {
            Waiting one = all.next();
            if (!isOpen(one.request.id())) {
                all.remove();
                forget(one);
            }
        }
        prune();
    }

    private void forget(@Nullable Waiting one) {
        if (one != null) {
            int client = one.request.id().client();
            Share share = shares.get(client);
            if (share != null && --share.count == 0) {
                shares.remove(client);
            } else if (share != null) {
                share.bytes -= one.request.operation().length;
            }
            bytes -= one.request.operation().length;
        }
    }

    /** Requests that came here from their clients. */
    List<Request> own() {
        List<Request> own = new ArrayList<>();
        for (Waiting one : waiting.values()) {
            if (one.own && isOpen(one.request.id())) {
                own.add(one.request.bare());
            }
        }
        return own;
    }

    /** Tells whether all requests of a batch are their clients'; what waits here was judged before. */
    void judge(Batch batch, Consumer<Boolean> then) {
        SealedRequests sealed = batch.sealed();
        if (!sealed.isSealed() || !sealed.requests().stream().allMatch(sessions::isForGateways)) {
            then.accept(false);
            return;
        }
        List<SealedRequests.Group> groups = unjudged(sealed);
        if (groups.isEmpty()) {
            then.accept(true);
        } else {
            port.compute(() -> groups.stream().allMatch(this::isSigned), then);
        }
    }

    /** The signatures on which these rest and that were not judged here. */
    private List<SealedRequests.Group> unjudged(SealedRequests sealed) {
        if (sealed.groups().stream().allMatch(batches::isKnown)) {
            return List.of();
        }
        List<Integer> unknown = new ArrayList<>();
        for (int place = 0; place < sealed.requests().size(); place++) {
            if (!isKnown(sealed.requests().get(place))) {
                unknown.add(place);
            }
        }
        return sealed.groupsOf(unknown);
    }

    private boolean isKnown(Request request) {
        Waiting known = waiting.get(Reference.to(request));
        Seal seal = request.seal();
        return known != null && seal != null && seal.equals(known.request.seal());
    }

    /** Computed elsewhere, so it looks at nothing that changes. */
    private boolean isSigned(SealedRequests.Group group) {
        return verifier.verify(group.first().client(), group.statement(configuration), group.signature());
    }
}
