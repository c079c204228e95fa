package org.maftia.core.replica;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Coin;
import org.maftia.core.ordering.AtomicBroadcast;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Era;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Protocol;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Codec;

/**
 * One replica of a group: all correct ones execute the same requests in the same order, each at most once, and give the
 * same results, as long as the corrupted ones lie in one fault set.
 *
 * <p>The root of the tree: {@code order} decides slots, {@code ckpt} certifies states, {@code state} fetches one that was
 * missed, {@code sign} signs for services, {@code decrypt} opens what they hold, {@code disclose} what clients encrypted,
 * {@code view} brings the trusted component into the view that the log names.
 */
public final class Replica implements Protocol.Root<Input, ReplicaSnapshot> {
    /** The longest frame of trusted components has 2,048 bytes; their hosts may put a few before it. */
    public static final int RELAYED_LENGTH_MAX = 2_112;

    private final Port<ReplicaSnapshot, Output> port;
    private final Genesis genesis;
    private final KeyUses uses;
    private final Codec<ServiceCall> calls;
    private final Execution execution;
    private final AtomicBroadcast ordering;
    private final Checkpoints checkpoints;
    private final StateTransfer transfer;
    private final Signing signing;
    private final Decryption decryption;
    private final SecureCausalOrder log;
    private final FastReads reads;
    private final ClientConduct conduct;
    private final Admission admission;

    /** Where the configuration before ended; its state comes by {@link Input.Inherit}, or from others. */
    private final @Nullable StableCheckpoint base;

    private final OwnRequests own;
    private final Ticks ticks;
    private final KeyRenewal renewal;
    private final Observing observing;

    /** Null where there are no trusted components, or nothing is told to them of each other. */
    private final @Nullable TrustedMembership membership;

    /** Own states at recent checkpoint slots, until a certificate picks one. */
    private final SortedMap<Long, Snapshot> snapshots = new TreeMap<>();

    /** A certificate for a slot that this replica has not executed yet. */
    private @Nullable StableCheckpoint ahead;

    private @Nullable Stable stable;

    /** An own state, and what it shows to readers. */
    private record Snapshot(MerkleTree tree, Views views) {}

    /** The newest certified checkpoint with its state. */
    private record Stable(StableCheckpoint checkpoint, Snapshot snapshot) {}

    /**
     * @param amnesiac whether this replica has lived before but lost its journal: it must not vote where it may have
     *     voted already
     */
    public Replica(Port<ReplicaSnapshot, Output> port, Genesis genesis, boolean amnesiac) {
        this(port, genesis, amnesiac, port.nowMicros());
    }

    /** @param session for what the replica says itself, with some after it: above all of its and its gateway's before */
    public Replica(Port<ReplicaSnapshot, Output> port, Genesis genesis, boolean amnesiac, long session) {
        this.port = port;
        this.genesis = genesis;
        this.calls = ServiceCall.codec(port.limits().operationLengthMax());
        Tenure tenure = genesis.tenure();
        this.base = tenure == null ? null : tenure.inherited();
        this.uses = new KeyUses(genesis);
        this.execution = new Execution(genesis, uses, port.trust(), port.limits(), new Outside());
        this.ordering = new Ordering(port, genesis, this::coin, new Sessions(), base).nest(amnesiac, this::ordered);
        this.own = new OwnRequests(port, ordering, execution, calls, session);
        this.ticks = new Ticks(port, execution, own);
        this.observing = new Observing(port, execution, own);
        this.renewal = new KeyRenewal(port, genesis, execution, own, uses, this::renewed);
        this.checkpoints = port.<Checkpoints.Vote, StableCheckpoint, Checkpoints>nest(
                "ckpt", Path.NO_INDEX, child -> new Checkpoints(child, genesis), this::certified);
        this.transfer = port.<StateTransfer.Message, StateTransfer.Event, StateTransfer>nest(
                "state", Path.NO_INDEX, StateTransfer::new, this::transferred);
        this.signing = port.<Signing.Message, Signing.Finished, Signing>nest(
                "sign", Path.NO_INDEX, child -> new Signing(child, uses.signatures()), own::signed);
        this.decryption = port.<Decryption.Message, Decryption.Finished, Decryption>nest(
                "decrypt", Path.NO_INDEX, child -> new Decryption(child, uses.cipher()), this::decrypted);
        this.log = new SecureCausalOrder(port, genesis, uses, execution::standing, new LogEvents());
        this.reads = new FastReads(calls, execution, own);
        this.conduct = new ClientConduct(port);
        this.admission = new Admission(port, genesis, execution, ordering, log, conduct);
        this.membership = TrustedMembership.nest(port, genesis);
    }

