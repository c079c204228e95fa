package org.maftia.core.ordering.hybrid;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.KnownBatches;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.ordering.hybrid.HybridMessage.Draft;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.protocol.TrustedCall;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;

/**
 * All correct replicas deliver the same decisions in the same order while no two fault sets cover the group and no trusted
 * component gives a counter twice; every signed request that a correct replica submits is delivered once messages get through
 * within the patience of some correct leader. The package page gives the argument.
 */
public final class HybridOrdering implements AtomicBroadcast, Protocol<HybridMessage> {
    /** The end of this turn of the shell's loop: what several events gathered is proposed together. */
    private static final long TURN_MICROS = 1;

    private static final long BEAT_MICROS_MIN = 10_000;
    private static final long BEAT_MICROS_MAX = 2_000_000;

    /** Word of what was delivered may wait for more of it. */
    private static final long TELL_AFTER_MICROS = 20_000;

    /** How often it is said that this replica waits for a state. */
    private static final long ASK_AGAIN_MICROS = 5_000_000;

    private final Port<HybridMessage, AtomicBroadcast.Event> port;
    private final int stream;
    private final Codec<HybridMessage> codec;
    private final Position position;
    private final Placement placement;
    private final Judge judge;
    private final Component component;
    private final SignedRequests requests;
    private final Voting voting;
    private final Moving moving;
    private final Patience patience;

    /** The highest slot that a peer says it delivered, by peer. */
    private final long[] claimed;

    private final Repair repair;

    /** When it was said last that its component works in an epoch of which the log does not know. */
    private long introducedMicros = -ASK_AGAIN_MICROS;

    private ReplicaSet convicted = ReplicaSet.EMPTY;
    private boolean flushing;
    private boolean beating;
    private boolean telling;
    private long reached;
    private @Nullable StableCheckpoint behind;
    private long behindMicros;

    /**
     * @param settings the trusted components of the group
     * @param certifier signs for this replica: what its gateway asks for, and that a view may begin
     * @param clients judges signatures of clients by their numbers
     * @param configuration what all replicas must share
     * @param era what was ordered before it is not for this instance
     */
    public HybridOrdering(
            Port<HybridMessage, AtomicBroadcast.Event> port,
            TrustedComponents settings,
            Certifier certifier,
            Verifier clients,
            Digest configuration,
            Sessions sessions,
            Era era) {
        this.port = port;
        KnownBatches known = new KnownBatches(port.limits());
        this.codec = new HybridCodec(configuration, port.limits(), known);
        this.stream = settings.stream();
        this.position = new Position(port.limits(), era);
        this.placement = new Placement(
                settings.lanes(),
                port.limits().checkpointInterval(),
                port.trust().all().minus(era.excluded()));
        this.judge = new Judge(
                port.trust(),
                certifier,
                settings.verifier(),
                settings.stream(),
                era,
                configuration,
                placement,
                port.limits().voteWindow());
        this.claimed = new long[port.trust().size()];
        this.component =
                new Component(port, settings.stream(), era, judge.statements(), placement, new ComponentEvents());
        this.requests = new SignedRequests(port, sessions, certifier, clients, configuration, known, this::gathered);
        this.voting =
                new Voting(port, configuration, position, placement, judge, component, requests, new VotingEvents());
        this.repair = new Repair(port, position, placement, voting.cells(), voting.fences());
        this.moving = new Moving(port, position, placement, judge, component, voting, new MovingEvents());
        this.patience = new Patience(port, position, component, requests, voting, moving);
        this.reached = placement.markReached(position.beginning);
    }

    @Override
    public Codec<HybridMessage> codec() {
        return codec;
    }

