package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/**
 * Requests that wait for ordering. A request is acceptable once somebody correct got it from its client or the client's
 * signature was judged here, and ripe once every correct replica will find it acceptable: a leader that proposes ripe
 * requests only is never left without votes, and no leader can have executed what no client sent or signed.
 */
final class RequestPool {
    /** A body usually comes from the client within this time of the HAVE of others; only then is it pulled. */
    private static final long PULL_AFTER_MICROS = 5_000;

    /** Then other holders are asked, one after the other; when all were asked, more slowly. */
    private static final long PULL_AGAIN_MICROS = 50_000;

    /**
     * Bodies asked for in one go. A replica that fell behind misses thousands whose clients' words wait in its sockets;
     * whoever asks for all of them falls behind further, and so do those who answer.
     */
    private static final int PULLS_MAX = 256;

    /** A client that repeats itself makes peers hear it again so often: each of its frames costs one for each of them. */
    private static final long CARRY_AGAIN_MICROS = 250_000;

    /** How many candidates are looked at to make room for one. */
    private static final int EVICTION_TRIES = 8;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final AtomicBroadcast.Sessions sessions;
    private final ClientSignatures signatures;
    private final Listener listener;
    private final Map<Reference, Candidate> candidates = new LinkedHashMap<>();

    /** Ripe and not ordered, in the order of ripening. */
    private final Set<Candidate> ripe = new LinkedHashSet<>();

    /** What this replica vouches for, the oldest first. */
    private final Set<Candidate> vouchedFor = new LinkedHashSet<>();

    /** Somebody correct vouches for them, but the body is missing. */
    private final Wanted wanted = new Wanted();

    /** By who made this replica keep them, and for which client. */
    private final Budgets budgets;

    private final Testimony testimony;
    private final Unjudged unjudged;

    /** Signed requests that clients gave to this replica alone, and that no peer has from here yet. */
    private List<Request> uncarried = new ArrayList<>();

    /** By peer, the clients for whose requests it vouched and of which more was named than is kept. */
    private final Map<Integer, BitSet> forgotten = new TreeMap<>();

    private boolean pulling;
    private long ordered;

    /** Who hears of changes. */
    interface Listener {
        /** A waiting slot got a body. */
        void filled(Slot slot);

        /** A waiting slot has one entry less that is not acceptable. */
        void accepted(Slot slot);

        void ripened(Candidate candidate);

        /** One that this replica vouched for was ordered; it knew for so long that everybody does, or might. */
        void ordered(long waitMicros);

        /** There is something to say at the end of this turn. */
        void gathered();
    }

    RequestPool(
            Port<Message, AtomicBroadcast.Event> port,
            AtomicBroadcast.Sessions sessions,
            ClientSignatures signatures,
            Listener listener) {
        this.port = port;
        this.sessions = sessions;
        this.signatures = signatures;
        this.listener = listener;
        this.budgets = new Budgets(port.self(), port.trust().size(), port.limits());
        this.testimony = new Testimony(port, candidate -> candidates.get(candidate.reference) == candidate);
        this.unjudged = new Unjudged(
                port,
                request -> signatures.judge(port.self(), request, good -> signed(port.self(), good)),
                listener::gathered);
    }

    int size() {
        return candidates.size();
    }

    Set<Candidate> ripe() {
        return ripe;
    }

    /** How many requests were ordered in all. */
    long ordered() {
        return ordered;
    }

    /**
     * A request in its client's own session here.
     *
     * @param judged whether a signature is to be judged besides, soon or later, as it makes the request ripe
     */
    void submit(Request request, boolean judged) {
        Candidate candidate = isOpen(request.id()) ? keep(request, port.self()) : null;
        if (candidate != null) {
            candidate.ownSession = true;
            give(candidate, request);
            review(candidate);
            Seal seal = request.seal();
            if (judged && seal != null && !candidate.ripe) {
                unjudged.add(candidate, seal);
                listener.gathered();
            }
        }
    }

