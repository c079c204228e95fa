package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;

/**
 * STATUS: an acknowledgement of a link dies with the receiver's memory, so replicas tell each other where they stand
 * and send again, from their state, what the other lacks. Messages may therefore be dropped for any reason.
 */
final class Repair {
    /** STATUS goes out after this long without progress, while something waits; more seldom to who does not answer. */
    private static final long QUIET_MICROS = 1_000_000;

    /** A peer gets an answer this often: an answer costs more than a question. */
    private static final long ANSWER_AGAIN_MICROS = 5_000;

    /** After about a batch of proposals, this long until the next: what a peer does not read yet has to be kept for it. */
    private static final long REPEAT_ON_MICROS = 50_000;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final Situation situation;
    private final Slots slots;
    private final Log log;
    private final FastPath fastPath;
    private final Suspicion suspicion;
    private final Recovery recovery;
    private final RequestPool pool;
    private final Runnable overtaken;

    private final Peer[] peers;
    private long saidMicros;
    private long saidDelivered = -1;
    private long known;

    /** What a peer said last, and when it was answered. */
    private static final class Peer {
        Message.@Nullable Status status;
        /** When it is answered again: the longer the last answer was, the later. */
        long answerAgainMicros;

        boolean waits;

        /** The slot up to which proposals were repeated, if more are to come; 0: none. */
        long repeated;

        /** Questions without an answer, and when it may be asked the next one. */
        int unanswered;

        long askedMicros;
        long askMicros;
    }

    /** @param overtaken called when a kernel is in a later epoch */
    Repair(
            Port<Message, AtomicBroadcast.Event> port,
            Situation situation,
            Slots slots,
            Log log,
            FastPath fastPath,
            Suspicion suspicion,
            Recovery recovery,
            RequestPool pool,
            Runnable overtaken) {
        this.port = port;
        this.situation = situation;
        this.slots = slots;
        this.log = log;
        this.fastPath = fastPath;
        this.suspicion = suspicion;
        this.recovery = recovery;
        this.pool = pool;
        this.overtaken = overtaken;
        this.peers = new Peer[port.trust().size()];
        for (int i = 0; i < peers.length; i++) {
            peers[i] = new Peer();
        }
    }

    /** The highest slot that a kernel claims to have delivered. */
    long known() {
        return known;
    }

    /** Tells all peers. */
    void announce() {
        saidMicros = port.nowMicros();
        saidDelivered = situation.delivered;
        for (int peer : port.trust().all().without(port.self()).toList()) {
            tell(peer, true);
        }
    }

    void tell(int peer, boolean reply) {
        port.send(peer, new Message.Status(situation.epoch, situation.delivered, situation.stableSlot(), reply));
    }

    /** Something waits. Peers are asked when there is no progress, or when this replica caught up with their answers. */
    void check() {
        boolean quiet = port.nowMicros() - saidMicros >= QUIET_MICROS;
        if (quiet && situation.delivered == saidDelivered) {
            saidMicros = port.nowMicros();
            port.trust().all().without(port.self()).forEach(this::askInTurn);
        } else if (quiet) {
            saidMicros = port.nowMicros();
            saidDelivered = situation.delivered;
        }
    }

    private void askInTurn(int to) {
        Peer peer = peers[to];
        if (peer.askMicros <= port.nowMicros()) {
            peer.askedMicros = port.nowMicros();
            peer.askMicros = peer.askedMicros
                    + Backoff.micros(
                            QUIET_MICROS, peer.unanswered, 1, port.limits().slotTimeoutMicrosMax());
            peer.unanswered++;
            tell(to, true);
        }
    }

    /** The link is up again: what was under way on it, questions and answers, may be lost. */
    void connected(int to) {
        peers[to].unanswered = 0;
        peers[to].askMicros = 0;
        peers[to].repeated = Math.min(peers[to].repeated, 1); // goes on from where the peer stands
        tell(to, true);
    }

    private void answered(Peer peer) {
        boolean prompt = port.nowMicros() - peer.askedMicros < QUIET_MICROS;
        // A late answer belongs to one of several questions that are under way; more of them would only make it later.
        peer.unanswered = prompt ? 0 : Math.max(0, peer.unanswered - 1);
        peer.askMicros = prompt ? 0 : peer.askMicros;
    }

