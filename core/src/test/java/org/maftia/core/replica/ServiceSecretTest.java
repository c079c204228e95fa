package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.DiscreteLogKey;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Decision;
import org.maftia.core.ordering.Epoch;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** What services have opened: by the log alone, the same everywhere, whatever one replica contributes. */
class ServiceSecretTest {
    private static final int STEPS_MAX = 300_000;
    private static final int CLIENT = 64;
    private static final DiscreteLogDealer.Dealing DEALING =
            DiscreteLogDealer.deal("group", "secrets", FOUR.sharing(), new SeededEntropy(2));
    private static final Tdh2Cipher CIPHER = new Tdh2Cipher(DEALING.key());
    private static final Limits LIMITS = LineageGroup.limits();

    private final List<Replica> replicas = new ArrayList<>();
    private final Set<Integer> lying = new HashSet<>();
    private final Set<Integer> unproved = new HashSet<>();
    private TestGroup<Input, Output> group = start(0, TestGroup.Scheduler.UNIFORM);
    private long sequence;

    /** Holds what clients hid, by its number; 'h' hides, 'o' opens number N, 'f' opens it so often that no room is left. */
    private static final class Vault implements StateMachine {
        private final TreeMap<Long, byte[]> hidden = new TreeMap<>();
        private final TreeMap<Long, RequestId> asked = new TreeMap<>();
        private long next;

        @Override
        public byte @Nullable [] apply(Command command, Context context) {
            byte[] operation = command.operation();
            Reader reader = new Reader(operation, 1, operation.length - 1);
            if (operation[0] == 'h') {
                hidden.put(next, reader.fixed(reader.remaining()));
                return new Writer().u64(next++).toBytes();
            }
            long number = reader.u64();
            long reference = next++;
            byte[] ciphertext = Objects.requireNonNull(hidden.get(number));
            int times = operation[0] == 'f' ? PendingDecryptions.COUNT_MAX : 1;
            boolean taken = true;
            for (int i = 0; i < times; i++) {
                taken &= context.decrypt(ciphertext, text("owner"), i == 0 ? reference : -1);
            }
            asked.put(reference, command.id());
            return taken ? null : text("busy");
        }

        @Override
        public void decrypted(long reference, byte @Nullable [] message, Context context) {
            RequestId id = asked.remove(reference);
            if (id != null) {
                context.complete(id, message == null ? text("nothing") : message);
            }
        }

        @Override
        public void snapshot(Writer writer) {
            writer.u64(next).u32(hidden.size());
            hidden.forEach((number, bytes) -> writer.u64(number).opaque32(bytes));
            writer.u32(asked.size());
            asked.forEach((number, id) -> RequestId.CODEC.write(writer.u64(number), id));
        }