    /** The end of a leader's turn: what is being judged comes first, and then what clients showed to it alone. */
    void takeUp(boolean idle, long decided) {
        if (!signatures.isBusy()) {
            unjudged.takeUp(idle, decided);
        }
    }

    /** A signed request that its client gave to this replica alone: the others get it from here once it is judged. */
    void carry(Request request) {
        signatures.judge(port.self(), request, good -> {
            Candidate candidate = signed(port.self(), good);
            if (candidate != null && port.nowMicros() - candidate.carriedMicros >= CARRY_AGAIN_MICROS) {
                candidate.carriedMicros = port.nowMicros();
                uncarried.add(good);
                listener.gathered();
            }
        });
    }

    /** The signature is good, so the client made the request, whoever brought it. */
    private @Nullable Candidate signed(int from, Request request) {
        Candidate candidate = isOpen(request.id()) ? keep(request, from) : candidates.get(Reference.to(request));
        if (candidate != null) {
            candidate.seal = request.seal();
            give(candidate, request);
            review(candidate);
        }
        return candidate;
    }

    /** A peer holds the request and vouches for it. */
    void vouched(int from, Reference reference) {
        Candidate candidate = candidates.get(reference);
        if ((candidate == null || candidate.budget == null) && isOpen(reference.id())) {
            // One that a proposal named only is forgotten with its epoch, but HAVE is not said again.
            Candidate kept = keep(reference, from);
            candidate = kept == null ? candidate : kept;
        }
        if (candidate != null && !candidate.holders.contains(from)) {
            candidate.holders = candidate.holders.with(from);
            if (candidate.pulls > 0) {
                // Here is somebody else to ask.
                candidate.pulls = 0;
                wanted.move(candidate, port.nowMicros(), PULL_AFTER_MICROS);
            }
            review(candidate);
        }
    }

    /** A body that a peer sent. Only what somebody correct vouches for, a proposal names or its client signed is taken. */
    void body(int from, Request request) {
        if (request.id().client() == from) {
            submitted(from, request);
            return;
        }
        Candidate candidate = candidates.get(Reference.to(request));
        if (candidate != null && candidate.body == null) {
            give(candidate, request);
            review(candidate);
        }
        if (request.seal() != null && isOpen(request.id()) && (candidate == null || !candidate.ripe)) {
            judge(from, request);
        }
    }

    private void judge(int from, Request request) {
        if (sessions.isForGateways(request)) {
            signatures.judge(from, request, good -> signed(from, good));
        } else {
            // A signature does not say that a ciphertext is valid: each replica takes these from their clients alone.
            port.blame(from, "a confidential request does not travel by its signature");
        }
    }

    /** The client is the gateway of the peer, so the link to the peer is its session. */
    private void submitted(int from, Request request) {
        if (!sessions.isForGateways(request)) {
            port.blame(from, "a gateway asks only for what it may");
            return;
        }
        Candidate candidate = isOpen(request.id()) ? keep(request, from) : null;
        if (candidate != null) {
            candidate.ownSession = true;
            give(candidate, request);
            review(candidate);
        }
    }

    /** The candidate of an entry of a proposal, kept whatever it is; the slot hears of its progress. */
    Candidate require(int leader, Entry entry, Slot slot) {
        Candidate candidate = candidates.computeIfAbsent(entry.reference(), Candidate::new);
        candidate.proposers = candidate.proposers.with(leader);
        candidate.settled = sessions.standing(entry.reference().id()) == AtomicBroadcast.Standing.EXECUTED;
        if (entry.body() != null) {
            give(candidate, entry.body());
        }
        review(candidate);
        if (candidate.body == null) {
            want(candidate);
        }
        Request body = entry.body();
        if (!candidate.acceptable && body != null && body.seal() != null) {
            candidate.shown = true;
            judge(leader, body);
        }
        // A known signature made it acceptable just now, before the slot counts.
        if (!candidate.acceptable) {
            candidate.waiting.add(slot);
        }
        return candidate;
    }

