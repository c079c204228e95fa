package org.maftia.core.replica;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ObliviousDealer;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.ObliviousKey;
import org.maftia.core.crypto.ReplicatedOprf;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Structures;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;

/**
 * The replicated state of a group of four in one place, for services under trial: the code that replicas run executes the commands,
 * and what services want of the group is done as its members do it. A service that breaks fails the test, though a group undoes that.
 */
public final class TrialLog {
    public static final FaultStructure TRUST = Structures.FOUR;

    /** Ids of clients that are no gateways begin here. */
    public static final int CLIENT = 64;

    /** Steps until a service has all that it asked for; one that asks without end fails. */
    private static final int STEPS_MAX = 2_000;

    private static final IdealCipher CIPHER = new IdealCipher(0, TRUST);
    private static final ObliviousDealer.Dealing SEEDS =
            ObliviousDealer.deal("group", "oprf", TRUST.copiedSharing().orElseThrow(), new SeededEntropy(1));

    /** The group's oblivious function, under the id {@code oprf}. */
    public static final ReplicatedOprf OPRF = new ReplicatedOprf(SEEDS.key(), TRUST);

    /** Its public half. */
    public static final ObliviousKey OPRF_KEY = SEEDS.key();

    private static final SortedMap<Integer, ObliviousFunction.Holder> HOLDERS = holders();

    private final Group group;
    private final Execution execution;
    private final List<Throwable> failures = new ArrayList<>();
    private final SortedMap<RequestId, byte[]> replies = new TreeMap<>();
    private final SortedMap<Integer, Long> sequences;
    private long timeMicros;

    /** What a trial is of. */
    public interface Group {
        /** New state machines, by name. */
        SortedMap<String, StateMachine> services();

        /** Keys that sign, by id: see {@link TrialKey}. */
        SortedMap<String, TrialKey> keys();
    }

    public TrialLog(Group group, long timeMicros) {
        this(group, timeMicros, Collections.emptySortedMap());
    }

    private TrialLog(Group group, long timeMicros, SortedMap<Integer, Long> sequences) {
        this.group = group;
        this.timeMicros = timeMicros;
        this.sequences = new TreeMap<>(sequences);
        SortedMap<String, ThresholdSignature> keys = new TreeMap<>(group.keys());
        SortedMap<String, ObliviousFunction.Holder> evaluators = new TreeMap<>();
        evaluators.put(SEEDS.key().keyId(), holder(0));
        Genesis genesis = new Genesis(
                        Digest.ZERO,
                        new IdealCertifier(0),
                        new IdealCoin(0, TRUST, 0),
                        CIPHER.holder(0),
                        group.services(),
                        keys,
                        new TreeMap<>())
                .evaluating(evaluators);
        this.execution = new Execution(genesis, new KeyUses(genesis), TRUST, Limits.DEFAULT, new Effects());
    }

    private static SortedMap<Integer, ObliviousFunction.Holder> holders() {
        SortedMap<Integer, ObliviousFunction.Holder> holders = new TreeMap<>();
        SEEDS.shares().forEach((replica, own) -> holders.put(replica, OPRF.holder(own)));
        return Collections.unmodifiableSortedMap(holders);
    }

    private static ObliviousFunction.Holder holder(int replica) {
        return Invariant.present(HOLDERS.get(replica), "each has its part");
    }

    /** To whom clients encrypt, and hide garbage from. */
    public static IdealCipher cipher() {
        return CIPHER;
    }

    /** The same state, apart from it from now on, as a replica has it that took it over from others. */
    public TrialLog copy() {
        TrialLog copy = new TrialLog(group, timeMicros, sequences);
        copy.execution.restore(execution.snapshot());
        return copy;
    }

    /** Fails unless a replica that takes the state over has the same. */
    public void requireSameAfterRestart() {
        byte[] snapshot = execution.snapshot();
        TrialLog other = new TrialLog(group, timeMicros, sequences);
        other.execution.restore(snapshot);
        if (!Arrays.equals(other.execution.snapshot(), snapshot)) {
            throw new AssertionError("who restores a snapshot has another state");
        }
        if (!other.execution.views().root().equals(execution.views().root())) {
            throw new AssertionError("who restores a snapshot shows another state");
        }
    }

    public byte[] snapshot() {
        return execution.snapshot();
    }

    public long timeMicros() {
        return timeMicros;
    }

    /** Has a command ordered, and does what comes of it but for what waits for other replicas. Null: the answer comes later. */
    public byte @Nullable [] order(int client, String service, byte[] operation) {
        RequestId id = give(client, service, operation);
        return replies.remove(id);
    }