    /** Where this replica stands. Only from the thread that runs the node. */
    public Status status() {
        AtomicBroadcast.Progress progress = ordering.progress();
        return new Status(
                progress.epoch(),
                progress.leader(),
                progress.decided(),
                execution.slot(),
                progress.known(),
                checkpoints.stableSlot(),
                progress.timeoutMicros(),
                execution.signatures().all().size(),
                progress.abstaining(),
                transfer.isFetching(),
                execution.ledger().standings(),
                execution.eras().epochs(),
                execution.eras().exclusions(),
                membership == null ? Optional.empty() : membership.standing());
    }

    @Override
    public Codec<ReplicaSnapshot> codec() {
        return ReplicaSnapshot.CODEC;
    }

    @Override
    public void input(Input input) {
        switch (input) {
            case Input.Submit submit -> admission.submit(submit.request(), false);
            case Input.Carry carry -> admission.submit(carry.request(), true);
            case Input.Offence offence -> conduct.offended(offence.client(), offence.rule());
            case Input.Read read ->
                port.output(
                        genesis.components() == null
                                ? reads.answer(read.id(), read.operation())
                                : new Output.Unread(read.id(), Ordering.NO_READS));
            case Input.Peek peek -> port.output(reads.peek(peek));
            case Input.Certify certify -> reads.certify(port.nowMicros());
            case Input.Renew renew -> renewal.wish(renew.keyId());
            case Input.Observed observed -> observing.observed(observed);
            case Input.Ready ready -> own.ready(ready.readiness());
            case Input.Inherit inherit -> inherit(inherit.state());
            case Input.Installed _, Input.Chain _ -> {} // a lineage has use for them
            case Input.Carried carried -> {
                if (membership != null) {
                    membership.carry(carried.peer(), carried.bytes());
                }
            }
            case Input.Connected connected -> connected(connected.peer());
        }
    }

    @Override
    public void receive(int from, ReplicaSnapshot message) {
        port.blame(from, "sends a journal record");
    }

    private void connected(int peer) {
        ordering.connected(peer);
        checkpoints.repeat(peer);
        own.repeat();
        if (membership != null) {
            membership.connected(peer);
        }
    }

    private @Nullable Coin coin(Epoch ending) {
        return renewal.coin(ending);
    }

    private void renewed(String keyId) {
        if (uses.isCoin(keyId)) {
            ordering.tossable();
        } else if (uses.isCipher(keyId)) {
            log.renewed();
            decryption.renewed();
        } else {
            signing.renewed(keyId);
        }
    }

    private void ordered(AtomicBroadcast.Event event) {
        switch (event) {
            case Decision decision -> decided(decision);
            case AtomicBroadcast.Behind behind -> behind(behind.checkpoint());
            case AtomicBroadcast.Certified certified -> {
                if (checkpoints.learn(certified.checkpoint())) {
                    certified(certified.checkpoint());
                }
            }
            case AtomicBroadcast.Introduced said -> own.command(new GroupCommand.Introduced(said.introduction()));
            case AtomicBroadcast.Convicted said ->
                own.command(new GroupCommand.Convicted(said.stream(), said.replica(), said.epoch()));
            case AtomicBroadcast.Rejoin rejoin -> own.command(new GroupCommand.Rejoin(rejoin.epoch()));
            case AtomicBroadcast.Forged forged -> conduct.offended(forged.client(), "a client signs with its own key");
        }
    }