    /** Whether the peer may have vouched for a request of this client without a trace here. */
    boolean hasForgotten(int peer, int client) {
        return forgotten.containsKey(peer) && forgotten.get(peer).get(client);
    }

    private void noteForgotten(ReplicaSet peers, int client) {
        peers.forEach(
                peer -> forgotten.computeIfAbsent(peer, first -> new BitSet()).set(client));
    }

    /** The body, if it is held. */
    @Nullable
    Request body(Reference reference) {
        Candidate candidate = candidates.get(reference);
        return candidate == null ? null : candidate.body;
    }

    /** The body under the client's signature, if that was judged here. */
    @Nullable
    Request sealedBody(Reference reference) {
        Candidate candidate = candidates.get(reference);
        return candidate == null || candidate.seal == null ? null : candidate.sealedBody();
    }

    /** What this replica can vouch for: open requests of which it holds the body, and that somebody correct got. */
    SortedMap<Collect.Waiting, Request> backlog() {
        SortedMap<Collect.Waiting, Request> backlog = new TreeMap<>();
        for (Candidate candidate : candidates.values()) {
            Request body = candidate.body;
            if (body != null && waits(candidate)) {
                backlog.put(Collect.Waiting.of(candidate.reference, body), body);
            }
        }
        return backlog;
    }

    /** Bodies of open requests that came in their clients' own sessions here; other replicas' gateways have theirs. */
    List<Request> own() {
        List<Request> own = new ArrayList<>();
        for (Candidate candidate : candidates.values()) {
            Request body = candidate.body;
            boolean ofPeer = candidate.reference.id().client() < ReplicaSet.SIZE_MAX
                    && candidate.reference.id().client() != port.self();
            if (body != null && candidate.ownSession && !ofPeer && isOpen(candidate.reference.id())) {
                own.add(body);
            }
        }
        return own;
    }

    /** Whether there is anything of it. */
    boolean holdsBacklog() {
        return candidates.values().stream().anyMatch(this::waits);
    }

    private boolean waits(Candidate candidate) {
        return candidate.body != null && candidate.vouched && isOpen(candidate.reference.id());
    }

    /** These were delivered and executed: they leave the pool. */
    void delivered(List<Entry> entries) {
        for (Entry entry : entries) {
            ordered++;
            Candidate candidate = candidates.remove(entry.reference());
            if (candidate != null) {
                if (entry.body() != null) {
                    give(candidate, entry.body());
                }
                candidate.settled = true;
                if (candidate.holders.contains(port.self())) {
                    listener.ordered(waitMicros(candidate));
                }
                forget(candidate);
            }
        }
    }

    /** Where others were never told, as it was ordered soon, one client's word does not count for more than that. */
    private long waitMicros(Candidate candidate) {
        return candidate.ripe
                ? port.nowMicros() - candidate.ripeSinceMicros
                : Math.min(
                        Testimony.OTHERS_AFTER_MICROS,
                        candidate.saidMicros == 0 ? 0 : port.nowMicros() - candidate.saidMicros);
    }

    /** Drops what can no longer be executed; a slot that waits for it may go on. */
    void sweep() {
        for (Iterator<Candidate> all = candidates.values().iterator(); all.hasNext(); ) {
            Candidate candidate = all.next();
            if (candidate.waiting.isEmpty() && !isOpen(candidate.reference.id())) {
                all.remove();
                forget(candidate);
            }
        }
    }

    /** A new epoch: its leader has been shown nothing, and gets the full time. */
    void restartPatience() {
        unjudged.clear();
        long ahead = 0;
        for (Candidate candidate : ripe) {
            candidate.relayedMicros = 0;
            candidate.aheadWhenRipe = ahead++;
            candidate.orderedWhenRipe = ordered;
        }
        for (Iterator<Candidate> all = candidates.values().iterator(); all.hasNext(); ) {
            Candidate candidate = all.next();
            candidate.proposed = false;
            candidate.waiting.clear();
            candidate.ripeSinceMicros = candidate.ripe ? port.nowMicros() : 0;
            if (candidate.budget == null && !candidate.vouched) {
                // Only the last leader spoke of it.
                all.remove();
                forget(candidate);
            }
        }
    }

