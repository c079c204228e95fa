package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.keys.KeyLedger;
import org.maftia.core.ordering.AtomicBroadcast.Standing;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.ordering.StableCheckpoint;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Limits;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * The replicated state: services, sessions, signatures that are wanted. A function of the log alone, the same at every
 * correct replica after the same slot.
 */
final class Execution {
    /** A replica may ask to rejoin once in this time: each request costs the group two epochs. */
    static final long REJOIN_INTERVAL_MICROS = 60_000_000;

    /** A reader's wish for a checkpoint is granted once in this time: each may cost a snapshot of the whole state. */
    static final long CERTIFY_INTERVAL_MICROS = 5_000_000;

    /**
     * Checkpoints also come with every so many full batches: until one is stable every replica keeps what was delivered, and
     * a window of slots may hold hundreds of megabytes.
     */
    private static final int CHECKPOINT_BATCHES = 16;

    private final Genesis genesis;
    private final int size;
    private final Limits limits;
    private final ServiceCalls effects;
    private final Succession succession;
    private final Eras eras;
    private final KeyLedger ledger;
    private final KeyUses uses;
    private final Wishes wishes;

    private final SortedMap<Integer, ClientSessions> clients = new TreeMap<>();
    private final SortedMap<Integer, Long> rejoins = new TreeMap<>();
    private long slot;
    private Epoch epoch = Epoch.FIRST;
    private long timeMicros;
    private Digest history = Digest.ZERO;

    /** A checkpoint is due at the first slot of an epoch above this one; -1: none asked for. */
    private long checkpointAboveEpoch = -1;

    /** Agreed time of the last checkpoint that readers wished for. */
    private long certifiedMicros;

    /** Whether a command of this slot wants a checkpoint after it. */
    private boolean certifyNow;

    /** Bytes of operations executed since the last checkpoint; 0 at each, so no part of the state. */
    private long sinceCheckpoint;

    /** Of the last one; nothing but time depends on it. */
    private int snapshotLength;

    /** A state from which, by what was executed since, the present one comes again; null before anything is executed. */
    private byte @Nullable [] base;

    private final List<Decision> since = new ArrayList<>();

    Execution(Genesis genesis, KeyUses uses, FaultStructure trust, Limits limits, Effects effects) {
        this.genesis = genesis;
        this.uses = uses;
        this.size = trust.size();
        this.limits = limits;
        this.effects = new ServiceCalls(effects);
        this.succession = new Succession(genesis.tenure(), trust, limits.pipeline());
        this.eras = new Eras(genesis, trust, limits.pipeline());
        this.ledger = new KeyLedger(trust, genesis.care().keys(), new KeyEvents());
        this.wishes = new Wishes(genesis, uses, ledger, trust, this.effects, new Here());
    }

    /** What execution causes outside the replicated state. */
    interface Effects {
        void reply(RequestId id, long slot, byte[] result);

        void signatureWanted(long number, PendingSignatures.Wanted wanted);

        void signatureDone(long number);

        void decryptionWanted(long number, PendingDecryptions.Wanted wanted);

        void decryptionDone(long number);

        /** What was found out here about the ciphertext of a wish, and shares of this epoch for it. */
        default PendingDecryptions.Found found(long number, long keyEpoch) {
            return PendingDecryptions.Found.NOTHING;
        }

        /** The group is to pass this epoch: a replica that lost its journal waits for that, or a coin was renewed. */
        void passEpoch(long epoch);

        /** A replica broke a rule, as the log shows. */
        void blame(int replica, String rule);

        /** A replica brought a signature that does not verify. */
        default void falseSignature(int replica) {
            blame(replica, "ordered a signature that does not verify");
        }

        /** A replica brought shares that do not open what it says they do. */
        default void falseShares(int replica) {
            blame(replica, "ordered shares that open nothing");
        }

        /** A service broke at something in this slot, or at a question to its present state; that was undone. */
        void broke(String service, long slot, Throwable cause);
    }

    long slot() {
        return slot;
    }

    /** Goes on from this state: what it asked for before a restart, or elsewhere, is asked for here, too. */
    void resume() {
        if (checkpointAboveEpoch >= 0 && !isOver()) {
            effects.passEpoch(checkpointAboveEpoch);
        }
    }

    PendingSignatures signatures() {
        return wishes.signatures();
    }

    PendingDecryptions decryptions() {
        return wishes.decryptions();
    }

    PendingEvaluations evaluations() {
        return wishes.evaluations();
    }

    PendingObservations observations() {
        return wishes.observations();
    }

    Refusals refusals() {
        return wishes.refusals();
    }

    Succession succession() {
        return succession;
    }

    Eras eras() {
        return eras;
    }

    KeyLedger ledger() {
        return ledger;
    }

