package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Port;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

/** Decided slots: delivers them in order, fetches what they lack, and tells peers. */
final class Log {
    /** Slots that are fetched at the same time: as far as a leader may run ahead, twice. */
    private static final int FETCH_PIPELINES = 2;

    /** Then another holder is asked; when all were asked, more slowly. */
    private static final long FETCH_AGAIN_MICROS = 100_000;

    /** DECIDED only serves those who missed ACCEPTs, so it may wait for company. */
    private static final long TELL_AFTER_MICROS = 50_000;

    private final Port<Message, AtomicBroadcast.Event> port;
    private final Situation situation;
    private final Slots slots;
    private final RequestPool pool;
    private final Runnable advanced;
    private boolean delivering;
    private List<Outcome> untold = new ArrayList<>();

    /** @param advanced called when a slot was decided or delivered */
    Log(
            Port<Message, AtomicBroadcast.Event> port,
            Situation situation,
            Slots slots,
            RequestPool pool,
            Runnable advanced) {
        this.port = port;
        this.situation = situation;
        this.slots = slots;
        this.pool = pool;
        this.advanced = advanced;
    }

    /** The slot holds this for ever. A slot is decided once; later reasons to decide it say the same. */
    void decide(Outcome outcome) {
        if (outcome.slot() <= situation.delivered || outcome.slot() < slots.bottom()) {
            return;
        }
        Slot slot = slots.open(outcome.slot());
        if (slot.outcome == null) {
            slot.outcome = outcome;
            situation.progressMicros = port.nowMicros();
            if (slot.startedMicros > 0
                    && !situation.restoring
                    && outcome.epoch().number() == situation.epoch.number()) {
                situation.decidedAfter(port.nowMicros() - slot.startedMicros);
            }
            advance();
        }
    }