    private void decided(Decision decision) {
        if (!execution.eras().counts(decision)) {
            return;
        }
        // What a slot hides that this configuration may not come to is still to be ordered in the next one: it is
        // opened only when its turn comes.
        boolean near = decision.slot() <= execution.slot() + port.limits().pipeline();
        log.decided(decision, genesis.tenure() == null || near);
        execute();
    }

    /** Executes in slot order, as far as slots are decided and all that they hide is read. */
    private void execute() {
        while (!execution.isOver()) {
            Decision next = log.readable(execution.slot() + 1);
            if (next == null) {
                break;
            }
            if (execution.execute(next)) {
                checkpoint();
            }
            endIfSettled();
            own.act();
            renewal.act();
            observing.act();
            ordering.tossable();
        }
        ticks.consider();
    }

    /** Once it is settled where the configuration ends, or an era of it, the log goes there and no further. */
    private void endIfSettled() {
        execution.eras().tell(ordering, execution.slot());
        execution.eras().news().forEach(port::output);
        Era era = execution.eras().present();
        if (membership != null && era != null) {
            membership.follow(era);
        }
        if (execution.succession().isSettled()) {
            ordering.end(execution.succession().last());
        }
    }

    /** The proof of who goes on after this configuration; null while its last state is not certified, or not here. */
    @Nullable
    ConfigurationCertificate handover() {
        Stable mine = stable;
        Configuration next = execution.succession().next();
        if (mine == null || next == null || !execution.isOver() || isInherited(mine.checkpoint)) {
            return null;
        }
        if (mine.checkpoint.claim().slot() != execution.succession().last()) {
            return null;
        }
        CertifiedView view = new CertifiedView(genesis.configuration(), mine.checkpoint, mine.snapshot.views);
        return view.read(ConfigurationCertificate.VIEW, ConfigurationCertificate.SUCCESSOR)
                .map(proof -> new ConfigurationCertificate(next, proof))
                .orElse(null);
    }

    /** The state of the newest certified checkpoint. */
    byte[] certifiedState() {
        Stable mine = Invariant.present(stable, "asked only where a checkpoint is");
        return mine.snapshot.tree.content();
    }

    /** Whether a quorum of this configuration certified a state that is here: nothing of the one before is needed. */
    boolean isEstablished() {
        return stable != null && !isInherited(stable.checkpoint);
    }

    /** The configuration is over, and nobody needs anybody in it: shares that changed with their epochs are overwritten. */
    void forgetKeys() {
        uses.forget();
    }

    /** Whether it has no state at all yet. */
    boolean isEmpty() {
        return base != null && execution.slot() < base.claim().slot();
    }

    /** How this configuration comes to its end, as the log says here. */
    Succession succession() {
        return execution.succession();
    }

    /** What clients of this replica wait for, and its own gateway: the next configuration is to order it. */
    List<Request> unfinished() {
        Map<RequestId, Request> all = new LinkedHashMap<>();
        ordering.waiting().forEach(request -> all.put(request.id(), request));
        own.all().forEach(request -> all.put(request.id(), request));
        return all.values().stream()
                .filter(request -> admission.refusal(request) == null
                        && execution.standing(request.id()) == AtomicBroadcast.Standing.OPEN)
                .toList();
    }

    private boolean isInherited(StableCheckpoint checkpoint) {
        return base != null && base.claim().slot() == checkpoint.claim().slot();
    }

    private void inherit(byte[] state) {
        StableCheckpoint begin = base;
        if (begin == null || !isEmpty()) {
            return; // a state came from others
        }
        boolean same = new MerkleTree(state).root().equals(begin.claim().stateRoot());
        Invariant.check(same, "the state that the certificate names is the one that this replica handed over");
        install(begin, state);
    }