    /** Whether the last slot of the configuration is executed: others go on. */
    boolean isOver() {
        return succession.isSettled() && slot >= succession.last();
    }

    /** Whether this is the first slot of a configuration that follows another one, whose keys only wait for its checkpoint. */
    private boolean isFirst() {
        Tenure tenure = genesis.tenure();
        return tenure != null && tenure.inherits(slot - 1);
    }

    Standing standing(RequestId id) {
        RequestId lasting = lasting(id);
        ClientSessions client = lasting == null ? null : clients.get(lasting.client());
        if (lasting == null) {
            return Standing.REFUSED;
        }
        if (client != null) {
            return client.standing(lasting);
        }
        return id.sequence() < limits.sessionWindow() ? Standing.OPEN : Standing.REFUSED;
    }

    ClientSessions.@Nullable Executed executed(RequestId id) {
        RequestId lasting = lasting(id);
        ClientSessions client = lasting == null ? null : clients.get(lasting.client());
        return client == null || lasting == null ? null : client.reply(lasting);
    }

    /**
     * The name of a request in the replicated state, which outlives configurations: the gateway of a member goes by its
     * seat, as members change their indices. Null: no such member.
     */
    private @Nullable RequestId lasting(RequestId id) {
        Tenure tenure = genesis.tenure();
        if (tenure == null || id.client() >= ReplicaSet.SIZE_MAX) {
            return id;
        }
        return id.client() < size ? new RequestId(tenure.seat(id.client()), id.session(), id.sequence()) : null;
    }

    /** The name of a request in this configuration; null: of a gateway that left. */
    private @Nullable RequestId present(RequestId lasting) {
        Tenure tenure = genesis.tenure();
        if (tenure == null || lasting.client() >= ReplicaSet.SIZE_MAX) {
            return lasting;
        }
        int index = tenure.configuration().indexOf(lasting.client());
        return index < 0 ? null : new RequestId(index, lasting.session(), lasting.sequence());
    }

    /** Executes the next slot. True when a checkpoint is due after it. */
    boolean execute(Decision decision) {
        Invariant.check(decision.slot() == slot + 1, "slots are executed in order");
        Invariant.check(!isOver(), "nothing is executed above the last slot of a configuration");
        Invariant.check(decision.timeMicros() >= timeMicros, "agreed time never goes back");
        if (base == null) {
            snapshot(); // what the group begins with
        }
        while (true) {
            try {
                boolean due = step(decision);
                since.add(decision);
                return due;
            } catch (ServiceCalls.Broken broken) {
                effects.leaveOut(broken);
                goBack();
            }
        }
    }

    /** To the state before the slot in which a service broke. The next time it is not as far. */
    private void goBack() {
        byte[] from = Invariant.present(base, "there is one before anything is executed");
        boolean reached = false;
        while (!reached) {
            try {
                read(from);
                since.forEach(this::step);
                reached = true;
            } catch (ServiceCalls.Broken again) {
                effects.leaveOut(again); // not as the first time: no function of the log
            }
        }
        snapshot();
    }

    private boolean step(Decision decision) {
        effects.begin(decision.slot());
        slot = decision.slot();
        epoch = decision.epoch();
        timeMicros = decision.timeMicros();
        history = Transcript.of("history")
                .field(history)
                .field(slot)
                .field(timeMicros)
                .field(decision.digest())
                .digest();
        certifyNow = false;
        ledger.slot(slot, epoch.number(), timeMicros);
        for (Request request : decision.requests()) {
            sinceCheckpoint += request.operation().length;
            execute(request);
        }
        wishes.tick();
        boolean asked = checkpointAboveEpoch >= 0 && epoch.number() > checkpointAboveEpoch;
        if (asked) {
            checkpointAboveEpoch = -1;
        }
        boolean due = asked
                || certifyNow
                || isFirst()
                || isOver()
                || eras.endsWith(slot)
                || slot % limits.checkpointInterval() == 0
                || sinceCheckpoint >= (long) CHECKPOINT_BATCHES * limits.batchLengthMax();
        eras.executed(slot, timeMicros);
        sinceCheckpoint = due ? 0 : sinceCheckpoint;
        return due;
    }

    /** The agreed time for which a service waits; the greatest number when none does. */
    long dueMicros() {
        return isOver() ? Long.MAX_VALUE : Math.min(ledger.nextMicros(), wishes.dueMicros());
    }

    private void execute(Request request) {
        RequestId id = lasting(request.id());
        if (id == null) {
            return; // no member has this index
        }
        ClientSessions client = clients.computeIfAbsent(
                id.client(), key -> new ClientSessions(limits.sessionWindow(), limits.sessionsPerClient()));
        if (client.standing(id) != Standing.OPEN) {
            return;
        }
        client.execute(id);
        byte[] result = call(id, request);
        if (result != null) {
            finish(id, result);
        }
    }

