package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/**
 * The three steps without signatures under a leader: PROPOSE, WRITE, ACCEPT. Line numbers are those of the table in
 * the design.
 */
final class FastPath {
    /**
     * A leader with slots in flight opens another when this much waits, or this long after the last one: each slot
     * costs every replica two rounds of votes, whatever it holds.
     */
    private static final int WORTH_A_SLOT_COUNT = 64;

    private static final int WORTH_A_SLOT_BYTES = 64 << 10;
    private static final long SPACING_MICROS = 2_000;

    /** Above this a reference is cheaper than a body, which the client gave to everybody anyway. */
    private static final int EMBEDDED_OPERATION_MAX = 256;

    /** How far proposals may run ahead of what is decided here, in pipelines: bounds the memory that a leader takes. */
    private static final int PIPELINES_AHEAD = 4;

    /**
     * Full batches delivered above the stable checkpoint with which a leader waits for the next checkpoint, and with which
     * others do not vote for more, whoever leads: what is delivered stays in memory until then. A leader stops earlier, as it
     * may know of a checkpoint before others do.
     */
    private static final int KEPT_BATCHES_OF_LEADER = 32;

    private static final int KEPT_BATCHES_MAX = 48;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final AtomicBroadcast.Sessions sessions;
    private final Digest configuration;
    private final Situation situation;
    private final Slots slots;
    private final RequestPool pool;
    private final Log log;
    private final Suspicion suspicion;
    private final FairQueue queue = new FairQueue();

    private long nextSlot = 1;
    private long fillTo;
    private long proposedMicros;
    private boolean pacing;

    FastPath(
            Port<Message, AtomicBroadcast.Event> port,
            AtomicBroadcast.Sessions sessions,
            Digest configuration,
            Situation situation,
            Slots slots,
            RequestPool pool,
            Log log,
            Suspicion suspicion) {
        this.port = port;
        this.sessions = sessions;
        this.configuration = configuration;
        this.situation = situation;
        this.slots = slots;
        this.pool = pool;
        this.log = log;
        this.suspicion = suspicion;
    }

    /** A new epoch: votes start from nothing, its leader takes up all that is ripe. */
    void begin() {
        for (long number = slots.bottom(); number <= slots.top(); number++) {
            Slot slot = slots.find(number);
            // A slot of this epoch may be decided already, as peers said, but own votes in it were for an earlier one.
            if (slot != null && (slot.outcome == null || number >= situation.epoch.start())) {
                slot.clearVotes();
            }
        }
        pool.restartPatience();
        pool.tellAll();
        queue.clear();
        nextSlot = situation.epoch.start();
        if (!situation.epoch.isLeaderless() && situation.epoch.leader() == port.self()) {
            pool.ripe().forEach(queue::add);
        }
    }

    /** The journal is read: a leader that comes back goes on above all that it may have proposed. */
    void resume() {
        for (long number = slots.bottom(); number <= slots.top(); number++) {
            Slot slot = slots.find(number);
            if (slot != null && slot.first != null) {
                nextSlot = Math.max(nextSlot, number + 1);
                suspicion.started(slot);
            }
        }
    }

    void ripened(Candidate candidate) {
        if (situation.leads(port.self())) {
            queue.add(candidate);
        }
    }

    /** Slots up to this one are wanted, empty ones if need be. */
    void fill(long slot) {
        fillTo = Math.max(fillTo, slot);
    }

    /** Step 1, by the leader: a batch of what gathered. */
    void propose() {
        nextSlot = Math.max(nextSlot, situation.decided + 1);
        // The time of the last slot of the epoch before must be known, or this leader's time might go back.
        while (situation.leads(port.self())
                && situation.delivered >= situation.epoch.start() - 1
                && nextSlot <= situation.decided + port.limits().pipeline()
                && situation.isOpen(nextSlot)
                && (worthASlot() || nextSlot <= fillTo)) {
            // An empty slot costs nothing, and may be what the next checkpoint waits for.
            List<Entry> entries = keeps(KEPT_BATCHES_OF_LEADER) ? List.of() : takeBatch();
            if (entries.isEmpty() && nextSlot > fillTo) {
                break;
            }
            long timeMicros = Math.max(port.nowMicros(), timeBefore(nextSlot));
            proposedMicros = port.nowMicros();
            port.sendAll(new Message.Propose(
                    Proposal.of(configuration, situation.epoch.number(), nextSlot, timeMicros, entries)));
            nextSlot++;
        }
        if (situation.leads(port.self())) {
            // Where nothing is under way, judging a signature is quicker than waiting for peers. Else it can wait: most
            // requests ripen by what peers say, and those that few were shown would take the room of the others.
            pool.takeUp(nextSlot <= situation.decided + 1 && queue.size() == 0, situation.decided);
        }
    }