        @Override
        public void restore(Reader reader) {
            next = reader.u64();
            hidden.clear();
            asked.clear();
            for (long count = reader.u32(); count > 0; count--) {
                hidden.put(reader.u64(), reader.opaque32(10_000));
            }
            for (long count = reader.u32(); count > 0; count--) {
                asked.put(reader.u64(), RequestId.CODEC.read(reader));
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
        return new TestGroup<>(4, scheduler, seed, this::make);
    }

    private Automaton<Input, Output> make(int self, long now) {
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("vault", new Vault());
        Genesis genesis = new Genesis(
                Digest.ZERO,
                new IdealCertifier(self),
                new IdealCoin(0, FOUR, self),
                new Contribution(self),
                services,
                new TreeMap<>(),
                new TreeMap<>());
        return new Node<>(self, FOUR, LIMITS, now, (Port<ReplicaSnapshot, Output> port) -> {
            Replica replica = new Replica(port, genesis, false);
            while (replicas.size() <= self) {
                replicas.add(replica);
            }
            replicas.set(self, replica);
            return replica;
        });
    }

    /** What a liar makes shares of. */
    private static final byte[] ANOTHER = CIPHER.encrypt(text("another"), text("label"), new SeededEntropy(77));

    /** True unless its replica lies: then it is of the right length. */
    private final class Contribution implements ThresholdCipher.Holder {
        private final int self;
        private final Tdh2Cipher.KeyHolder holder;

        Contribution(int self) {
            this.self = self;
            this.holder = CIPHER.holder(DEALING.sharesOf(self));
        }

        @Override
        public ThresholdCipher cipher() {
            return CIPHER;
        }

        @Override
        public byte[] share(byte[] ciphertext, byte[] label) {
            byte[] share = holder.share(lying.contains(self) ? ANOTHER : ciphertext, label);
            if (unproved.contains(self)) {
                share[share.length - 1] ^= 1;
            }
            return share;
        }
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hidden(String service, String label) {
        return CIPHER.encrypt(
                text("the secret"), ServiceSecret.label(service, text(label)), new SeededEntropy(label.length()));
    }

    private RequestId submit(char action, byte[] rest) {
        RequestId id = new RequestId(CLIENT, 1, sequence++);
        byte[] operation = new Writer().u8(action).fixed(rest).toBytes();
        Request request = new Request(
                id, ServiceCall.codec(LIMITS.operationLengthMax()).encode(new ServiceCall("vault", operation)));
        for (int i = 0; i < 4; i++) {
            group.input(i, new Input.Submit(request));
        }
        return id;
    }

    private List<byte[]> results(int replica, RequestId id) {
        return group.outputs(replica).stream()
                .filter(output ->
                        output instanceof Output.Reply reply && reply.id().equals(id))
                .map(output -> ((Output.Reply) output).result())
                .toList();
    }

    /** A liar errs by its own share, too. */
    private boolean answers(int replica) {
        return group.isUp(replica) && !lying.contains(replica);
    }

    /** The one result that all replicas give that are up and tell the truth. */
    private byte[] answered(RequestId id) {
        assertThat(group.run(
                        STEPS_MAX,
                        () -> FOUR.all().toList().stream()
                                .allMatch(i -> !answers(i) || !results(i, id).isEmpty())))
                .isTrue();
        byte[] first = null;
        for (int i = 0; i < 4; i++) {
            if (answers(i)) {
                byte[] result = results(i, id).getLast();
                assertThat(result).isEqualTo(first == null ? result : first);
                first = result;
            }
        }
        return Objects.requireNonNull(first);
    }

    private byte[] opened(byte[] ciphertext) {
        byte[] number = answered(submit('h', ciphertext));
        return answered(submit('o', number));
    }

    @Seeds(6)
    void whatAServiceHoldsIsOpenedByTheLogAndTheSameEverywhere(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 4));
        assertThat(opened(hidden("vault", "owner"))).isEqualTo(text("the secret"));
        for (int i = 0; i < 4; i++) {
            assertThat(group.blames(i)).isEmpty();
        }
    }

    @Attack("copied or altered ciphertext")
    @Test
    void nothingIsOpenedForAnotherServiceOrUnderAnotherLabelOrAltered() {
        assertThat(opened(hidden("another", "owner"))).isEqualTo(text("nothing"));
        assertThat(opened(hidden("vault", "somebody else"))).isEqualTo(text("nothing"));
        byte[] altered = hidden("vault", "owner");
        altered[altered.length - 1] ^= 1;
        assertThat(opened(altered)).isEqualTo(text("nothing"));
        // A confidential request to the service, copied before it is ordered, is no secret of the service.
        byte[] request = CIPHER.encrypt(
                text("the secret"),
                ConfidentialCall.label(Digest.ZERO, "vault", new RequestId(CLIENT + 1, 1, 0)),
                new SeededEntropy(9));
        assertThat(opened(request)).isEqualTo(text("nothing"));
        assertThat(opened(text("no ciphertext at all"))).isEqualTo(text("nothing"));
    }

    @Seeds(4)
    void aFalseShareOpensNothingAndIsBlamed(long seed) {
        lying.add((int) seed);
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        for (int i = 0; i < 4; i++) {
            assertThat(opened(hidden("vault", "owner"))).isEqualTo(text("the secret"));
        }
        List<Ready.Blame> blames = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            if (i != seed) {
                blames.addAll(group.blames(i));
            }
        }
        assertThat(blames).isNotEmpty().allMatch(blame -> blame.replica() == (int) seed);
    }