    private void checkpoint() {
        Snapshot snapshot = snapshot(execution.snapshot());
        snapshots.put(execution.slot(), snapshot);
        if (snapshots.size() > snapshotsMax()) {
            snapshots.remove(snapshots.firstKey());
        }
        ordering.vouch(execution.slot());
        if (!ordering.progress().abstaining()) {
            checkpoints.vote(execution.claim(snapshot.tree.root(), snapshot.views.root()));
        }
        if (ahead != null && ahead.claim().slot() <= execution.slot()) {
            certified(ahead);
        }
    }

    /** States kept while no certificate picks one: the log runs no further ahead of certificates than its window. */
    private int snapshotsMax() {
        return port.limits().voteWindow() / port.limits().checkpointInterval() + 1;
    }

    private void certified(StableCheckpoint checkpoint) {
        long slot = checkpoint.claim().slot();
        if (stable != null && stable.checkpoint.claim().slot() >= slot) {
            return;
        }
        if (slot > execution.slot()) {
            ahead = checkpoint;
            return;
        }
        Snapshot snapshot = snapshots.get(slot);
        if (snapshot == null) {
            return; // superseded: a newer one is on its way
        }
        if (!snapshot.tree.root().equals(checkpoint.claim().stateRoot())) {
            port.output(new Output.Notice(
                    "the own state differs from the certified one at slot " + slot + ": fetching the certified one"));
            transfer.fetch(checkpoint);
            return;
        }
        adopt(checkpoint, snapshot);
        show();
        ordering.stable(checkpoint);
        port.compact();
    }

    private Snapshot snapshot(byte[] state) {
        return new Snapshot(new MerkleTree(state), execution.views());
    }

    /** Hands the certified views to readers. Views that the certificate does not name come from a service gone wrong. */
    private void show() {
        if (stable == null || isInherited(stable.checkpoint)) {
            return; // that one readers had from the configuration before
        }
        StableCheckpoint checkpoint = stable.checkpoint;
        if (stable.snapshot.views.root().equals(checkpoint.claim().viewRoot())) {
            port.output(new Output.Certified(
                    new CertifiedView(genesis.configuration(), checkpoint, stable.snapshot.views)));
        } else {
            port.output(new Output.Notice("the own views differ from the certified ones at slot "
                    + checkpoint.claim().slot() + ": readers get none"));
        }
    }

    private void adopt(StableCheckpoint checkpoint, Snapshot snapshot) {
        long slot = checkpoint.claim().slot();
        stable = new Stable(checkpoint, snapshot);
        snapshots.headMap(slot + 1).clear();
        log.forgetUpTo(slot);
        transfer.serve(checkpoint, snapshot.tree);
        transfer.abandonUpTo(slot);
        renewal.stable(
                slot, isInherited(checkpoint) ? -1 : checkpoint.claim().epoch().number());
        if (ahead != null && ahead.claim().slot() <= slot) {
            ahead = null;
        }
    }

    private void behind(StableCheckpoint checkpoint) {
        if (checkpoint.claim().slot() > execution.slot() && checkpoints.isValid(checkpoint)) {
            checkpoints.learn(checkpoint);
            port.output(new Output.Notice("fetching the state of slot "
                    + checkpoint.claim().slot() + ", as the group has forgotten slot " + (execution.slot() + 1)));
            transfer.fetch(checkpoint);
        }
    }

    private void transferred(StateTransfer.Event event) {
        switch (event) {
            case StateTransfer.Fetched fetched -> install(fetched.checkpoint(), fetched.state());
            case StateTransfer.Outdated outdated -> {
                if (checkpoints.isValid(outdated.newer())) {
                    checkpoints.learn(outdated.newer());
                    transfer.fetch(outdated.newer());
                } else {
                    port.blame(outdated.peer(), "offers a checkpoint whose certificate is not valid");
                }
            }
        }
    }