    /**
     * The end of a turn: bodies that only this replica has go out, and after them word of what it vouches for.
     *
     * @param leader who hears of it at once, or {@link Testimony#ALL}
     */
    void flush(int leader) {
        relay();
        testimony.flush(leader);
    }

    /** All peers hear of all that this replica vouches for, before it says something that rests on it. */
    void tellAll() {
        testimony.tellAll();
    }

    private void relay() {
        List<Request> rest = uncarried;
        uncarried = new ArrayList<>();
        while (!rest.isEmpty()) {
            long length = 0;
            int count = 0;
            while (count < Math.min(rest.size(), port.limits().batchCountMax())) {
                length += Entry.cost(rest.get(count).operation().length);
                if (count > 0 && length > port.limits().batchLengthMax()) {
                    break;
                }
                count++;
            }
            Message.Bodies batch = new Message.Bodies(List.copyOf(rest.subList(0, count)));
            port.trust().all().without(port.self()).forEach(peer -> port.send(peer, batch));
            rest = rest.subList(count, rest.size());
        }
    }

    /** The requests that this replica vouched for, the oldest first: a peer that was away may lack its HAVE. */
    List<Reference> vouchedFor() {
        return vouchedFor.stream().map(candidate -> candidate.reference).toList();
    }

    private boolean isOpen(RequestId id) {
        return sessions.standing(id) == AtomicBroadcast.Standing.OPEN;
    }

    private boolean isVouched(Candidate candidate) {
        return candidate.ownSession || candidate.seal != null || port.trust().isKernel(candidate.holders);
    }

    /** Everybody correct will hear of it from enough of those that hold it, or by the signature. */
    private boolean isConvincing(Candidate candidate) {
        return candidate.seal != null || port.trust().isQuorum(candidate.holders);
    }

    private void review(Candidate candidate) {
        candidate.vouched |= isVouched(candidate);
        if (!candidate.acceptable && candidate.body != null && (candidate.vouched || candidate.settled)) {
            candidate.acceptable = true;
            for (Slot slot : List.copyOf(candidate.waiting)) {
                slot.unacceptable--;
                listener.accepted(slot);
            }
            candidate.waiting.clear();
        }
        if (candidate.body == null && candidate.vouched) {
            want(candidate);
        }
        // Not for what was executed only: HAVE says that the request came from its client.
        if (candidate.body != null && candidate.vouched && !candidate.holders.contains(port.self())) {
            candidate.holders = candidate.holders.with(port.self());
            vouchedFor.add(candidate);
            testimony.add(candidate);
            listener.gathered();
        }
        if (!candidate.ripe && candidate.body != null && isConvincing(candidate)) {
            ripen(candidate);
        }
    }

    private void ripen(Candidate candidate) {
        candidate.ripe = true;
        unjudged.remove(candidate);
        if (candidate.ripeSinceMicros == 0) {
            // Else it was ripe before a link broke: whoever breaks links gives a leader no more time.
            candidate.ripeSinceMicros = port.nowMicros();
            candidate.aheadWhenRipe = ripe.size();
            candidate.orderedWhenRipe = ordered;
        }
        ripe.add(candidate);
        listener.ripened(candidate);
    }

    private void give(Candidate candidate, Request body) {
        if (candidate.body == null) {
            candidate.body = body.bare();
            budgets.filled(candidate);
            wanted.remove(candidate);
            for (Slot slot : List.copyOf(candidate.waiting)) {
                slot.bodiless--;
                listener.filled(slot);
            }
        }
    }

    private void forget(Candidate candidate) {
        if (!candidate.waiting.isEmpty()) {
            review(candidate); // a slot may go on; what else comes of it ends below
        }
        ripe.remove(candidate);
        unjudged.remove(candidate);
        vouchedFor.remove(candidate);
        wanted.remove(candidate);
        budgets.release(candidate);
    }