    /** After progress: fetches the next outcomes as soon as the last ones are used up. */
    void advanced() {
        if (known > situation.delivered && situation.delivered - saidDelivered >= MessageCodec.OUTCOMES_MAX / 2) {
            announce();
        }
    }

    void status(int from, Message.Status status) {
        Peer peer = peers[from];
        peer.status = status;
        if (!status.reply()) {
            answered(peer);
        }
        learn();
        long rest = peer.answerAgainMicros - port.nowMicros();
        if (rest <= 0) {
            answer(from, status);
        } else if (!peer.waits) {
            peer.waits = true;
            port.wake(rest, () -> {
                peer.waits = false;
                answer(from, Invariant.present(peer.status, "a peer that waits has said something"));
            });
        }
    }

    private void answer(int from, Message.Status status) {
        if (status.reply()) {
            tell(from, false);
        }
        StableCheckpoint stable = situation.stable;
        if (stable != null && status.stable() < stable.claim().slot()) {
            // It needs the state, or only the signatures: then it has a state that others may need.
            port.send(from, new Message.Forgotten(stable));
        }
        if (status.delivered() + 1 >= slots.bottom()) {
            List<Outcome> outcomes = log.outcomesFrom(status.delivered() + 1);
            if (!outcomes.isEmpty()) {
                port.send(from, new Message.Decided(outcomes));
            }
        }
        long epoch = status.epoch().number();
        if (epoch < situation.epoch.number()) {
            recovery.help(from, epoch);
        } else if (epoch == situation.epoch.number()) {
            repeat(from, status.delivered());
            if (suspicion.suspected()) {
                port.send(from, new Message.Suspect(epoch));
            }
            recovery.help(from, epoch);
        }
        List<Reference> vouched = pool.vouchedFor();
        peers[from].answerAgainMicros = port.nowMicros() + ANSWER_AGAIN_MICROS;
        for (int at = 0; at < vouched.size(); at += MessageCodec.REFERENCES_MAX) {
            int end = Math.min(vouched.size(), at + MessageCodec.REFERENCES_MAX);
            port.send(from, new Message.Have(vouched.subList(at, end)));
            peers[from].answerAgainMicros += ANSWER_AGAIN_MICROS;
        }
    }

    /** Goes on by itself, as the peer says nothing new while it makes progress. */
    private void repeat(int to, long above) {
        Peer peer = peers[to];
        if (peer.repeated > 0) {
            return;
        }
        peer.repeated = fastPath.repeat(to, above);
        if (peer.repeated > 0) {
            long epoch = situation.epoch.number();
            port.wake(REPEAT_ON_MICROS, () -> {
                long from = epoch == situation.epoch.number() ? peer.repeated : 0; // another epoch has other proposals
                peer.repeated = 0;
                Message.Status status = Invariant.present(peer.status, "a peer that is answered has said something");
                if (status.epoch().number() == situation.epoch.number()) {
                    repeat(to, Math.max(from, status.delivered()));
                }
            });
        }
    }

    /** What a kernel says is true: the highest slot, a later epoch. */
    private void learn() {
        List<Message.Status> latestFirst = new ArrayList<>();
        for (Peer peer : peers) {
            if (peer.status != null) {
                latestFirst.add(peer.status);
            }
        }
        latestFirst.sort(Comparator.comparingLong(Message.Status::delivered).reversed());
        for (Message.Status status : latestFirst) {
            if (port.trust().isKernel(saying(other -> other.delivered() >= status.delivered()))) {
                known = Math.max(known, status.delivered());
                break;
            }
        }
        if (port.trust().isKernel(saying(other -> other.epoch().number() > situation.epoch.number()))) {
            overtaken.run();
        }
    }

    private ReplicaSet saying(Predicate<Message.Status> statement) {
        ReplicaSet set = ReplicaSet.EMPTY;
        for (int i = 0; i < peers.length; i++) {
            Message.Status status = peers[i].status;
            if (status != null && statement.test(status)) {
                set = set.with(i);
            }
        }
        return set;
    }

    /** The highest epoch among the reports of a quorum of others; -1 while there is none. */
    long highestEpochOfQuorum() {
        if (!port.trust().isQuorum(saying(status -> true))) {
            return -1;
        }
        long highest = 0;
        for (Peer peer : peers) {
            highest = peer.status == null
                    ? highest
                    : Math.max(highest, peer.status.epoch().number());
        }
        return highest;
    }
}
