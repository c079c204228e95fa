package org.maftia.core.ordering;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/**
 * All correct replicas deliver the same decisions in the same order, whatever the network and the clocks do; every
 * request that a correct replica submits is delivered once messages get through within the patience of some correct
 * leader. The package page gives the argument.
 */
public final class AsynchronousOrdering implements AtomicBroadcast, Protocol<Message> {
    /** The end of this turn of the shell's loop: what several events gathered leaves together. */
    private static final long TURN_MICROS = 1;

    private static final long BEAT_MICROS_MIN = 10_000;
    private static final long BEAT_MICROS_MAX = 500_000;

    /** How often it is said that this replica waits for a later epoch, or for a state. */
    private static final long ASK_AGAIN_MICROS = 5_000_000;

    private final Port<Message, Event> port;
    private final Codec<Message> codec;
    private final Situation situation;
    private final Slots slots;
    private final RequestPool pool;
    private final Log log;
    private final Accusations accusations;
    private final Suspicion suspicion;
    private final FastPath fastPath;
    private final CollectCheck check;
    private final Harvest harvest;
    private final Recovery recovery;
    private final Repair repair;

    private boolean flushing;
    private boolean beating;

    /** Outcomes with which the epochs began that are not below the stable checkpoint: for the journal. */
    private final List<Message.Begun> begun = new ArrayList<>();

    /** Outcomes up to this slot are in the journal. */
    private long vouched;

    private @Nullable StableCheckpoint behind;
    private long behindMicros;
    private long askedMicros = Long.MIN_VALUE / 2;

    /** The highest epoch in which this replica may have voted before it lost its journal; -1 while unknown. */
    private long voidEpoch = -1;

    /**
     * @param certifier signs COLLECTs and the agreement of recoveries; the normal case signs nothing
     * @param coin elects the leaders of recoveries, where the given one does not end them; never renewed
     * @param configuration what all replicas must share
     * @param sessions asked before work is spent on a request
     * @param amnesiac it lived before and lost its journal: it must not vote until what it may have said then is void
     */
    public AsynchronousOrdering(
            Port<Message, Event> port,
            Certifier certifier,
            Coin coin,
            Digest configuration,
            Sessions sessions,
            boolean amnesiac) {
        this(port, certifier, Coins.always(coin), Verifier.NOBODY, configuration, sessions, amnesiac, null);
    }

    /**
     * @param clients judges signatures of clients by their numbers
     * @param base what other replicas ordered before, which this log continues; null: it begins with slot 1
     */
    public AsynchronousOrdering(
            Port<Message, Event> port,
            Certifier certifier,
            Coins coins,
            Verifier clients,
            Digest configuration,
            Sessions sessions,
            boolean amnesiac,
            StableCheckpoint.@Nullable Claim base) {
        this.port = port;
        this.codec = new MessageCodec(configuration, port.limits(), port.trust().size());
        this.situation = new Situation(port.limits(), amnesiac);
        this.slots = new Slots(2 * port.limits().voteWindow());
        if (base != null) {
            situation.follow(base);
            slots.forgetBelow(base.slot() + 1);
        }
        ClientSignatures signatures = new ClientSignatures(port, clients, configuration);
        this.pool = new RequestPool(port, sessions, signatures, new PoolEvents());
        this.log = new Log(port, situation, slots, pool, this::advanced);
        this.accusations = new Accusations(port, sessions, situation, slots, pool);
        this.suspicion = new Suspicion(port, sessions, situation, slots, pool, accusations, this::join);
        this.fastPath = new FastPath(port, sessions, configuration, situation, slots, pool, log, suspicion);
        this.check = new CollectCheck(port.trust(), port.limits(), certifier, configuration);
        Backlog backlog = new Backlog(port.trust(), port.limits());
        this.harvest = new Harvest(port, situation, slots, pool, log, backlog);
        this.recovery = new Recovery(
                port, certifier, coins, configuration, situation, slots, check, backlog, harvest, new RecoveryEvents());
        this.repair = new Repair(port, situation, slots, log, fastPath, suspicion, recovery, pool, this::join);
    }

    @Override
    public Codec<Message> codec() {
        return codec;
    }