    @Override
    public void receive(int from, HybridMessage message) {
        switch (message) {
            case HybridMessage.Bodies m -> m.requests().forEach(request -> requests.body(from, request));
            case HybridMessage.Prepare m -> voting.onPrepare(from, m);
            case HybridMessage.Commit m -> voting.onCommit(from, m.vote());
            case HybridMessage.Decided m -> voting.onDecided(from, m.votes());
            case HybridMessage.Checkpointed m -> voting.onCheckpointed(from, m.fence());
            case HybridMessage.Outlined m -> voting.proposals().onOutlined(from, m);
            case HybridMessage.WantBatch m -> voting.proposals().onWantBatch(from, m);
            case HybridMessage.Held m -> voting.proposals().onHeld(m.batch());
            case HybridMessage.Demand m -> moving.onDemand(from, m.view());
            case HybridMessage.Moved m -> moving.onMoved(from, m.change());
            case HybridMessage.Opened m -> moving.onOpened(from, m.opening());
            case HybridMessage.Entering m -> moving.onEntering(from, m);
            case HybridMessage.InView m -> moving.onInView(from, m.entered());
            case HybridMessage.Status m -> status(from, m);
            case HybridMessage.Forgotten m -> forgotten(from, m.checkpoint());
            case HybridMessage.Intended _, HybridMessage.Certified _ ->
                port.blame(from, "records of a journal are not sent");
        }
        beatWhileWaiting();
    }

    // What others ask for

    @Override
    public void submit(Request request) {
        requests.submit(request, false);
        beatWhileWaiting();
    }

    @Override
    public void carry(Request request) {
        requests.submit(request, true);
        beatWhileWaiting();
    }

    /** A fence makes it true: what was delivered is in the journal, and nobody can vote below the fence any more. */
    @Override
    public void vouch(long slot) {
        reached = Math.max(reached, placement.markReached(slot));
        fence();
    }

    /** Certifies the checkpoint that was reached, where that may be now. */
    private void fence() {
        if (reached > component.checkpointAsked() && component.certifies() && !moving.isOpening()) {
            component.ask(new Draft.Reach(reached));
        }
    }

    @Override
    public void stable(StableCheckpoint checkpoint) {
        if (checkpoint.claim().slot() <= position.stableSlot()) {
            return;
        }
        position.shortenTimeout();
        settle(checkpoint);
        if (checkpoint.claim().slot() > position.delivered) {
            fallBehind(checkpoint);
        }
        gathered();
        beatWhileWaiting();
    }

    private void settle(StableCheckpoint checkpoint) {
        long slot = checkpoint.claim().slot();
        if (slot > position.stableSlot()) {
            position.stable = checkpoint;
            port.persist(new HybridMessage.Forgotten(checkpoint));
        }
        component.stable(slot);
        voting.forget();
        requests.sweep();
        if (slot <= position.delivered) {
            component.remember(slot);
        }
        voting.review();
    }

    @Override
    public void install(StableCheckpoint checkpoint) {
        StableCheckpoint.Claim claim = checkpoint.claim();
        if (claim.slot() <= position.delivered) {
            return;
        }
        position.delivered = claim.slot();
        position.timeMicros = claim.timeMicros();
        reached = Math.max(reached, placement.markReached(claim.slot()));
        if (position.restoring) {
            return;
        }
        settle(checkpoint);
        component.remember(position.stableSlot());
        fence();
        voting.advance();
        moving.resolve();
        announce(false);
        gathered();
        beatWhileWaiting();
    }

    @Override
    public void fill(long slot) {
        voting.fill(slot);
        gathered();
        beatWhileWaiting();
    }

    /** There are no epochs here that anybody has to pass: a forgetful replica waits for a checkpoint. */
    @Override
    public void passEpoch(long epoch) {
        fill(position.delivered + 1);
    }

    @Override
    public void end(long lastSlot) {
        position.last = Math.min(position.last, lastSlot);
        if (position.delivered < lastSlot) {
            fill(lastSlot);
        }
    }

    @Override
    public List<Request> waiting() {
        return requests.own();
    }

    @Override
    public void connected(int peer) {
        repair.forget(peer);
        port.send(peer, standing(true));
    }

    @Override
    public Progress progress() {
        long known = position.delivered;
        for (long slot : claimed) {
            known = Math.max(known, slot);
        }
        return new Progress(
                position.summary.view() - position.era.firstView(),
                placement.leader(position.summary.view()),
                position.delivered,
                known,
                position.timeoutMicros,
                component.isForgetful());
    }

    // Repair

    private HybridMessage.Status standing(boolean reply) {
        return new HybridMessage.Status(
                position.summary.view(), component.view(), position.delivered, position.stableSlot(), reply);
    }

