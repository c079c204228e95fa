package org.maftia.services.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.maftia.core.crypto.BlindedInput;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsSignature;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ObliviousDealer;
import org.maftia.core.crypto.ObliviousFunction;
import org.maftia.core.crypto.ReplicatedOprf;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.KeyGrants;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Replica;
import org.maftia.core.replica.ReplicaSnapshot;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.wire.Digest;
import org.maftia.services.allowance.Allowances;

/**
 * Whole replicas over a network in memory that delivers in any order, with true keys: what a client gets, one of them lying,
 * is what all seeds in one place give.
 */
class EvaluationGroupTest {
    private static final FaultStructure TRUST = Structures.FOUR;
    private static final int STEPS_MAX = 400_000;
    private static final int CLIENT = 64;
    private static final byte[] USER = "alice".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PASSWORD = "correct horse".getBytes(StandardCharsets.UTF_8);

    private static final ObliviousDealer.Dealing SEEDS =
            ObliviousDealer.deal("group", "oprf", TRUST.copiedSharing().orElseThrow(), new SeededEntropy(1));
    private static final ReplicatedOprf FUNCTION = new ReplicatedOprf(SEEDS.key(), TRUST);
    private static final DiscreteLogDealer.Dealing SHARES =
            DiscreteLogDealer.deal("group", "receipts", TRUST.sharing(), new SeededEntropy(2));
    private static final BlsThreshold RECEIPTS = new BlsThreshold(BlsKey.of(SHARES));

    private int liar = -1;
    private boolean granted = true;
    private long sequence;

    private TestGroup<Input, Output> start(long seed) {
        return new TestGroup<>(TRUST.size(), TestGroup.Scheduler.drawn(seed, TRUST.size()), seed, this::replica);
    }

    private Automaton<Input, Output> replica(int self, long now) {
        return new Node<>(self, TRUST, Limits.DEFAULT, now, (Port<ReplicaSnapshot, Output> port) -> {
            TreeMap<String, StateMachine> services = new TreeMap<>();
            services.put(
                    Evaluator.NAME, new Evaluator("oprf", EvaluationReceipt.function(SEEDS.key()), RECEIPTS.keyId()));
            TreeMap<String, ThresholdSignature> keys = new TreeMap<>();
            keys.put(RECEIPTS.keyId(), RECEIPTS);
            TreeMap<String, ThresholdSignature.Signer> signers = new TreeMap<>();
            signers.put(RECEIPTS.keyId(), RECEIPTS.signer(SHARES.sharesOf(self)));
            TreeMap<String, ObliviousFunction.Holder> evaluators = new TreeMap<>();
            evaluators.put("oprf", holder(self));
            KeyGrants grants = KeyGrants.of(sorted("receipts", Evaluator.NAME), new TreeSet<>())
                    .evaluating(sorted("oprf", granted ? Evaluator.NAME : "another"));
            Genesis genesis = new Genesis(
                            Digest.ZERO,
                            new IdealCertifier(self),
                            new IdealCoin(0, TRUST, self),
                            new IdealCipher(0, TRUST).holder(self),
                            services,
                            keys,
                            signers)
                    .with(new IdealCertifier(self))
                    .with(grants)
                    .evaluating(evaluators);
            return new Replica(port, genesis, false);
        });
    }

    private static SortedMap<String, String> sorted(String key, String value) {
        SortedMap<String, String> map = new TreeMap<>();
        map.put(key, value);
        return map;
    }

    /** Lies where it is told to: a part for another user, which is as long and as much a point as the true one. */
    private ObliviousFunction.Holder holder(int self) {
        ReplicatedOprf.KeyHolder own =
                FUNCTION.holder(Objects.requireNonNull(SEEDS.shares().get(self)));
        return new ObliviousFunction.Holder() {
            @Override
            public ObliviousFunction function() {
                return FUNCTION;
            }

            @Override
            public byte[] part(byte[] user, byte[] blinded) {
                return own.part(self == liar ? PASSWORD : user, blinded);
            }
        };
    }

    /** What all seeds in one place make of it. */
    private static byte[] alone(byte[] user, byte[] password) {
        try (BlindedInput input = BlindedInput.of(password, new SeededEntropy(77))) {
            TreeMap<Integer, byte[]> parts = new TreeMap<>();
            SEEDS.shares()
                    .forEach((replica, own) ->
                            parts.put(replica, FUNCTION.holder(own).part(user, input.toBytes())));
            return input.finish(FUNCTION.combine(parts).orElseThrow().element()).orElseThrow();
        }
    }