    @Override
    public void receive(int from, Message message) {
        switch (message) {
            case Message.Have m -> {
                accusations.vouched(from, m.references());
                m.references().forEach(reference -> pool.vouched(from, reference));
            }
            case Message.Bodies m -> m.requests().forEach(request -> body(from, request));
            case Message.Want m -> answer(from, harvest.bodies(m.references()));
            case Message.Propose m -> fastPath.proposed(from, m.proposal());
            case Message.Write m -> fastPath.written(from, m);
            case Message.Accept m -> fastPath.accepted(from, m);
            case Message.Decided m -> log.reported(from, m.outcomes());
            case Message.WantProposal m -> log.asked(from, m);
            case Message.Fetched m -> fetched(from, m.proposal());
            case Message.Suspect m -> suspicion.suspected(from, m.epoch());
            case Message.Collected m -> recovery.collected(from, m.collect());
            case Message.WantCollect m -> recovery.asked(from, m);
            case Message.Status m -> status(from, m);
            case Message.Forgotten m -> forgotten(from, m.checkpoint());
            case Message.Wrote m -> port.blame(from, "records of a journal are not sent");
            case Message.Begun m -> port.blame(from, "records of a journal are not sent");
            case Message.Abstention m -> port.blame(from, "records of a journal are not sent");
        }
        beatWhileWaiting();
    }

    @Override
    public void submit(Request request) {
        pool.submit(request, situation.leads(port.self()));
        if (request.id().client() == port.self()) {
            // The client is this replica's own gateway: the links are its sessions with the others.
            for (int peer : port.trust().all().without(port.self()).toList()) {
                port.send(peer, new Message.Bodies(List.of(request)));
            }
        }
        beatWhileWaiting();
    }

    @Override
    public void carry(Request request) {
        pool.carry(request);
        beatWhileWaiting();
    }

    @Override
    public void vouch(long slot) {
        fastPath.vouch(Math.max(vouched, situation.stableSlot()) + 1, slot, port::persist);
        vouched = Math.max(vouched, slot);
    }

    @Override
    public void stable(StableCheckpoint checkpoint) {
        if (checkpoint.claim().slot() <= situation.stableSlot()) {
            return;
        }
        situation.shortenTimeout();
        situation.restarted = false;
        settle(checkpoint);
        fastPath.freed();
        if (checkpoint.claim().slot() > situation.delivered) {
            fallBehind(checkpoint);
        }
        gathered();
        beatWhileWaiting();
    }

    @Override
    public void install(StableCheckpoint checkpoint) {
        StableCheckpoint.Claim claim = checkpoint.claim();
        if (claim.slot() <= situation.delivered) {
            return;
        }
        situation.delivered = claim.slot();
        situation.decided = Math.max(situation.decided, claim.slot());
        situation.timeMicros = claim.timeMicros();
        if (claim.slot() >= situation.stableSlot()) {
            settle(checkpoint);
        }
        log.advance();
        if (!situation.restoring) {
            fastPath.freed();
            repair.announce();
            beatWhileWaiting();
        }
    }

    /** What lies up to the checkpoint and was delivered or replaced is forgotten. */
    private void settle(StableCheckpoint checkpoint) {
        long slot = checkpoint.claim().slot();
        if (slot > situation.stableSlot()) {
            situation.stable = checkpoint;
            port.persist(new Message.Forgotten(checkpoint));
        }
        slots.forgetBelow(Math.min(slot, situation.delivered) + 1);
        forgetEpochs(checkpoint);
        recovery.forget(slot);
        harvest.tidy();
        pool.sweep();
        if (situation.abstaining && voidEpoch >= 0 && checkpoint.claim().epoch().number() > voidEpoch + 1) {
            situation.abstaining = false;
            port.persist(new Message.Abstention(false));
        }
    }

    /** The epoch that the checkpoint names stays: who was away enters it, and leaves it by its recovery like others. */
    private void forgetEpochs(StableCheckpoint checkpoint) {
        long kept = Math.min(checkpoint.claim().epoch().number(), situation.epoch.number());
        begun.removeIf(record -> record.epoch().number() < kept);
    }

    @Override
    public void fill(long slot) {
        fastPath.fill(slot);
        suspicion.owes(slot);
        gathered();
        beatWhileWaiting();
    }

    @Override
    public void end(long lastSlot) {
        situation.last = lastSlot;
        if (situation.decided < lastSlot) {
            fill(lastSlot);
        }
    }

    @Override
    public List<Request> waiting() {
        return pool.own();
    }

    @Override
    public void passEpoch(long epoch) {
        suspicion.pass(epoch);
        openArrival();
        gathered();
        beatWhileWaiting();
    }

    @Override
    public void tossable() {
        recovery.recheck();
    }

    @Override
    public void connected(int peer) {
        accusations.connected(peer);
        repair.connected(peer);
        pool.connected(peer);
        log.askAgain();
        harvest.askAgain();
        recovery.askAgain();
    }

    @Override
    public Progress progress() {
        return new Progress(
                situation.epoch.number(),
                situation.epoch.leader(),
                situation.delivered,
                Math.max(repair.known(), situation.delivered),
                situation.timeoutMicros,
                situation.abstaining);
    }

    /** From the lowest slot that is kept to the highest one: what bounds the memory for slots. */
    long slotsKept() {
        return slots.top() - slots.bottom() + 1;
    }

    private void body(int from, Request request) {
        pool.body(from, request);
        harvest.offered(request);
    }

