package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * Total order in which the content of a confidential request is secret until the request has its place, so that nobody
 * can send something that depends on it before it.
 *
 * <p>Stands on both sides of the ordering. Before it, a ciphertext must prove that it was made for this very request:
 * what is copied from another client, or altered, no correct replica takes from a client. Behind it, decided slots wait
 * until all that they hide is read, and come out in slot order with the content in the place of the ciphertext, the same
 * at all correct replicas. How far slots may wait is bounded by the vote window: checkpoints wait with them.
 */
final class SecureCausalOrder {
    private final Port<?, ?> port;
    private final Genesis genesis;
    private final AtomicBroadcast.Sessions sessions;
    private final Listener listener;
    private final CiphertextCheck check;
    private final Disclosure disclosure;

    /** Decisions above the stable checkpoint, to be executed again should the own state prove wrong. */
    private final SortedMap<Long, Decision> decided = new TreeMap<>();

    /** What such slots hide: by slot, then by place in it. */
    private final SortedMap<Long, SortedMap<Integer, SealedRequest>> hidden = new TreeMap<>();

    /** Requests of slots that wait: to order them again is of no use. */
    private final SortedSet<RequestId> waiting = new TreeSet<>();

    /** Who hears of it. */
    interface Listener {
        /** The request may be ordered. */
        void admitted(Request request);

        void refused(Request request, String reason);

        /** Another slot may have become readable. */
        void read();

        /** Something waits for long: peers may have left it behind. */
        void stalled();
    }

    /** @param sessions what was executed */
    SecureCausalOrder(
            Port<?, ?> port, Genesis genesis, KeyUses uses, AtomicBroadcast.Sessions sessions, Listener listener) {
        this.port = port;
        this.genesis = genesis;
        this.sessions = sessions;
        this.listener = listener;
        this.check = new CiphertextCheck(port, genesis.cipher().cipher());
        this.disclosure = port.<Disclosure.Message, Disclosure.Event, Disclosure>nest(
                "disclose", Path.NO_INDEX, child -> new Disclosure(child, uses.cipher(), check), event -> {
                    switch (event) {
                        case Disclosure.Disclosed disclosed -> listener.read();
                        case Disclosure.Stalled stalled -> listener.stalled();
                    }
                });
    }

    /**
     * Whether a gateway may ask for this. What it sees it cannot keep from its replica, so only clients with sessions of
     * their own send confidential requests.
     */
    static boolean isForGateways(Request request) {
        return !ConfidentialCall.isOperation(request.operation());
    }

    private @Nullable SealedRequest sealed(Request request) {
        return SealedRequest.of(request, genesis, port.limits());
    }

    /** Whether a slot with it is decided and waits to be read: its answer comes. */
    boolean isWaiting(RequestId id) {
        return waiting.contains(id);
    }

    /** A request of a client in its own session, or of the own gateway: admitted or refused, now or later. */
    void submit(Request request) {
        if (waiting.contains(request.id())) {
            return; // its answer comes
        }
        if (isForGateways(request)) {
            listener.admitted(request);
        } else if (request.id().client() < ReplicaSet.SIZE_MAX) {
            listener.refused(request, "a gateway encrypts nothing");
        } else if (!check.hasRoom(request.id().client())) {
            listener.refused(request, "too many confidential requests wait, or one was not valid lately");
        } else {
            admit(request);
        }
    }

    private void admit(Request request) {
        SealedRequest one = sealed(request);
        if (one == null) {
            listener.refused(request, "no confidential call for a service that the group runs");
            return;
        }
        check.check(one, valid -> {
            if (valid) {
                listener.admitted(request);
            } else {
                listener.refused(request, "the ciphertext was not made for this request");
            }
        });
    }

    /** The key to which clients encrypt has another epoch, or this replica's shares of it have come. */
    void renewed() {
        disclosure.renewed();
    }

    /**
     * The log holds another slot.
     *
     * @param certain whether it is sure to be executed; of others nothing is opened before they are asked for
     */
    void decided(Decision decision, boolean certain) {
        decided.put(decision.slot(), decision);
        SortedMap<Integer, SealedRequest> inside = new TreeMap<>();
        for (int place = 0; place < decision.requests().size(); place++) {
            Request request = decision.requests().get(place);
            SealedRequest one = sealed(request);
            if (one != null) {
                inside.put(place, one);
                if (certain) {
                    disclose(request);
                }
            }
        }
        if (!inside.isEmpty()) {
            hidden.put(decision.slot(), inside);
        }
        if (!inside.isEmpty() || !waiting.isEmpty()) {
            decision.requests().forEach(request -> waiting.add(request.id()));
        }
    }

    /** Releases this replica's share of what the log holds. */
    private void disclose(Request request) {
        SealedRequest one = sealed(request);
        if (one != null && sessions.standing(one.id()) != AtomicBroadcast.Standing.EXECUTED) {
            disclosure.ordered(one);
        }
    }

    /**
     * The slot as it is to be executed, or null while it is not decided or not read. Nothing below it waits any more, so
     * what was executed before is known.
     */
    @Nullable
    Decision readable(long slot) {
        Decision decision = decided.get(slot);
        SortedMap<Integer, SealedRequest> inside = hidden.get(slot);
        if (decision == null || inside == null) {
            served(decision);
            return decision;
        }
        List<Request> requests = new ArrayList<>(decision.requests());
        for (var entry : inside.entrySet()) {
            SealedRequest one = entry.getValue();
            // What was executed before is skipped, whatever it says.
            if (sessions.standing(one.id()) != AtomicBroadcast.Standing.EXECUTED) {
                Disclosure.Content content = disclosure.content(one.digest());
                if (content == null) {
                    // It may have been forgotten with an earlier slot, where its turn had not come.
                    disclosure.ordered(one);
                    return null;
                }
                requests.set(entry.getKey(), one.opened(content, port.limits()));
            }
        }
        served(decision);
        return decision.with(requests);
    }

    private void served(@Nullable Decision decision) {
        if (decision != null && !waiting.isEmpty()) {
            decision.requests().forEach(request -> waiting.remove(request.id()));
        }
    }

    /**
     * A stable checkpoint covers these slots: whoever lacks them fetches the state. What stands in a later slot, too, may have
     * been executed here in that one, and peers that have not come so far need shares of it.
     */
    void forgetUpTo(long slot) {
        SortedSet<Digest> covered = digests(hidden.headMap(slot + 1));
        hidden.headMap(slot + 1).clear();
        covered.removeAll(digests(hidden));
        covered.forEach(disclosure::forget);
        decided.headMap(slot + 1).values().forEach(this::served);
        decided.headMap(slot + 1).clear();
    }

    private static SortedSet<Digest> digests(SortedMap<Long, SortedMap<Integer, SealedRequest>> slots) {
        SortedSet<Digest> digests = new TreeSet<>();
        slots.values().forEach(inside -> inside.values().forEach(one -> digests.add(one.digest())));
        return digests;
    }
}