    /** The same; the answer is had by its id. */
    public RequestId give(int client, String service, byte[] operation) {
        RequestId id = next(client);
        byte[] call =
                ServiceCall.codec(Limits.DEFAULT.operationLengthMax()).encode(new ServiceCall(service, operation));
        execute(List.of(new Request(id, call)));
        return id;
    }

    public byte @Nullable [] reply(RequestId id) {
        return replies.get(id);
    }

    private RequestId next(int client) {
        long sequence = sequences.merge(client, 1L, Long::sum);
        return new RequestId(client, 1, sequence - 1);
    }

    private void execute(List<Request> requests) {
        long slot = execution.slot() + 1;
        timeMicros += 1_000;
        execution.execute(new Decision(slot, Epoch.FIRST, timeMicros, Digest.ZERO, requests));
        requireSound();
    }

    private void requireSound() {
        if (!failures.isEmpty()) {
            throw new AssertionError("a service broke", failures.getFirst());
        }
    }

    /** Agreed time goes on, with a slot of its own. */
    public void pass(long micros) {
        timeMicros += micros;
        execute(Collections.emptyList());
    }

    /** Agreed time for which services wait; the greatest number where none does. */
    public long dueMicros() {
        long due = execution.dueMicros();
        requireSound();
        return due;
    }

    /** The answer of a service to a question without the log. */
    public byte @Nullable [] peek(String service, byte[] question) {
        byte[] answer = execution.peek(new ServiceCall(service, question));
        requireSound();
        return answer;
    }

    /** The answer of a service to an operation that changes nothing. */
    public void read(String service, byte[] operation) {
        execution.read(new ServiceCall(service, operation));
        requireSound();
    }

    private void say(int replica, GroupCommand command) {
        give(replica, GroupCommand.SERVICE, GroupCommand.CODEC.encode(command));
    }

    /**
     * All that services want of the group is done.
     *
     * @param sight what a replica answers to a question about the world outside; any bytes
     */
    public void work(BiFunction<Integer, byte[], byte[]> sight) {
        for (int steps = 0; step(sight); steps++) {
            if (steps > STEPS_MAX) {
                throw new AssertionError("a service asks without end");
            }
        }
    }

    private boolean step(BiFunction<Integer, byte[], byte[]> sight) {
        for (var wanted : new TreeMap<>(execution.signatures().all()).entrySet()) {
            PendingSignatures.Recipient only = wanted.getValue().recipient();
            if (only == null) {
                TrialKey key =
                        Invariant.present(group.keys().get(wanted.getValue().keyId()), "the group has this key");
                byte[] signature = key.signature(wanted.getValue().message());
                say(0, new GroupCommand.Signed(wanted.getKey(), signature, 0));
            } else {
                say(only.id().client(), new GroupCommand.Taken(wanted.getKey()));
            }
            return true;
        }
        for (var wanted : new TreeMap<>(execution.decryptions().all()).entrySet()) {
            open(wanted.getKey(), wanted.getValue());
            return true;
        }
        for (int replica = 0; replica < TRUST.size(); replica++) {
            for (var wanted : execution.evaluations().without(replica).entrySet()) {
                byte[] part = holder(replica)
                        .part(wanted.getValue().user(), wanted.getValue().blinded());
                say(replica, new GroupCommand.Part(wanted.getKey(), part));
                return true;
            }
            for (var wanted : execution.observations().without(replica).entrySet()) {
                byte[] answer = sight.apply(replica, wanted.getValue().question());
                SortedMap<Long, byte[]> answers = new TreeMap<>();
                answers.put(wanted.getKey(), answer);
                say(replica, new GroupCommand.Observed(answers));
                return true;
            }
        }
        return false;
    }

    private void open(long number, PendingDecryptions.Wanted wanted) {
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        if (CIPHER.isValid(wanted.ciphertext(), wanted.label())) {
            for (int replica = 0; replica < TRUST.size(); replica++) {
                shares.put(replica, CIPHER.holder(replica).share(wanted.ciphertext(), wanted.label()));
            }
        }
        say(2, new GroupCommand.Opened(number, 0, shares));
    }

    /** Whatever execution causes outside: replies are kept, of the rest {@link #work} finds out by the state. */
    private final class Effects implements Execution.Effects {
        @Override
        public void reply(RequestId id, long slot, byte[] result) {
            replies.put(id, result);
        }

        @Override
        public void signatureWanted(long number, PendingSignatures.Wanted wanted) {}

        @Override
        public void signatureDone(long number) {}

        @Override
        public void decryptionWanted(long number, PendingDecryptions.Wanted wanted) {}

        @Override
        public void decryptionDone(long number) {}

        @Override
        public void passEpoch(long epoch) {}

        @Override
        public void blame(int replica, String rule) {}

        @Override
        public void broke(String service, long slot, Throwable cause) {
            failures.add(cause);
        }
    }
}