    /** It opens what the true one would, so nobody needs the proof, and all come to the same end. */
    @Seeds(4)
    void aTrueShareUnderAFalseProofOpensLikeATrueOne(long seed) {
        unproved.add((int) seed);
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        for (int i = 0; i < 4; i++) {
            assertThat(opened(hidden("vault", "owner"))).isEqualTo(text("the secret"));
        }
    }

    /** Nothing opens it, so shares count one by one: the proof that is false there is blamed. */
    @Attack("a sender and a corrupt replica choose what was inside when it is opened")
    @Seeds(4)
    void garbageIsGarbageWhateverOneReplicaContributes(long seed) {
        (seed % 2 == 0 ? unproved : lying).add((int) seed);
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        byte[] label = ServiceSecret.label("vault", text("owner"));
        DiscreteLogKey key = DEALING.key();
        DiscreteLogKey stranger = DiscreteLogDealer.deal("group", "secrets", FOUR.sharing(), new SeededEntropy(3))
                .key();
        byte[] garbage = new Tdh2Cipher(new DiscreteLogKey(
                        key.group(), key.keyId(), 0, key.formula(), stranger.publicKey(), key.verificationKeys()))
                .encrypt(text("the secret"), label, new SeededEntropy(seed));
        assertThat(CIPHER.isValid(garbage, label)).isTrue();
        for (int i = 0; i < 4; i++) {
            assertThat(opened(garbage)).isEqualTo(text("nothing"));
        }
        for (int i = 0; i < 4; i++) {
            assertThat(group.blames(i)).allMatch(blame -> blame.replica() == (int) seed);
        }
    }

    /** Crashes and losses while it is opened: what is wanted lies in the state, and shares are given again. */
    @Seeds(8)
    void crashesAndLossesAreSurvived(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        byte[] number = answered(submit('h', hidden("vault", "owner")));
        group.loss(150);
        RequestId id = submit('o', number);
        for (int round = 0; round < 4; round++) {
            int victim = (int) ((seed + round) % 4);
            group.run(100 + (int) (seed * 37) % 300, () -> false);
            group.crash(victim);
            group.run(50, () -> false);
            group.restart(victim);
            for (int i = 0; i < 4; i++) {
                if (i != victim) {
                    group.input(i, new Input.Connected(victim));
                    group.input(victim, new Input.Connected(i));
                }
            }
        }
        group.loss(0);
        assertThat(answered(id)).isEqualTo(text("the secret"));
        for (int i = 0; i < 4; i++) {
            assertThat(group.blames(i)).isEmpty();
        }
    }

    @Test
    void withOneReplicaDownTheOthersOpenIt() {
        group.crash(1);
        assertThat(opened(hidden("vault", "owner"))).isEqualTo(text("the secret"));
        assertThat(opened(hidden("vault", "owner"))).isEqualTo(text("the secret"));
    }

    /** No share is shown for what no log asks for, be it asked by a peer. */
    @Test
    void aReplicaShowsNoShareBeforeItsLogAsks() {
        answered(submit('h', hidden("vault", "owner")));
        group.run(STEPS_MAX, () -> group.flights().isEmpty());
        byte[] want = new Writer()
                .opaque8(text("decrypt"))
                .fixed(new Writer().u8(2).u64(0).u64(0).toBytes())
                .toBytes();
        group.inject(3, 0, want);
        List<byte[]> left = new ArrayList<>();
        group.filter(0, outgoing -> left.add(outgoing.frame()));
        group.run(200, () -> false);
        assertThat(left).noneMatch(ServiceSecretTest::isOfDecryption);
        assertThat(group.blames(0)).isEmpty();
    }

    private static boolean isOfDecryption(byte[] frame) {
        return new String(new Reader(frame).opaque8(255), StandardCharsets.US_ASCII).equals("decrypt");
    }

    @Test
    void whatIsOpenAtATimeIsBoundedForAllAlike() {
        byte[] number = answered(submit('h', hidden("vault", "owner")));
        for (int i = 0; i < 4; i++) {
            group.filter(i, outgoing -> !isOfDecryption(outgoing.frame()));
        }
        submit('f', number);
        RequestId second = submit('o', number);
        assertThat(group.run(
                        STEPS_MAX,
                        () -> !results(1, second).isEmpty()
                                && !results(2, second).isEmpty()))
                .isTrue();
        assertThat(results(1, second)).containsExactly(text("busy"));
        assertThat(results(2, second)).containsExactly(text("busy"));
    }