    /** One batch at most, as the question is small; who lacks more asks again. */
    private void answer(int from, List<Request> bodies) {
        List<Request> batch = new ArrayList<>();
        long length = 0;
        for (Request body : bodies) {
            length += Entry.cost(body.operation().length);
            if (length > port.limits().batchLengthMax()
                    || batch.size() == port.limits().batchCountMax()) {
                break;
            }
            batch.add(body);
        }
        if (!batch.isEmpty()) {
            port.send(from, new Message.Bodies(batch));
        }
    }

    private void fetched(int from, Proposal proposal) {
        if (log.fetched(from, proposal)) {
            Slot slot = slots.find(proposal.slot());
            if (slot != null) {
                fastPath.step3(slot);
            }
            log.advance();
        }
    }

    private void status(int from, Message.Status status) {
        if (from != port.self()) {
            accusations.status(from, status);
            repair.status(from, status);
            if (situation.abstaining && voidEpoch < 0) {
                voidEpoch = repair.highestEpochOfQuorum();
            }
        }
    }

    private void forgotten(int from, StableCheckpoint checkpoint) {
        if (checkpoint.claim().slot() <= situation.stableSlot()) {
            return;
        }
        if (!check.isValid(checkpoint)) {
            port.blame(from, "a checkpoint carries the signatures of a quorum");
        } else if (checkpoint.claim().slot() <= situation.delivered) {
            port.output(new Certified(checkpoint));
        } else {
            fallBehind(checkpoint);
        }
    }

    private void fallBehind(StableCheckpoint checkpoint) {
        StableCheckpoint before = behind;
        if (before == null || before.claim().slot() < checkpoint.claim().slot()) {
            behindMicros = before == null ? port.nowMicros() : behindMicros;
            behind = checkpoint;
        }
    }

    private void join() {
        if (!situation.abstaining && !situation.joined) {
            recovery.join();
        }
    }

    /**
     * The epoch of the stable checkpoint begins here too if this replica never saw it begin: all slots below are settled,
     * and from there on every epoch is left by its recovery.
     */
    private void enterCertified() {
        StableCheckpoint stable = situation.stable;
        if (stable != null
                && stable.claim().slot() <= situation.delivered
                && stable.claim().epoch().number() > situation.epoch.number()) {
            begin(new Message.Begun(stable.claim().epoch(), List.of(), null), Collections.emptySortedMap());
        }
    }

    private void begin(Message.Begun record, Map<Reference, ReplicaSet> vouchers) {
        port.persist(record);
        enter(record, vouchers);
        repair.announce();
        openArrival();
        gathered();
        beatWhileWaiting();
    }

    private void enter(Message.Begun record, Map<Reference, ReplicaSet> vouchers) {
        begun.add(record);
        if (record.backlog() != null) {
            harvest.reap(record.backlog(), vouchers);
        }
        record.settled().forEach(log::decide);
        // Peers may have said before how the last slot ends; then only what it holds is news.
        log.advance();
        situation.epoch = record.epoch();
        situation.joined = false;
        situation.begin(port.nowMicros());
        harvest.tidy();
        recovery.enter(record.epoch());
        fastPath.begin();
        suspicion.begin();
    }

    /** The epoch that others were passed over for opens with a slot, so that a checkpoint can name it. */
    private void openArrival() {
        if (suspicion.isArrival()) {
            fill(situation.epoch.start());
        }
    }

    /** Says HAVE and proposes at the end of the turn; in an epoch without a leader, ends it if something waits. */
    private void gathered() {
        if (!flushing && !situation.restoring) {
            flushing = true;
            port.wake(TURN_MICROS, () -> {
                flushing = false;
                enterCertified();
                pool.flush(suspicion.trusted());
                suspicion.hurry();
                fastPath.propose();
                beatWhileWaiting();
            });
        }
    }

    private void advanced() {
        accusations.judge();
        repair.advanced();
        gathered();
    }

    private boolean isWaiting() {
        return situation.joined
                || situation.abstaining
                || behind != null
                || pool.size() > 0
                || slots.top() > situation.delivered
                || repair.known() > situation.delivered
                || suspicion.isOwed();
    }

    private void beatWhileWaiting() {
        if (!beating && !situation.restoring && isWaiting()) {
            beating = true;
            long beat = Math.clamp(situation.timeoutMicros / 4, BEAT_MICROS_MIN, BEAT_MICROS_MAX);
            // Nothing begins to be waited for with less patience than a beat, so no moment is missed.
            long after = Math.clamp(suspicion.deadlineMicros() - port.nowMicros(), TURN_MICROS, beat);
            port.wake(after, () -> {
                beating = false;
                beat();
                beatWhileWaiting();
            });
        }
    }