    private boolean keeps(int batches) {
        return slots.deliveredBytes() >= (long) batches * port.limits().batchLengthMax();
    }

    /** A checkpoint is stable: votes that waited for it follow. */
    void freed() {
        for (long number = situation.delivered + 1; number <= slots.top(); number++) {
            Slot slot = slots.find(number);
            if (slot != null && slot.first != null && slot.outcome == null) {
                step2(slot);
            }
        }
    }

    private boolean worthASlot() {
        if (queue.size() == 0) {
            return false;
        }
        if (nextSlot == situation.decided + 1
                || queue.size() >= WORTH_A_SLOT_COUNT
                || queue.cost() >= WORTH_A_SLOT_BYTES) {
            return true;
        }
        long rest = proposedMicros + SPACING_MICROS - port.nowMicros();
        if (rest > 0 && !pacing) {
            pacing = true;
            port.wake(rest, () -> {
                pacing = false;
                propose();
            });
        }
        return rest <= 0;
    }

    private List<Entry> takeBatch() {
        Limits limits = port.limits();
        List<Entry> entries = new ArrayList<>();
        long length = 0;
        for (Candidate next = queue.peek(); next != null; next = queue.peek()) {
            Request body = next.body;
            if (entries.size() == limits.batchCountMax()
                    || !entries.isEmpty() && length + next.cost() > limits.batchLengthMax()) {
                break;
            }
            queue.remove();
            boolean open = sessions.standing(next.reference.id()) == AtomicBroadcast.Standing.OPEN;
            if (body != null && open && !next.proposed && pool.ripe().contains(next)) {
                next.proposed = true;
                length += next.cost();
                entries.add(entry(next, body));
            }
        }
        return entries;
    }

    /** Where only a signature makes it ripe others may not have it yet: it goes along, or they would have to ask. */
    private Entry entry(Candidate candidate, Request body) {
        boolean signature = candidate.seal != null && !port.trust().isQuorum(candidate.holders);
        boolean embedded = signature || body.operation().length <= EMBEDDED_OPERATION_MAX;
        return new Entry(candidate.reference, embedded ? body.with(signature ? candidate.seal : null) : null);
    }

    /** Step 2: the first valid proposal gets the WRITE, once all its entries are acceptable. */
    void proposed(int from, Proposal proposal) {
        boolean current = proposal.epoch() == situation.epoch.number();
        long slotMax =
                situation.decided + (long) PIPELINES_AHEAD * port.limits().pipeline();
        if (!current || !situation.inWindow(proposal.slot()) || proposal.slot() > slotMax) {
            return;
        }
        if (situation.epoch.isLeaderless() || from != situation.epoch.leader()) {
            port.blame(from, "only the leader of an epoch proposes");
            return;
        }
        if (proposal.slot() < slots.bottom()) {
            return;
        }
        Slot slot = slots.open(proposal.slot());
        if (slot.delivered != null) {
            return;
        }
        if (slot.first != null) {
            if (!slot.first.digest().equals(proposal.digest())) {
                slot.leaderBlamed = true;
                port.blame(from, "a leader proposes once for a slot");
                suspicion.suspect();
            }
            return;
        }
        take(slot, proposal);
        if (slot.outcome == null) {
            suspicion.started(slot);
            step2(slot);
            step3(slot);
        } else {
            log.advance();
        }
    }

    private void take(Slot slot, Proposal proposal) {
        List<Candidate> candidates = new ArrayList<>(proposal.entries().size());
        for (Entry entry : proposal.entries()) {
            Candidate candidate = pool.require(situation.epoch.leader(), entry, slot);
            candidates.add(candidate);
            slot.bodiless += candidate.body == null ? 1 : 0;
            slot.unacceptable += candidate.acceptable ? 0 : 1;
        }
        slot.candidates = candidates;
        slot.first = proposal;
    }

    /** An entry became acceptable, or all bodies are there. */
    void changed(Slot slot) {
        if (slot.first == null) {
            return;
        }
        if (slot.outcome != null) {
            if (slot.bodiless == 0) {
                log.advance();
            }
        } else if (slot.unacceptable == 0) {
            step2(slot);
        }
    }