    @Test
    void onlyTrueSharesOfAQualifiedSetOpenAnything() {
        TreeMap<Integer, byte[]> shares = new TreeMap<>();
        IdealCipher cipher = new IdealCipher(0, FOUR);
        byte[] label = ServiceSecret.label("vault", text("owner"));
        byte[] ciphertext = cipher.encrypt(text("x"), label, new SeededEntropy(1));
        PendingDecryptions pending = new PendingDecryptions();
        long number = pending.add("vault", ciphertext, text("owner"), 7);
        PendingDecryptions.Wanted wanted = Objects.requireNonNull(pending.get(number));
        assertThat(wanted.open(cipher, shares, PendingDecryptions.Found.NOTHING))
                .isNull();
        shares.put(0, cipher.holder(0).share(ciphertext, label));
        assertThat(wanted.open(cipher, shares, PendingDecryptions.Found.NOTHING))
                .isNull();
        shares.put(2, cipher.holder(1).share(ciphertext, label));
        assertThat(wanted.open(cipher, shares, PendingDecryptions.Found.NOTHING))
                .isNull();
        shares.put(2, cipher.holder(2).share(ciphertext, label));
        assertThat(Objects.requireNonNull(wanted.open(cipher, shares, PendingDecryptions.Found.NOTHING))
                        .message())
                .isEqualTo(text("x"));
    }

    /** A corrupted replica may order what it likes: the service hears of nothing, and the replica is known by it. */
    @Test
    void falseSharesInTheLogAreBlamedOnWhoBroughtThem() {
        List<Integer> blamed = new ArrayList<>();
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("vault", new Vault());
        Genesis genesis = new Genesis(
                Digest.ZERO,
                new IdealCertifier(0),
                new IdealCoin(0, FOUR, 0),
                new Contribution(0),
                services,
                new TreeMap<>(),
                new TreeMap<>());
        Execution execution = new Execution(genesis, new KeyUses(genesis), FOUR, LIMITS, new ExecutionTest.NoEffects() {
            @Override
            public void falseShares(int replica) {
                blamed.add(replica);
            }
        });
        byte[] ciphertext = hidden("vault", "owner");
        execute(
                execution,
                CLIENT,
                "vault",
                new Writer().u8('h').fixed(ciphertext).toBytes());
        execute(execution, CLIENT, "vault", new Writer().u8('o').u64(0).toBytes());
        TreeMap<Integer, byte[]> shares = new TreeMap<>();
        execute(execution, 3, GroupCommand.SERVICE, GroupCommand.CODEC.encode(new GroupCommand.Opened(0, 0, shares)));
        shares.put(63, new byte[0]);
        execute(execution, 3, GroupCommand.SERVICE, GroupCommand.CODEC.encode(new GroupCommand.Opened(0, 0, shares)));
        assertThat(blamed).containsExactly(3, 3);
        assertThat(execution.decryptions().all()).hasSize(1);
        byte[] label = ServiceSecret.label("vault", text("owner"));
        shares.clear();
        for (int i = 1; i < 3; i++) {
            shares.put(i, CIPHER.holder(DEALING.sharesOf(i)).share(ciphertext, label));
        }
        execute(execution, 3, GroupCommand.SERVICE, GroupCommand.CODEC.encode(new GroupCommand.Opened(0, 0, shares)));
        assertThat(execution.decryptions().all()).isEmpty();
        RequestId asked = new RequestId(CLIENT, 1, 2);
        assertThat(Objects.requireNonNull(execution.executed(asked)).result()).isEqualTo(text("the secret"));
    }

    private static void execute(Execution execution, int client, String service, byte[] operation) {
        long slot = execution.slot() + 1;
        byte[] call = ServiceCall.codec(LIMITS.operationLengthMax()).encode(new ServiceCall(service, operation));
        Request request = new Request(new RequestId(client, 1, slot), call);
        execution.execute(new Decision(slot, Epoch.FIRST, slot, Digest.ZERO, List.of(request)));
    }
}
