package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.BlsKey;
import org.maftia.core.crypto.BlsThreshold;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.ThresholdSignature;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.keys.KeyCare;
import org.maftia.core.keys.KeyUpkeep;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.MemoryKeeper;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What a group draws, and what its replicas see of the world outside: the same everywhere, whatever one of them does. */
class AgreedFactsTest {
    private static final int STEPS_MAX = 300_000;
    private static final int CLIENT = 64;
    private static final long PATIENCE_MICROS = 2_000_000;
    private static final DiscreteLogDealer.Dealing DEALING =
            DiscreteLogDealer.deal("group", Drawing.KEY_ID, FOUR.sharing(), new SeededEntropy(3));
    private static final BlsThreshold KEY = new BlsThreshold(BlsKey.of(DEALING));
    private static final DiscreteLogDealer.Dealing TOKEN_SHARES =
            DiscreteLogDealer.deal("group", "tokens", FOUR.sharing(), new SeededEntropy(4));
    private static final BlsThreshold TOKENS = new BlsThreshold(BlsKey.of(TOKEN_SHARES));
    private static final Limits LIMITS = LineageGroup.limits();

    private final Set<Integer> liars = new HashSet<>();
    private final Set<Integer> blind = new HashSet<>();
    private final List<Integer> handed = new ArrayList<>(List.of(0, 0, 0, 0));
    private TestGroup<Input, Output> group = start(0, TestGroup.Scheduler.UNIFORM);
    private long sequence;

    /** 'd' draws, 's' wants a signature of the key of draws, 'o' asks replicas whether the rest of the operation is so. */
    private static final class Oracle implements StateMachine {
        private final TreeMap<Long, RequestId> open = new TreeMap<>();
        private long next;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            byte[] operation = command.operation();
            long reference = next++;
            boolean taken = switch (operation[0]) {
                case 'd' -> context.draw(reference);
                case 'p' -> context.signFor(command.id(), TOKENS.keyId(), operation);
                case 's' -> context.sign(Drawing.KEY_ID, operation, reference);
                default ->
                    context.observe(operation, reference, context.timeMicros() + PATIENCE_MICROS)
                            == Context.Asked.TAKEN;
            };
            if (!taken) {
                return text("refused");
            }
            if (operation[0] == 'p') {
                return text("yours alone");
            }
            open.put(reference, command.id());
            return null;
        }

        private void answer(long reference, byte[] result, Context context) {
            context.complete(Objects.requireNonNull(open.remove(reference)), result);
        }

        @Override
        public void drawn(long reference, byte[] random, Context context) {
            answer(reference, random, context);
        }

        @Override
        public boolean observed(long reference, Observations observations, Context context) {
            if (observations.isQuorum(answer -> answer[0] == 'y')) {
                answer(reference, text("yes"), context);
                return true;
            }
            if (observations.isKernel(answer -> answer[0] == 'n')) {
                answer(reference, text("no"), context);
                return true;
            }
            if (observations.isOver()) {
                answer(reference, text("nobody knows"), context);
            }
            return false;
        }

        @Override
        public void snapshot(Writer writer) {
            writer.u64(next).u32(open.size());
            open.forEach((number, id) -> RequestId.CODEC.write(writer.u64(number), id));
        }

        @Override
        public void restore(Reader reader) {
            next = reader.u64();
            open.clear();
            for (long count = reader.u32(); count > 0; count--) {
                open.put(reader.u64(), RequestId.CODEC.read(reader));
            }
        }