    private void step2(Slot slot) {
        Proposal proposal = slot.first;
        if (proposal == null
                || slot.wrote != null
                || slot.unacceptable > 0
                || !situation.votes()
                || !mayWrite(slot)
                || keeps(KEPT_BATCHES_MAX) && !proposal.entries().isEmpty()
                || !hasValidTime(proposal)
                || !hasValidLength(proposal, slot)) {
            return;
        }
        Proposal complete = slot.complete(proposal.digest());
        if (complete == null) {
            return;
        }
        slot.wrote = proposal.digest();
        port.persist(new Message.Wrote(complete));
        port.sendAll(new Message.Write(situation.epoch.number(), slot.number, proposal.digest()));
    }

    /** A leader writes down what it proposed, though it learned since that the slot is void: it proposes once. */
    private boolean mayWrite(Slot slot) {
        return situation.isOpen(slot.number) || situation.leads(port.self()) && situation.inWindow(slot.number);
    }

    private boolean hasValidTime(Proposal proposal) {
        if (proposal.timeMicros() < timeBefore(proposal.slot())) {
            port.blame(situation.epoch.leader(), "proposed time does not go back");
            suspicion.suspect();
            return false;
        }
        if (proposal.timeMicros() < port.nowMicros() - port.limits().clockToleranceMicros()) {
            suspicion.late(proposal.slot());
        }
        return proposal.timeMicros() <= port.nowMicros() + port.limits().clockToleranceMicros();
    }

    /** References hide lengths, so this is known only with all bodies. */
    private boolean hasValidLength(Proposal proposal, Slot slot) {
        long length = 0;
        for (Candidate candidate : slot.candidates) {
            length += candidate.cost();
        }
        if (proposal.entries().size() > 1 && length > port.limits().batchLengthMax()) {
            port.blame(situation.epoch.leader(), "a batch keeps to its length");
            suspicion.suspect();
            return false;
        }
        return true;
    }

    /** The time of the slot before, as far as it is known here; agreed time never goes back in any case. */
    private long timeBefore(long slot) {
        if (slot - 1 <= situation.delivered) {
            return situation.timeMicros;
        }
        Slot before = slots.find(slot - 1);
        if (before == null) {
            return situation.timeMicros;
        }
        Outcome outcome = before.outcome;
        if (outcome != null && outcome.isEmpty()) {
            return Math.max(situation.timeMicros, outcome.timeMicros());
        }
        // Where a recovery settled the slot, what the last leader proposed there may have lost.
        Proposal proposal = outcome == null ? before.first : before.complete(outcome.digest());
        return proposal == null ? situation.timeMicros : proposal.timeMicros();
    }

    /** Step 2 of a peer. */
    void written(int from, Message.Write write) {
        Slot slot = voted(write.epoch(), write.slot());
        @Nullable ReplicaSet voters = slot == null ? null : slot.writes.add(from, write.digest());
        if (slot == null || voters == null || !port.trust().isKernel(voters)) {
            return;
        }
        suspicion.started(slot);
        boolean otherProposal = slot.first != null && !slot.first.digest().equals(write.digest());
        if (otherProposal && !slot.leaderBlamed) {
            // Somebody correct got another proposal from the leader than this replica did.
            slot.leaderBlamed = true;
            port.blame(situation.epoch.leader(), "a leader proposes once for a slot");
        }
        if (slot.quorumWrote == null && port.trust().isQuorum(voters)) {
            slot.quorumWrote = write.digest();
            step3(slot);
        }
    }

    /** Step 3: a quorum wrote the digest of a known proposal, which need not be the one written here. */
    void step3(Slot slot) {
        Digest digest = slot.quorumWrote;
        if (digest == null
                || slot.prepared != null
                || slot.outcome != null
                || !situation.votes()
                || !situation.isOpen(slot.number)) {
            return;
        }
        if (!slot.knows(digest)) {
            log.fetch(slot, digest);
            return;
        }
        slot.prepared = digest;
        Message.Accept accept = new Message.Accept(situation.epoch.number(), slot.number, digest);
        port.persist(accept);
        port.sendAll(accept);
    }

    /** Step 4: a quorum accepted. Counts even after this replica stopped voting. */
    void accepted(int from, Message.Accept accept) {
        Slot slot = voted(accept.epoch(), accept.slot());
        @Nullable ReplicaSet voters = slot == null ? null : slot.accepts.add(from, accept.digest());
        if (voters != null && port.trust().isQuorum(voters)) {
            log.decide(new Outcome(accept.slot(), situation.epoch, 0, accept.digest()));
        }
    }

    /** The slot of a vote that counts: of this epoch, in the window, not settled yet. */
    private @Nullable Slot voted(long epoch, long number) {
        boolean current = epoch == situation.epoch.number() && !situation.epoch.isLeaderless();
        if (!current || !situation.inWindow(number) || number < slots.bottom()) {
            return null;
        }
        Slot slot = slots.open(number);
        return slot.outcome == null ? slot : null;
    }