    private EvaluationAnswer ask(TestGroup<Input, Output> group, byte[] user, byte[] blinded) {
        RequestId id = new RequestId(CLIENT, 1, sequence++);
        byte[] operation = EvaluationRequest.CODEC.encode(new EvaluationRequest(user, blinded));
        Request request = new Request(
                id,
                ServiceCall.codec(Limits.DEFAULT.operationLengthMax())
                        .encode(new ServiceCall(Evaluator.NAME, operation)));
        for (int i = 0; i < TRUST.size(); i++) {
            group.input(i, new Input.Submit(request));
        }
        assertThat(group.run(
                        STEPS_MAX,
                        () -> TRUST.all().toList().stream()
                                .allMatch(i -> !results(group, i, id).isEmpty())))
                .isTrue();
        List<byte[]> results = TRUST.all().toList().stream()
                .map(i -> results(group, i, id).getFirst())
                .toList();
        assertThat(results).allMatch(result -> java.util.Arrays.equals(result, results.getFirst()));
        return EvaluationAnswer.CODEC.decode(results.getFirst());
    }

    private static List<byte[]> results(TestGroup<Input, Output> group, int replica, RequestId id) {
        return group.outputs(replica).stream()
                .filter(output ->
                        output instanceof Output.Reply reply && reply.id().equals(id))
                .map(output -> ((Output.Reply) output).result())
                .toList();
    }

    private Optional<byte[]> value(TestGroup<Input, Output> group, long seed) {
        try (BlindedInput input = BlindedInput.of(PASSWORD, new SeededEntropy(seed))) {
            if (!(ask(group, USER, input.toBytes()) instanceof EvaluationAnswer.Evaluated evaluated)) {
                return Optional.empty();
            }
            byte[] receipt =
                    EvaluationReceipt.message(evaluated.function(), USER, input.toBytes(), evaluated.element());
            assertThat(evaluated.function()).isEqualTo(EvaluationReceipt.function(SEEDS.key()));
            assertThat(BlsSignature.verify(RECEIPTS.key().publicKey(), receipt, evaluated.signature()))
                    .isTrue();
            return input.finish(evaluated.element());
        }
    }

    @Attack("false shares")
    @Seeds(8)
    void whatTheGroupEvaluatesIsWhatTheWholeKeyGivesAndWhoLiesIsNamed(long seed) {
        liar = seed < 4 ? (int) seed : -1;
        TestGroup<Input, Output> group = start(seed);
        assertThat(value(group, seed)).hasValue(alone(USER, PASSWORD));
        // Blinded in another way it is another question, with the same answer.
        assertThat(value(group, seed + 100)).hasValue(alone(USER, PASSWORD));
        if (liar >= 0) {
            assertThat(group.run(
                            STEPS_MAX,
                            () -> TRUST.all().without(liar).toList().stream()
                                    .noneMatch(i -> group.blames(i).isEmpty())))
                    .isTrue();
        }
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(group.blames(i)).allMatch(blame -> blame.replica() == liar);
        }
    }

    @Attack("service uses a key that is not its own")
    @Seeds(2)
    void nothingIsEvaluatedWithoutAGrantAndTheOperatorReadsOfIt(long seed) {
        granted = false;
        TestGroup<Input, Output> group = start(seed);
        try (BlindedInput input = BlindedInput.of(PASSWORD, new SeededEntropy(seed))) {
            assertThat(ask(group, USER, input.toBytes())).isInstanceOf(EvaluationAnswer.Refused.class);
        }
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(group.outputs(i))
                    .filteredOn(Output.Notice.class::isInstance)
                    .extracting(output -> ((Output.Notice) output).text())
                    .contains(
                            "service evaluation may not have key oprf evaluate, as the configuration does not grant it:"
                                    + " refused 1 times");
        }
    }

    @Seeds(1)
    void whatIsNoPointIsRefusedByTheLogAndAGuesserIsHeldUpByIt(long seed) {
        TestGroup<Input, Output> group = start(seed);
        assertThat(ask(group, USER, new byte[ObliviousFunction.ELEMENT_LENGTH]))
                .isInstanceOf(EvaluationAnswer.Malformed.class);
        for (int i = 0; i < Allowances.FREE; i++) {
            assertThat(value(group, i)).isPresent();
        }
        try (BlindedInput input = BlindedInput.of(PASSWORD, new SeededEntropy(seed))) {
            assertThat(ask(group, USER, input.toBytes()))
                    .isInstanceOfSatisfying(
                            EvaluationAnswer.Limited.class,
                            limited -> assertThat(limited.micros()).isBetween(1L, Allowances.WAIT_MICROS));
            assertThat(ask(group, PASSWORD, input.toBytes())).isInstanceOf(EvaluationAnswer.Evaluated.class);
        }
    }
}