        @Override
        public Digest root() {
            Writer writer = new Writer();
            snapshot(writer);
            return Transcript.sha256(writer.toBytes());
        }
    }

    private TestGroup<Input, Output> start(long seed, TestGroup.Scheduler scheduler) {
        return new TestGroup<>(4, scheduler, seed, (self, now) -> make(self, now, false));
    }

    /** @param making whether the group makes the key by which it draws */
    private Automaton<Input, Output> make(int self, long now, boolean making) {
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("oracle", new Oracle());
        TreeMap<String, ThresholdSignature> keys = new TreeMap<>();
        if (!making) {
            keys.put(KEY.keyId(), KEY);
        }
        keys.put(TOKENS.keyId(), TOKENS);
        TreeMap<String, ThresholdSignature.Signer> signers = new TreeMap<>();
        if (!making) {
            signers.put(KEY.keyId(), KEY.signer(DEALING.sharesOf(self)));
        }
        signers.put(TOKENS.keyId(), TOKENS.signer(TOKEN_SHARES.sharesOf(self)));
        Genesis genesis = new Genesis(
                Digest.ZERO,
                new IdealCertifier(self),
                new IdealCoin(0, FOUR, self),
                new IdealCipher(0, FOUR).holder(self),
                services,
                keys,
                signers);
        Genesis complete = making
                ? genesis.with(new KeyCare(
                        List.of(KeyUpkeep.signing(
                                "group", Drawing.KEY_ID, FOUR.sharing(), false, KeyUpkeep.Pace.ON_DEMAND)),
                        new MemoryKeeper(false),
                        new SeededEntropy(self)))
                : genesis;
        return new Node<>(
                self, FOUR, LIMITS, now, (Port<ReplicaSnapshot, Output> port) -> new Replica(port, complete, false));
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private RequestId submit(String operation) {
        RequestId id = new RequestId(CLIENT, 1, sequence++);
        Request request = new Request(
                id, ServiceCall.codec(LIMITS.operationLengthMax()).encode(new ServiceCall("oracle", text(operation))));
        for (int i = 0; i < 4; i++) {
            if (group.isUp(i)) {
                group.input(i, new Input.Submit(request));
            }
        }
        return id;
    }

    /** The shells look: a liar says the opposite of what is so, the blind say nothing. */
    private void look() {
        for (int i = 0; i < 4; i++) {
            List<Output> outputs = group.outputs(i);
            for (int at = handed.get(i); at < outputs.size(); at++) {
                if (outputs.get(at) instanceof Output.Observe question && !blind.contains(i)) {
                    boolean so = question.question()[1] == 'y' != liars.contains(i);
                    group.input(i, new Input.Observed(question.number(), text(so ? "y" : "n")));
                    // Whoever says it twice, or otherwise, is heard once.
                    group.input(i, new Input.Observed(question.number(), text(so ? "n" : "y")));
                    group.input(i, new Input.Observed(question.number() + 1000, text("y")));
                }
            }
            handed.set(i, outputs.size());
        }
    }

    private List<byte[]> results(int replica, RequestId id) {
        return group.outputs(replica).stream()
                .filter(output ->
                        output instanceof Output.Reply reply && reply.id().equals(id))
                .map(output -> ((Output.Reply) output).result())
                .toList();
    }

    /** The one result that all replicas that are up give. */
    private byte[] answered(RequestId id) {
        assertThat(group.run(STEPS_MAX, () -> {
                    look();
                    return FOUR.all().toList().stream()
                            .allMatch(i -> !group.isUp(i) || !results(i, id).isEmpty());
                }))
                .isTrue();
        byte[] first = null;
        for (int i = 0; i < 4; i++) {
            if (group.isUp(i)) {
                byte[] result = results(i, id).getLast();
                first = first == null ? result : first;
                assertThat(result).isEqualTo(first);
            }
        }
        return Objects.requireNonNull(first);
    }

    private String said(RequestId id) {
        return new String(answered(id), StandardCharsets.UTF_8);
    }

    /** The value is the hash of a signature that only the group makes, of a message that names the draw alone. */
    @Seeds(6)
    void eachDrawIsAnotherValueAndTheSameForAll(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 4));
        Set<String> values = new TreeSet<>();
        for (int i = 0; i < 4; i++) {
            byte[] value = answered(submit("d"));
            assertThat(value).hasSize(Drawing.LENGTH);
            values.add(HexFormat.of().formatHex(value));
        }
        assertThat(values).hasSize(4);
    }

    /** Whoever asks while a signature is made waits for the next one, and has a value of his own in it. */
    @Seeds(6)
    void whoAskTogetherDrawDifferentValues(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 4));
        List<RequestId> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            all.add(submit("d"));
        }
        Set<String> values = new TreeSet<>();
        for (RequestId id : all) {
            values.add(HexFormat.of().formatHex(answered(id)));
        }
        assertThat(values).hasSize(12);
    }

    /** Nobody waits for a key that the group is still making, so whoever asks again and again fills nothing. */
    @Seeds(3)
    void aGroupDrawsByAKeyThatNobodyDealt(long seed) {
        group = new TestGroup<>(4, TestGroup.Scheduler.OLDEST_FIRST, seed, (self, now) -> make(self, now, true));
        assertThat(said(submit("d"))).isEqualTo("refused");
        byte[] first = answered(submit("d"));
        for (int i = 0; i < 100 && first.length != Drawing.LENGTH; i++) {
            first = answered(submit("d"));
        }
        assertThat(first).hasSize(Drawing.LENGTH);
        assertThat(answered(submit("d"))).hasSize(Drawing.LENGTH).isNotEqualTo(first);
        assertThat(said(submit("s"))).as("and it signs nothing else").isEqualTo("refused");
    }

    @Attack("service uses a key that is not its own")
    @Seeds(1)
    void noServiceHasTheKeyOfDrawsSign(long seed) {
        assertThat(said(submit("s"))).isEqualTo("refused");
    }

    @Seeds(4)
    void aDrawOutlivesARestartOfEverybody(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        RequestId id = submit("d");
        group.run(40 + (int) seed * 60, () -> false);
        for (int i = 0; i < 4; i++) {
            group.crash(i);
        }
        for (int i = 0; i < 4; i++) {
            group.restart(i);
        }
        resubmit(id, "d");
        assertThat(answered(id)).hasSize(Drawing.LENGTH);
    }

    private void resubmit(RequestId id, String operation) {
        Request request = new Request(
                id, ServiceCall.codec(LIMITS.operationLengthMax()).encode(new ServiceCall("oracle", text(operation))));
        for (int i = 0; i < 4; i++) {
            group.input(i, new Input.Connected((i + 1) % 4));
            group.input(i, new Input.Submit(request));
        }
    }

    @Attack("one replica lies about the world outside")
    @Seeds(8)
    void whatAllCorrectReplicasSeeIsDecidedWhateverOneSays(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 4));
        liars.add((int) (seed % 4));
        assertThat(said(submit("oy"))).isEqualTo("yes");
        assertThat(said(submit("on"))).isEqualTo("no");
    }

    @Seeds(4)
    void withoutEnoughEyesTheDeadlineDecides(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        blind.addAll(List.of(0, 1));
        assertThat(said(submit("oy"))).isEqualTo("nobody knows");
        assertThat(said(submit("on"))).isEqualTo("no");
    }

    /** A restart forgets what the shell was asked: it is asked again, and a first answer in the log stays the first. */
    @Seeds(6)
    void whoRestartsLooksAgain(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        blind.addAll(List.of(0, 1, 2, 3));
        RequestId id = submit("oy");
        assertThat(group.run(STEPS_MAX, () -> FOUR.all().toList().stream().allMatch(this::isAsked)))
                .isTrue();
        for (int i = 0; i < 4; i++) {
            group.crash(i);
        }
        for (int i = 0; i < 4; i++) {
            handed.set(i, group.outputs(i).size());
            group.restart(i);
        }
        blind.clear();
        for (int i = 0; i < 4; i++) {
            group.input(i, new Input.Connected((i + 1) % 4));
        }
        assertThat(said(id)).isEqualTo("yes");
    }

    private boolean isAsked(int replica) {
        return group.outputs(replica).stream().anyMatch(Output.Observe.class::isInstance);
    }

    private static boolean isShare(Ready.Outgoing outgoing) {
        return new String(outgoing.frame(), StandardCharsets.ISO_8859_1).contains("sign");
    }

    /** Whoever has a bearer token may use it: nobody but the gateway that asked comes to see it, and nobody misses it later. */
    @Attack("a replica reads what is for another's gateway")
    @Seeds(8)
    void aSignatureForOneGatewayIsSeenByNobodyElse(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 4));
        int asker = (int) (seed % 4);
        List<Integer> shown = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            group.filter(i, outgoing -> {
                if (isShare(outgoing)) {
                    shown.add(outgoing.to());
                }
                return true;
            });
        }
        RequestId id = new RequestId(asker, 1L << 60, 0);
        byte[] operation = text("p token " + seed);
        group.input(
                asker,
                new Input.Submit(new Request(
                        id,
                        ServiceCall.codec(LIMITS.operationLengthMax()).encode(new ServiceCall("oracle", operation)))));
        assertThat(group.run(STEPS_MAX, () -> !signatures(asker).isEmpty())).isTrue();
        Output.Signature signature = signatures(asker).getFirst();
        assertThat(signature.id()).isEqualTo(id);
        assertThat(TOKENS.verify(operation, signature.signature())).isTrue();
        assertThat(results(asker, id)).containsExactly(text("yours alone"));
        group.run(2_000, () -> false);
        assertThat(shown).isNotEmpty().containsOnly(asker);
        for (int i = 0; i < 4; i++) {
            assertThat(signatures(i)).hasSize(i == asker ? 1 : 0);
        }
        // A client that is no gateway has nobody to whom it could be shown.
        assertThat(said(submit("p"))).isEqualTo("refused");
    }

    private List<Output.Signature> signatures(int replica) {
        return group.outputs(replica).stream()
                .filter(Output.Signature.class::isInstance)
                .map(Output.Signature.class::cast)
                .toList();
    }

    @Attack("one replica lies about the world outside")
    @Seeds(1)
    void anAnswerCountsOnceAndInTimeAndOnlyWhereItIsAwaited(long seed) {
        PendingObservations pending = new PendingObservations();
        long number = pending.add(new PendingObservations.Wanted("oracle", text("q"), 100, 7));
        assertThat(pending.answer(number + 1, 0, text("y"), 50)).isNull();
        assertThat(pending.answer(number, 0, text("y"), 100)).isNull();
        assertThat(pending.answer(number, 0, text("y"), 99)).isNotNull();
        assertThat(pending.answer(number, 0, text("n"), 99)).isNull();
        Observations now = pending.observations(number, FOUR, false);
        assertThat(now.answers()).hasSize(1);
        assertThat(now.those(answer -> Arrays.equals(answer, text("y"))).toList())
                .containsExactly(0);
        assertThat(pending.without(0)).isEmpty();
        assertThat(pending.without(1)).containsOnlyKeys(number);

        Writer writer = new Writer();
        pending.write(writer);
        PendingObservations restored = PendingObservations.read(new Reader(writer.toBytes()));
        Writer again = new Writer();
        restored.write(again);
        assertThat(again.toBytes()).isEqualTo(writer.toBytes());
        assertThat(restored.due(99)).isEmpty();
        assertThat(restored.due(100)).containsExactly(number);
        assertThat(restored.dueMicros()).isEqualTo(100);
    }
}