    /** The candidate of a request whose body somebody brings; null when there is no room for it. */
    private @Nullable Candidate keep(Request request, int creator) {
        Reference reference = Reference.to(request);
        Candidate known = candidates.get(reference);
        boolean held = known != null && known.body != null;
        return held || budgets.hasRoom(creator, request) ? keep(reference, creator) : null;
    }

    /** Finds or makes the candidate within the budget of who asks for it; null when there is no place. */
    private @Nullable Candidate keep(Reference reference, int creator) {
        Candidate candidate = candidates.get(reference);
        Budgets.Budget budget = budgets.of(creator, reference.id().client());
        boolean counts = candidate != null && candidate.budget != null;
        if (candidate != null && counts && (creator != port.self() || candidate.budget == budget)) {
            return candidate;
        }
        if (!budgets.hasPlace(budget) || !budgets.hasPlace(creator)) {
            if (!evict(budget)) {
                noteForgotten(ReplicaSet.of(creator), reference.id().client());
                return null;
            }
        }
        if (candidate == null) {
            candidate = new Candidate(reference);
            candidates.put(reference, candidate);
        }
        budgets.move(candidate, budget);
        return candidate;
    }

    /** Drops an old request that is not about to be ordered: its client may send it again. */
    private boolean evict(Budgets.Budget budget) {
        int tries = 0;
        for (Candidate old : budget.kept()) {
            if (!old.ripe && !old.reserved && old.waiting.isEmpty()) {
                candidates.remove(old.reference);
                noteForgotten(old.holders, old.reference.id().client());
                forget(old);
                return true;
            }
            if (++tries == EVICTION_TRIES) {
                break;
            }
        }
        return false;
    }

    private void want(Candidate candidate) {
        if (wanted.add(candidate, port.nowMicros(), PULL_AFTER_MICROS) && !pulling) {
            pulling = true;
            port.wake(PULL_AFTER_MICROS, this::pull);
        }
    }

    /**
     * The link is up again. Questions and answers may be lost. And so may be what the peer held: if it does hold it still, it
     * says so when it is asked where it stands. Until then its word makes nothing ripe, or those whom it told would wait for
     * ever for the leaders of those whom it did not.
     */
    void connected(int peer) {
        wanted.restart(port.nowMicros());
        for (Candidate candidate : candidates.values()) {
            candidate.holders = candidate.holders.without(peer);
            if (candidate.ripe && !isConvincing(candidate)) {
                candidate.ripe = false;
                ripe.remove(candidate);
            }
        }
    }

    /** Asks for what is due, as far as it is worth it. */
    private void pull() {
        pulling = false;
        Map<Integer, List<Reference>> asked = new TreeMap<>();
        long now = port.nowMicros();
        Candidate candidate = wanted.due(now);
        for (int asks = 0; candidate != null && asks < PULLS_MAX; asks++) {
            List<Integer> holders = candidate
                    .holders
                    .union(candidate.proposers)
                    .without(port.self())
                    .toList();
            if (!holders.isEmpty()) {
                asked.computeIfAbsent(holders.get(candidate.pulls % holders.size()), holder -> new ArrayList<>())
                        .add(candidate.reference);
            }
            wanted.move(candidate, now, pullAgainMicros(candidate, Math.max(1, holders.size())));
            candidate.pulls += holders.isEmpty() ? 0 : 1;
            candidate = wanted.due(now);
        }
        asked.forEach((holder, list) -> port.send(holder, new Message.Want(List.copyOf(list))));
        if (!wanted.isEmpty()) {
            pulling = true;
            port.wake(PULL_AFTER_MICROS, this::pull);
        }
    }

    private long pullAgainMicros(Candidate candidate, int holders) {
        return Backoff.micros(
                PULL_AGAIN_MICROS, candidate.pulls, holders, port.limits().slotTimeoutMicrosMax());
    }
}