    private void beat() {
        suspicion.check();
        log.fetch();
        recovery.fetch();
        repair.check();
        StableCheckpoint missing = behind;
        if (missing != null && missing.claim().slot() <= situation.delivered) {
            behind = null;
        } else if (missing != null && port.nowMicros() - behindMicros >= situation.timeoutMicros) {
            behindMicros = port.nowMicros() + ASK_AGAIN_MICROS;
            port.output(new Behind(missing));
        }
        if (situation.abstaining && voidEpoch >= 0 && port.nowMicros() - askedMicros >= ASK_AGAIN_MICROS) {
            askedMicros = port.nowMicros();
            port.output(new Rejoin(voidEpoch + 1));
        }
    }

    @Override
    public Arrival unknownChild(String tag, long index, int from) {
        return tag.equals("mvba") && recovery.isPossible(index) ? Arrival.HOLD : Arrival.DROP;
    }

    @Override
    public void restore(Message record) {
        rebuild(record);
        situation.restarted = true;
    }

    private void rebuild(Message record) {
        switch (record) {
            case Message.Forgotten m -> restoreStable(m.checkpoint());
            case Message.Begun m -> enter(m, Collections.emptySortedMap());
            case Message.Bodies m -> harvest.restorePledge(m.requests());
            case Message.Wrote m -> fastPath.restoreWrote(m.proposal());
            case Message.Write m -> fastPath.restoreWrite(m);
            case Message.Accept m -> fastPath.restoreAccepted(m);
            case Message.Fetched m -> fastPath.restoreFetched(m.proposal());
            case Message.Decided m -> restoreDecided(m.outcomes());
            case Message.Collected m -> recovery.restore(m.collect());
            case Message.Abstention m -> situation.abstaining = m.abstaining();
            default -> Invariant.check(false, "this message is no record of the journal");
        }
    }

    private void restoreDecided(List<Outcome> outcomes) {
        outcomes.forEach(log::decide);
        vouched = Math.max(vouched, outcomes.getLast().slot());
    }

    private void restoreStable(StableCheckpoint checkpoint) {
        situation.stable = checkpoint;
        // A crash may have come between the certificate and the state: what leads there is still in the journal.
        long slot = Math.min(checkpoint.claim().slot(), situation.delivered);
        slots.forgetBelow(slot + 1);
        situation.decided = Math.max(situation.decided, slot);
        forgetEpochs(checkpoint);
        recovery.forget(slot);
    }

    @Override
    public void restored() {
        situation.restoring = false;
        if (situation.abstaining) {
            port.persist(new Message.Abstention(true));
        }
        fastPath.resume();
        log.advance();
        StableCheckpoint stable = situation.stable;
        if (stable != null && stable.claim().slot() > situation.delivered) {
            fallBehind(stable);
        } else if (stable != null) {
            port.output(new Certified(stable));
        }
        recovery.resume();
        harvest.resume();
        repair.announce();
        gathered();
        beatWhileWaiting();
    }

    @Override
    public void journal(Consumer<Message> sink) {
        if (situation.abstaining) {
            sink.accept(new Message.Abstention(true));
        }
        StableCheckpoint stable = situation.stable;
        if (stable != null) {
            sink.accept(new Message.Forgotten(stable));
        }
        for (Message.Begun record : begun) {
            harvest.journal(record.epoch().number() - 1, sink);
            recovery.journal(record.epoch().number() - 1, sink);
            sink.accept(record);
        }
        fastPath.journal(sink);
        log.journal(situation.stableSlot() + 1, vouched, sink);
        harvest.journal(situation.epoch.number(), sink);
        recovery.journal(situation.epoch.number(), sink);
    }

    /** Hears of changes in the pool. */
    private final class PoolEvents implements RequestPool.Listener {
        @Override
        public void filled(Slot slot) {
            fastPath.changed(slot);
        }

        @Override
        public void accepted(Slot slot) {
            fastPath.changed(slot);
        }

        @Override
        public void ripened(Candidate candidate) {
            fastPath.ripened(candidate);
            gathered();
        }

        @Override
        public void ordered(long waitMicros) {
            situation.pace.ordered(waitMicros);
        }

        @Override
        public void gathered() {
            AsynchronousOrdering.this.gathered();
        }
    }

    private final class RecoveryEvents implements Recovery.Listener {
        @Override
        public void gaveUp(int replica, long epoch) {
            suspicion.suspected(replica, epoch);
        }

        @Override
        public void ended(Recovery.End end) {
            accusations.ended(situation.epoch.number(), end.counted().contains(port.self()));
            if (end.failed()) {
                situation.lengthenTimeout();
            }
            begin(new Message.Begun(end.next(), end.settled(), end.backlog()), end.vouchers());
            if (end.checkpoint() != null && end.checkpoint().claim().slot() > situation.delivered) {
                fallBehind(end.checkpoint());
            }
        }
    }
}