    private void install(StableCheckpoint checkpoint, byte[] state) {
        long slot = checkpoint.claim().slot();
        execution.restore(state);
        snapshots.clear();
        adopt(checkpoint, snapshot(state));
        show();
        if (!isInherited(checkpoint)) {
            ordering.install(checkpoint);
            // Where slots were decided and not read the ordering has nothing to install, but its window must move.
            ordering.stable(checkpoint);
        }
        endIfSettled();
        execution.resume();
        port.compact();
        signing.reset(execution.signatures().all());
        decryption.reset(execution.decryptions().all());
        own.answer();
        renewal.act();
        observing.act();
        port.output(new Output.Notice("continues from the certified state of slot " + slot));
        execute();
    }

    private void decrypted(Decryption.Finished finished) {
        if (execution.decryptions().get(finished.number()) != null) {
            own.command(new GroupCommand.Opened(finished.number(), finished.keyEpoch(), finished.shares()));
        }
    }

    @Override
    public void restore(ReplicaSnapshot record) {
        execution.restore(record.state());
        adopt(record.checkpoint(), snapshot(record.state()));
        if (!isInherited(record.checkpoint())) {
            checkpoints.learn(record.checkpoint());
            ordering.install(record.checkpoint());
        }
    }

    @Override
    public void restored() {
        show();
        signing.reset(execution.signatures().all());
        decryption.reset(execution.decryptions().all());
        renewal.start();
        observing.start();
        endIfSettled();
        execution.resume();
        if (base != null && isEmpty()) {
            transfer.fetch(base);
        } else {
            ticks.consider();
        }
        if (base != null && !isEstablished()) {
            // Be the group idle or not: with its first slot the configuration has a certified state of its own.
            ordering.fill(base.claim().slot() + 1);
        }
    }

    @Override
    public void journal(Consumer<ReplicaSnapshot> sink) {
        if (stable != null) {
            sink.accept(new ReplicaSnapshot(stable.checkpoint, stable.snapshot.tree.content()));
        }
    }

    private final class Sessions implements AtomicBroadcast.Sessions {
        /** What has its place in the log and waits to be read is as good as executed: a second place does nothing. */
        @Override
        public AtomicBroadcast.Standing standing(RequestId id) {
            return log.isWaiting(id) ? AtomicBroadcast.Standing.EXECUTED : execution.standing(id);
        }

        @Override
        public boolean isForGateways(Request request) {
            return SecureCausalOrder.isForGateways(request);
        }
    }

    /** What comes of requests before and behind the ordering. */
    private final class LogEvents implements SecureCausalOrder.Listener {
        @Override
        public void admitted(Request request) {
            own.order(request);
        }

        @Override
        public void refused(Request request, String reason) {
            port.output(new Output.Refused(request.id(), reason));
        }

        @Override
        public void read() {
            execute();
        }

        @Override
        public void stalled() {
            if (ahead != null) {
                transfer.fetch(ahead);
            }
        }
    }

    private final class Outside implements Execution.Effects {
        @Override
        public void reply(RequestId id, long slot, byte[] result) {
            own.executed(id);
            reads.executed(id);
            // Gateways of other replicas take their results from their own replicas.
            if (id.client() >= ReplicaSet.SIZE_MAX || id.client() == port.self()) {
                port.output(new Output.Reply(id, slot, result));
            }
        }

        @Override
        public void signatureWanted(long number, PendingSignatures.Wanted wanted) {
            signing.wanted(number, wanted);
        }

        @Override
        public void signatureDone(long number) {
            signing.done(number);
        }

        @Override
        public void decryptionWanted(long number, PendingDecryptions.Wanted wanted) {
            decryption.wanted(number, wanted);
        }

        @Override
        public void decryptionDone(long number) {
            decryption.done(number);
        }

        @Override
        public PendingDecryptions.Found found(long number, long keyEpoch) {
            return decryption.found(number, keyEpoch);
        }

        @Override
        public void passEpoch(long epoch) {
            ordering.passEpoch(epoch);
        }

        @Override
        public void blame(int replica, String rule) {
            port.blame(replica, rule);
        }

        @Override
        public void broke(String service, long slot, Throwable cause) {
            port.output(new Output.Broken(service, slot, cause));
        }
    }
}