    private byte @Nullable [] call(RequestId id, Request request) {
        ServiceCall call;
        try {
            call = ServiceCall.codec(limits.operationLengthMax()).decode(request.operation());
            if (call.service().equals(GroupCommand.SERVICE)) {
                group(request.id().client(), GroupCommand.CODEC.decode(call.operation()));
                return new byte[0];
            }
        } catch (MalformedException e) {
            return new byte[0]; // A correct gateway lets no such operation in; its sender learns nothing.
        }
        if (call.service().equals(Reconfiguration.SERVICE)) {
            return Reconfiguration.Verdict.CODEC.encode(succession.wish(call.operation(), ledger));
        }
        if (call.service().equals(ConfidentialCall.SERVICE)) {
            return ConfidentialCall.unreadable(); // what could be read stands here under its own service
        }
        StateMachine service = genesis.services().get(call.service());
        if (service == null) {
            return new byte[0];
        }
        Command command = new Command(id, call.operation());
        return effects.apply(request.id().client(), call.service(), service, command, wishes.of(call.service()));
    }

    /** @param id as the replicated state has it */
    private void finish(RequestId id, byte[] result) {
        ClientSessions client = Invariant.present(clients.get(id.client()), "only a request has a result");
        client.keep(id, slot, result);
        RequestId present = present(id);
        if (present != null) {
            effects.reply(present, slot, result);
        }
    }

    private void group(int client, GroupCommand command) {
        if (client >= size) {
            return; // only replicas speak for the group
        }
        switch (command) {
            case GroupCommand.Signed signed -> wishes.signed(client, signed);
            case GroupCommand.Opened opened -> wishes.opened(client, opened);
            case GroupCommand.Rejoin rejoin -> rejoin(client, rejoin.epoch());
            case GroupCommand.Mark mark -> mark(mark.certify());
            case GroupCommand.Ready ready -> succession.ready(ready.readiness(), slot);
            case GroupCommand.Part part -> wishes.part(client, part);
            case GroupCommand.Taken taken -> wishes.taken(client, taken.number());
            case GroupCommand.Observed observed -> wishes.observed(client, observed);
            case GroupCommand.Introduced said -> eras.renew(client, said.introduction(), slot, timeMicros);
            case GroupCommand.Convicted said -> eras.convict(client, said, slot);
            case GroupCommand.AboutKey about -> ledger.apply(client, about.message(), timeMicros);
        }
    }

    private void mark(boolean certify) {
        if (certify && timeMicros - certifiedMicros >= CERTIFY_INTERVAL_MICROS) {
            certifiedMicros = timeMicros;
            certifyNow = true;
        }
    }

    private void rejoin(int replica, long forgotten) {
        long last = rejoins.getOrDefault(replica, Long.MIN_VALUE / 2);
        if (timeMicros - last < REJOIN_INTERVAL_MICROS || forgotten > epoch.number() + 1) {
            return;
        }
        rejoins.put(replica, timeMicros);
        passEpoch(forgotten);
    }

    /** A checkpoint is to name a later epoch than this one. */
    private void passEpoch(long number) {
        checkpointAboveEpoch = Math.max(checkpointAboveEpoch, number);
        effects.passEpoch(number);
    }

    /** What a certificate of the present state claims. */
    StableCheckpoint.Claim claim(Digest stateRoot, Digest viewRoot) {
        return new StableCheckpoint.Claim(slot, epoch, timeMicros, stateRoot, viewRoot, history);
    }

    /** What the services show in the present state. */
    Views views() {
        return Views.of(genesis.services(), MadeKeys.shown(ledger, succession.view()));
    }

    /** The present answer of a service to an operation that changes nothing; null: the log must answer. */
    StateMachine.@Nullable Reading read(ServiceCall call) {
        return ask(call, StateMachine::read);
    }

    /** What the copy of a service here says to the shell; null: nothing. */
    byte @Nullable [] peek(ServiceCall call) {
        return ask(call, StateMachine::peek);
    }

    private <T> @Nullable T ask(ServiceCall call, BiFunction<StateMachine, byte[], @Nullable T> question) {
        StateMachine service = genesis.services().get(call.service());
        try {
            return service == null ? null : question.apply(service, call.operation());
        } catch (RuntimeException | StackOverflowError e) {
            effects.broke(call.service(), slot, e);
            return null; // a question changes nothing, so nothing is to be undone
        }
    }