    private void announce(boolean reply) {
        HybridMessage.Status status = standing(reply);
        port.trust().all().without(port.self()).forEach(peer -> port.send(peer, status));
    }

    private void status(int from, HybridMessage.Status m) {
        if (from == port.self()) {
            return;
        }
        claimed[from] = m.delivered();
        Repair.News news = repair.heard(from, m);
        if (news == Repair.News.NONE) {
            return;
        }
        StableCheckpoint stable = position.stable;
        if (stable != null && m.stable() < stable.claim().slot()) {
            port.send(from, new HybridMessage.Forgotten(stable));
        }
        repair.help(from, m.delivered(), news == Repair.News.STUCK);
        moving.help(from, m.view(), m.moved());
        if (m.reply()) {
            port.send(from, standing(false));
        }
    }

    private void forgotten(int from, StableCheckpoint checkpoint) {
        if (checkpoint.claim().slot() > position.stableSlot()) {
            port.<Boolean>compute(() -> judge.isStable(checkpoint), good -> {
                if (good) {
                    certified(checkpoint);
                } else {
                    port.blame(from, "a checkpoint carries the signatures of a quorum");
                }
            });
        }
    }

    private void certified(StableCheckpoint checkpoint) {
        if (checkpoint.claim().slot() <= position.stableSlot()) {
            return;
        }
        if (checkpoint.claim().slot() <= position.delivered) {
            port.output(new Certified(checkpoint));
        } else {
            // An account names it, be its state here or not.
            settle(checkpoint);
            fallBehind(checkpoint);
            beatWhileWaiting();
        }
    }

    private void fallBehind(StableCheckpoint checkpoint) {
        StableCheckpoint before = behind;
        if (before == null || before.claim().slot() < checkpoint.claim().slot()) {
            behindMicros = before == null ? port.nowMicros() : behindMicros;
            behind = checkpoint;
        }
    }

    // Time

    private void gathered() {
        if (!flushing && !position.restoring) {
            flushing = true;
            port.wake(TURN_MICROS, () -> {
                flushing = false;
                voting.proposals().lookAgain();
                voting.propose();
                beatWhileWaiting();
            });
        }
    }

    private boolean isWaiting() {
        if (position.isOver()) {
            return false; // who is behind asks
        }
        return !requests.isEmpty()
                || !position.isLed()
                || moving.isMoving()
                || behind != null
                || component.isForgetful()
                || voting.isUnderWay()
                || voting.isOwed()
                || reached > component.checkpoint()
                || progress().known() > position.delivered;
    }

    private void beatWhileWaiting() {
        if (!beating && !position.restoring && isWaiting()) {
            patience.begin();
            beatSoon();
        }
    }

    private void beatSoon() {
        beating = true;
        port.wake(Math.clamp(position.timeoutMicros / 4, BEAT_MICROS_MIN, BEAT_MICROS_MAX), () -> {
            beat();
            beating = false;
            if (isWaiting()) {
                beatSoon();
            }
        });
    }

    private void beat() {
        patience.check();
        introduce();
        requests.check(position.timeoutMicros);
        voting.cells().check(position.delivered + port.limits().pipeline());
        moving.repeat();
        moving.goOn();
        moving.resolve();
        fence();
        announce(true);
        StableCheckpoint missing = behind;
        if (missing != null && missing.claim().slot() <= position.delivered) {
            behind = null;
        } else if (missing != null && port.nowMicros() - behindMicros >= position.timeoutMicros) {
            behindMicros = port.nowMicros() + ASK_AGAIN_MICROS;
            port.output(new Behind(missing));
        }
        gathered();
    }

    /** The log must learn of the epoch of the own component, before anything counts that it certifies. */
    private void introduce() {
        long now = port.nowMicros();
        if (component.isForeign() && !position.isOver() && now - introducedMicros >= ASK_AGAIN_MICROS) {
            introducedMicros = now;
            port.certify(new TrustedCall.Introduce(stream), answer -> {
                // Who is excluded comes back in a later epoch only.
                if (answer.orElse(null) instanceof Attestation.Introduction introduction
                        && position.era.isOlderThan(introduction)) {
                    port.output(new Introduced(introduction));
                }
            });
        }
    }