    /** A peer says that it delivered these. */
    void reported(int from, List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            boolean far =
                    outcome.slot() > situation.delivered + 2L * port.limits().voteWindow();
            if (outcome.slot() > situation.delivered && outcome.slot() >= slots.bottom() && !far) {
                ReplicaSet voters = slots.open(outcome.slot()).report(from, outcome);
                if (!voters.isEmpty() && port.trust().isKernel(voters)) {
                    decide(outcome);
                }
            }
        }
    }

    /** Delivers what is decided and complete, in order. */
    void advance() {
        for (Slot next = slots.find(situation.decided + 1);
                next != null && next.outcome != null;
                next = slots.find(situation.decided + 1)) {
            situation.decided++;
        }
        if (situation.restoring || delivering) {
            // A delivery may complete another slot; the loop below comes to it, in order.
            return;
        }
        delivering = true;
        while (deliverNext()) {
            situation.decided = Math.max(situation.decided, situation.delivered);
        }
        delivering = false;
        fetch();
        advanced.run();
    }

    private boolean deliverNext() {
        Slot slot = slots.find(situation.delivered + 1);
        Outcome outcome = slot == null ? null : slot.outcome;
        if (slot == null || outcome == null || situation.isOver()) {
            return false;
        }
        Proposal proposal = outcome.isEmpty() ? null : slot.complete(outcome.digest());
        if (proposal == null && !outcome.isEmpty()) {
            return false;
        }
        long proposed = proposal == null ? outcome.timeMicros() : proposal.timeMicros();
        long agreed = Math.max(situation.timeMicros, proposed);
        slot.outcome = new Outcome(outcome.slot(), outcome.epoch(), agreed, outcome.digest());
        slots.deliver(slot, proposal);
        situation.delivered++;
        situation.timeMicros = agreed;
        deliver(slot.outcome, proposal);
        if (outcome.epoch().number() == situation.epoch.number()) {
            situation.pace.delivered(port.nowMicros());
        }
        return true;
    }

    private void deliver(Outcome outcome, @Nullable Proposal proposal) {
        List<Request> requests = new ArrayList<>();
        if (proposal != null) {
            for (Entry entry : proposal.entries()) {
                if (entry.body() != null) {
                    requests.add(entry.body());
                }
            }
            pool.delivered(proposal.entries());
        }
        port.output(new Decision(outcome.slot(), outcome.epoch(), outcome.timeMicros(), outcome.digest(), requests));
        if (untold.isEmpty()) {
            port.wake(TELL_AFTER_MICROS, this::tell);
        }
        untold.add(outcome);
        if (untold.size() == MessageCodec.OUTCOMES_MAX) {
            tell();
        }
    }

    private void tell() {
        if (!untold.isEmpty()) {
            port.sendAll(new Message.Decided(List.copyOf(untold)));
        }
        untold = new ArrayList<>();
    }

    /** Asks holders for decided proposals that are missing here. */
    void fetch() {
        long last = situation.delivered + (long) FETCH_PIPELINES * port.limits().pipeline();
        for (long number = situation.delivered + 1; number <= last; number++) {
            Slot slot = slots.find(number);
            Outcome outcome = slot == null ? null : slot.outcome;
            if (slot != null && outcome != null && !outcome.isEmpty() && slot.complete(outcome.digest()) == null) {
                fetch(slot, outcome.digest());
            }
        }
    }

    /** Asks one holder of the proposal, another one the next time. */
    void fetch(Slot slot, Digest digest) {
        if (slot.fetchMicros > port.nowMicros()) {
            return;
        }
        ReplicaSet holders = slot.holders(digest).without(port.self());
        if (holders.isEmpty()) {
            holders = port.trust().all().without(port.self());
        }
        List<Integer> choices = holders.toList();
        port.send(choices.get(slot.fetches % choices.size()), new Message.WantProposal(slot.number, digest));
        slot.fetchMicros = port.nowMicros()
                + Backoff.micros(
                        FETCH_AGAIN_MICROS,
                        slot.fetches,
                        choices.size(),
                        port.limits().slotTimeoutMicrosMax());
        slot.fetches++;
    }

    /** A link came up again: questions and answers may be lost. */
    void askAgain() {
        for (long number = situation.delivered + 1; number <= slots.top(); number++) {
            Slot slot = slots.find(number);
            if (slot != null) {
                slot.fetches = 0;
                slot.fetchMicros = 0;
            }
        }
    }

    /** The slot is about to be completed otherwise: holders are asked only if that fails. */
    void postpone(Slot slot) {
        slot.fetchMicros = port.nowMicros() + FETCH_AGAIN_MICROS;
    }

    /** A peer asks for a proposal. */
    void asked(int from, Message.WantProposal want) {
        Slot slot = slots.find(want.slot());
        Proposal proposal = slot == null ? null : slot.complete(want.digest());
        if (proposal != null) {
            port.send(from, new Message.Fetched(proposal));
        }
    }

    /** A peer sends a proposal; it is taken if its digest won or has the votes of a quorum. */
    boolean fetched(int from, Proposal proposal) {
        Slot slot = slots.find(proposal.slot());
        if (slot == null || slot.number <= situation.delivered) {
            return false;
        }
        boolean decided = slot.outcome != null && slot.outcome.digest().equals(proposal.digest());
        boolean written = proposal.digest().equals(slot.quorumWrote);
        if (!decided && !written || slot.complete(proposal.digest()) != null) {
            return false;
        }
        for (Entry entry : proposal.entries()) {
            if (entry.body() == null) {
                port.blame(from, "an answer with a proposal carries all bodies");
                return false;
            }
        }
        slot.fetched = proposal.bare();
        return true;
    }

    /** Outcomes of these slots, as records. */
    void journal(long first, long last, Consumer<Message> sink) {
        long next = Math.max(first, slots.bottom());
        while (next <= last) {
            List<Outcome> outcomes = outcomesFrom(next).stream()
                    .filter(outcome -> outcome.slot() <= last)
                    .toList();
            if (outcomes.isEmpty()) {
                return;
            }
            sink.accept(new Message.Decided(outcomes));
            next = outcomes.getLast().slot() + 1;
        }
    }

    /** Outcomes from the slot on that were delivered here, at most a frame full. */
    List<Outcome> outcomesFrom(long first) {
        List<Outcome> outcomes = new ArrayList<>();
        for (long number = first; number <= situation.delivered; number++) {
            Slot slot = slots.find(number);
            if (slot == null || slot.outcome == null || outcomes.size() == MessageCodec.OUTCOMES_MAX) {
                break;
            }
            outcomes.add(slot.outcome);
        }
        return outcomes;
    }
}