    /** The whole replicated state; equal states give equal bytes. */
    byte[] snapshot() {
        // Somewhat longer than the last one: a state of megabytes should not be copied each time that a buffer is full.
        Writer writer = new Writer(Math.max(4096, snapshotLength + snapshotLength / 8));
        Epoch.CODEC.write(writer.u64(slot), epoch);
        writer.u64(timeMicros).digest(history).u64(checkpointAboveEpoch).u64(certifiedMicros);
        writer.u32(clients.size());
        clients.forEach((number, client) -> {
            writer.u16(number);
            client.write(writer);
        });
        writer.u32(rejoins.size());
        rejoins.forEach((replica, time) -> writer.u8(replica).u64(time));
        wishes.write(writer);
        succession.write(writer);
        eras.write(writer);
        writer.nested32(ledger::write);
        for (Map.Entry<String, StateMachine> service : genesis.services().entrySet()) {
            writer.string(service.getKey()).nested32(service.getValue()::snapshot);
        }
        snapshotLength = writer.length();
        return begin(writer.toBytes());
    }

    private byte[] begin(byte[] state) {
        base = state;
        since.clear();
        effects.forgetUpTo(slot);
        return state;
    }

    /** Takes over a state that a certificate vouches for, or an own one from the journal. */
    void restore(byte[] snapshot) {
        read(snapshot);
        begin(snapshot);
    }

    private void read(byte[] snapshot) {
        Reader reader = new Reader(snapshot);
        sinceCheckpoint = 0;
        slot = reader.count();
        epoch = Epoch.CODEC.read(reader);
        timeMicros = reader.count();
        history = reader.digest();
        checkpointAboveEpoch = reader.u64();
        certifiedMicros = reader.count();
        clients.clear();
        for (long count = reader.u32(); count > 0; count--) {
            clients.put(reader.u16(), ClientSessions.read(reader, limits.sessionWindow(), limits.sessionsPerClient()));
        }
        rejoins.clear();
        for (long count = reader.u32(); count > 0; count--) {
            rejoins.put(reader.u8(), reader.u64());
        }
        wishes.read(reader);
        succession.read(reader);
        eras.read(reader);
        Reader keys = new Reader(reader.opaque32(Integer.MAX_VALUE));
        Tenure tenure = genesis.tenure();
        Tenure begun = tenure != null && tenure.inherits(slot) ? tenure : null;
        restoreServices(reader, begun != null);
        if (begun != null) {
            begin(begun, keys);
        } else {
            ledger.read(keys);
            keys.end();
        }
    }

    /**
     * All members of a configuration run the same services; it may have others than the one before. Those that come with it begin
     * without a past, and of those that went with the other one nothing is kept.
     */
    private void restoreServices(Reader reader, boolean begins) {
        Set<String> missing = new TreeSet<>(genesis.services().keySet());
        while (reader.remaining() > 0) {
            String name = reader.string(ServiceCall.NAME_LENGTH_MAX);
            Reader state = new Reader(reader.opaque32(Integer.MAX_VALUE));
            StateMachine service = genesis.services().get(name);
            if (service != null) {
                service.restore(state);
                missing.remove(name);
            }
            Invariant.check(service != null || begins, "all replicas run the same services");
        }
        Invariant.check(missing.isEmpty() || begins, "all replicas run the same services");
    }

    /** The state is that of the configuration before: what concerned its members and keys alone ends with it. */
    private void begin(Tenure tenure, Reader keys) {
        checkpointAboveEpoch = -1;
        rejoins.clear();
        succession.begin();
        eras.begin(genesis.tenure());
        ledger.restart(keys, tenure::indexOfFormer);
        wishes.restart(); // with the keys that go on
    }

    /** What the ledger of keys brings about. */
    private final class KeyEvents implements KeyLedger.Listener {
        @Override
        public void blame(int replica, String rule) {
            effects.blame(replica, rule);
        }

        /**
         * A checkpoint at once: with its certificate the shares of the epoch before are erased. Those of the coin serve one
         * recovery more, which therefore comes now.
         */
        @Override
        public void finished(DiscreteLogKey key) {
            certifyNow = true;
            BlsKey signing = ledger.signing(key.keyId());
            if (signing != null && ledger.before(key.keyId()) == null) {
                uses.begin(key, signing); // services may want a signature in this very slot
            }
            if (uses.isCoin(key.keyId())) {
                passEpoch(epoch.number());
            }
        }

        /** The recovery of an epoch of the ordering can choose between two coins, and no more. */
        @Override
        public boolean mayBegin(String keyId) {
            return !uses.isCoin(keyId) || ledger.changedEpoch(keyId) < epoch.number();
        }
    }

    /** Where services are in the log. */
    private final class Here implements Wishes.Place {
        @Override
        public long slot() {
            return slot;
        }

        @Override
        public long timeMicros() {
            return timeMicros;
        }

        @Override
        public @Nullable RequestId present(RequestId lasting) {
            return Execution.this.present(lasting);
        }

        @Override
        public void finish(RequestId id, byte[] result) {
            Execution.this.finish(id, result);
        }
    }
}