    // The next era

    /** All up to the end of the era is delivered: what waits is for the next one, and the component, too. */
    void handOver(HybridOrdering next) {
        component.retire();
        next.requests.adopt(requests);
        next.position.timeoutMicros = position.timeoutMicros;
    }

    // Journal

    @Override
    public void restore(HybridMessage record) {
        switch (record) {
            case HybridMessage.Forgotten m -> {
                position.stable = m.checkpoint();
                component.restore(m);
                voting.forget();
            }
            case HybridMessage.InView m -> {
                component.restore(m);
                moving.restore(m.entered());
            }
            case HybridMessage.Held m -> voting.restoreHeld(m.batch());
            case HybridMessage.Decided m -> voting.restoreDecided(m.votes());
            case HybridMessage.Checkpointed m -> voting.restoreFence(m.fence());
            case HybridMessage.Intended m -> {
                if (m.draft() instanceof Draft.Propose propose) {
                    voting.restoreHeld(propose.batch());
                }
                component.restore(m);
            }
            default -> component.restore(record);
        }
    }

    @Override
    public void restored() {
        position.restoring = false;
        position.progressMicros = port.nowMicros();
        voting.restored();
        moving.restored();
        component.resume();
        voting.advance();
        StableCheckpoint stable = position.stable;
        if (stable != null && stable.claim().slot() > position.delivered) {
            fallBehind(stable);
        } else if (stable != null) {
            port.output(new Certified(stable));
        }
        announce(true);
        gathered();
        beatWhileWaiting();
    }

    @Override
    public void journal(Consumer<HybridMessage> sink) {
        StableCheckpoint stable = position.stable;
        if (stable != null) {
            sink.accept(new HybridMessage.Forgotten(stable));
        }
        component.journal(sink);
        voting.journal(sink);
    }

    /** Said once in an era: who hears it from a kernel excludes the replica. */
    private void convict(int replica) {
        if (!convicted.contains(replica) && replica != port.self()) {
            convicted = convicted.with(replica);
            port.output(new Convicted(stream, replica, position.era.epochs().get(replica)));
        }
    }

    /** Hears of what the own component certified. */
    private final class ComponentEvents implements Component.Listener {
        @Override
        public void proposed(HybridMessage.Prepare prepare) {
            voting.proposed(prepare);
        }

        @Override
        public void voted(Vote vote) {
            voting.voted(vote);
        }

        @Override
        public void opened(Draft.Open draft, Ui ui) {
            moving.opened(draft, ui);
        }

        @Override
        public void moved(ViewChange change) {
            moving.moved(change);
            beatWhileWaiting();
        }

        @Override
        public void reached(Fence fence) {
            voting.reached(fence);
        }

        @Override
        public void begun() {
            moving.begin();
            beatWhileWaiting();
        }

        @Override
        public void idle() {
            moving.begin();
            moving.goOn();
            fence();
            voting.goOn();
            gathered();
        }
    }

    /** Hears of slots. */
    private final class VotingEvents implements Voting.Listener {
        @Override
        public boolean isMoving() {
            return moving.isMoving();
        }

        @Override
        public void suspect() {
            patience.suspect();
        }

        @Override
        public void convict(int replica) {
            HybridOrdering.this.convict(replica);
        }

        @Override
        public void batchCame() {
            moving.resolve();
        }

        @Override
        public void advanced() {
            gathered();
            if (!telling) {
                telling = true;
                port.wake(TELL_AFTER_MICROS, () -> {
                    telling = false;
                    announce(false);
                });
            }
        }
    }

    /** Hears of views. */
    private final class MovingEvents implements Moving.Listener {
        @Override
        public void entered() {
            patience.restart();
            requests.restartPatience();
            voting.begin();
            fence();
            announce(false);
            gathered();
            beatWhileWaiting();
        }

        @Override
        public void convict(int replica) {
            HybridOrdering.this.convict(replica);
        }

        @Override
        public void certified(StableCheckpoint checkpoint) {
            HybridOrdering.this.certified(checkpoint);
        }
    }
}