    /**
     * Own votes and, as leader, proposals above the slot: what a peer may have missed. Proposals are long, and after a
     * restart of all there are as many as fit in the window, for each peer: about one batch of them goes out at a time.
     *
     * @return the last slot that was repeated, where there are more; 0: that was all
     */
    long repeat(int peer, long above) {
        long last = Math.min(slots.top(), above + MessageCodec.OUTCOMES_MAX);
        boolean leads = situation.epoch.leader() == port.self();
        long epoch = situation.epoch.number();
        long bytes = 0;
        for (long number = Math.max(above + 1, situation.epoch.start()); number <= last; number++) {
            Slot slot = slots.find(number);
            if (slot == null) {
                continue;
            }
            if (slot.first != null && leads) {
                port.send(peer, new Message.Propose(slot.first));
                bytes += slot.first.operationBytes();
            }
            if (slot.wrote != null) {
                port.send(peer, new Message.Write(epoch, number, slot.wrote));
            }
            if (slot.prepared != null) {
                port.send(peer, new Message.Accept(epoch, number, slot.prepared));
            }
            if (bytes >= port.limits().batchLengthMax() && number < last) {
                return number;
            }
        }
        return 0;
    }

    /** The journal says that this replica voted WRITE for the proposal. */
    void restoreWrote(Proposal proposal) {
        if (proposal.slot() < slots.bottom()) {
            return;
        }
        Slot slot = slots.open(proposal.slot());
        slot.fetched = proposal;
        if (proposal.epoch() == situation.epoch.number()) {
            slot.first = proposal;
            slot.wrote = proposal.digest();
            slot.writes.add(port.self(), proposal.digest());
            slot.candidates =
                    proposal.entries().stream().map(FastPath::restored).toList();
        }
    }

    void restoreWrite(Message.Write write) {
        if (write.epoch() == situation.epoch.number() && write.slot() >= slots.bottom()) {
            Slot slot = slots.open(write.slot());
            slot.wrote = write.digest();
            slot.writes.add(port.self(), write.digest());
        }
    }

    void restoreFetched(Proposal proposal) {
        if (proposal.slot() >= slots.bottom()) {
            slots.open(proposal.slot()).fetched = proposal;
        }
    }

    private static Candidate restored(Entry entry) {
        Candidate candidate = new Candidate(entry.reference());
        Request body = entry.body();
        candidate.body = body == null ? null : body.bare();
        candidate.seal = body == null ? null : body.seal();
        candidate.acceptable = true;
        return candidate;
    }

    void restoreAccepted(Message.Accept accept) {
        if (accept.epoch() == situation.epoch.number() && accept.slot() >= slots.bottom()) {
            Slot slot = slots.open(accept.slot());
            slot.prepared = accept.digest();
            // Nobody but this replica knows of the vote that a quorum may need: it came by the local queue before.
            slot.accepts.add(port.self(), accept.digest());
        }
    }

    /** Outcomes of these slots, with what they say if no own vote holds it already. */
    void vouch(long first, long last, Consumer<Message> sink) {
        for (long number = Math.max(first, slots.bottom()); number <= last; number++) {
            Slot slot = slots.find(number);
            Proposal delivered = slot == null ? null : slot.delivered;
            if (slot != null && delivered != null && !delivered.digest().equals(slot.wrote)) {
                sink.accept(new Message.Fetched(delivered));
            }
        }
        log.journal(first, last, sink);
    }

    /** Own votes above the stable checkpoint, with the proposals that they vouch for, and what was decided there. */
    void journal(Consumer<Message> sink) {
        for (long number = slots.bottom(); number <= slots.top(); number++) {
            Slot slot = slots.find(number);
            if (slot != null) {
                boolean current = number >= situation.epoch.start();
                journal(slot, current ? slot.wrote : null, current ? slot.prepared : null, sink);
            }
        }
    }

    private void journal(Slot slot, @Nullable Digest wrote, @Nullable Digest prepared, Consumer<Message> sink) {
        long epoch = situation.epoch.number();
        Proposal delivered = slot.delivered;
        Proposal written = wrote == null ? null : slot.complete(wrote);
        if (delivered != null && !delivered.equals(written)) {
            sink.accept(new Message.Fetched(delivered));
        }
        if (written != null) {
            sink.accept(new Message.Wrote(written));
        } else if (wrote != null) {
            // Another proposal was delivered, so nobody needs this one, but the vote stays a vote.
            sink.accept(new Message.Write(epoch, slot.number, wrote));
        }
        if (prepared != null) {
            sink.accept(new Message.Accept(epoch, slot.number, prepared));
        }
    }
}
