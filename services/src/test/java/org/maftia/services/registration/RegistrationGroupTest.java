package org.maftia.services.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.maftia.services.registration.TestRegistry.sealed;
import static org.maftia.services.registration.TestRegistry.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Ready;
import org.maftia.core.replica.Genesis;
import org.maftia.core.replica.Input;
import org.maftia.core.replica.Output;
import org.maftia.core.replica.Replica;
import org.maftia.core.replica.ReplicaSnapshot;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.log.LogMember;
import org.maftia.services.log.TransparencyLog;
import org.maftia.services.log.WitnessRule;
import org.maftia.services.registration.Registration.Fault;
import org.maftia.services.registration.Registration.Standing;

/** Whole replicas with the true cipher, over a network in memory that delivers in any order, one of them in an intruder's hands. */
class RegistrationGroupTest {
    private static final FaultStructure TRUST = Structures.FOUR;
    private static final int STEPS_MAX = 400_000;
    private static final int CLIENT = 64;
    private static final int INTRUDER = 3;
    private static final ReplicaSet HONEST = TRUST.all().without(INTRUDER);

    private final List<Registrar> registrars = new ArrayList<>();
    private long sequence;

    private TestGroup<Input, Output> start(long seed) {
        return new TestGroup<>(TRUST.size(), TestGroup.Scheduler.drawn(seed, TRUST.size()), seed, this::replica);
    }

    private Automaton<Input, Output> replica(int self, long now) {
        Registrar registrar = new Registrar(TestRegistry.ADDRESSEE, "exchange", TestRegistry.KEY.thumbprint());
        registrars.add(registrar);
        return new Node<>(self, TRUST, Limits.DEFAULT, now, (Port<ReplicaSnapshot, Output> port) -> {
            TreeMap<String, StateMachine> services = new TreeMap<>();
            services.put(Registrar.NAME, registrar);
            services.put(TransparencyLog.NAME, log());
            Genesis genesis = new Genesis(
                    Digest.ZERO,
                    new IdealCertifier(self),
                    new IdealCoin(0, TRUST, self),
                    TestRegistry.holder(self),
                    services,
                    new TreeMap<>(),
                    new TreeMap<>());
            return new Replica(port, genesis, false);
        });
    }

    private static TransparencyLog log() {
        List<LogMember> members = new ArrayList<>();
        for (int i = 0; i < TRUST.size(); i++) {
            members.add(LogMember.of("maftia/test", "r" + i, key(2 * i), key(2 * i + 1)));
        }
        return new TransparencyLog("maftia/test", members, WitnessRule.of(TRUST), new IdealCertifier(0));
    }

    private static byte[] key(int number) {
        byte[] secret = new byte[Ed25519Certifier.PRIVATE_KEY_LENGTH];
        secret[0] = (byte) (number + 1);
        return Ed25519Certifier.publicKey(secret);
    }

    private RequestId register(TestGroup<Input, Output> group, byte[] sealed) {
        RequestId id = new RequestId(CLIENT, 1, sequence++);
        byte[] operation = RegistrationCommand.CODEC.encode(new RegistrationCommand.Register(sealed));
        Request request = new Request(
                id,
                ServiceCall.codec(Limits.DEFAULT.operationLengthMax())
                        .encode(new ServiceCall(Registrar.NAME, operation)));
        for (int i = 0; i < TRUST.size(); i++) {
            group.input(i, new Input.Submit(request));
        }
        return id;
    }

    private static boolean isOrdered(TestGroup<Input, Output> group, int replica, RequestId id) {
        return group.outputs(replica).stream()
                .anyMatch(output ->
                        output instanceof Output.Reply reply && reply.id().equals(id));
    }

    private Standing standing(int replica, byte[] sealed) {
        byte[] question = RegistrationQuestion.CODEC.encode(new RegistrationQuestion.ById(SealedDocument.id(sealed)));
        byte[] answer = Objects.requireNonNull(registrars.get(replica).peek(question));
        List<Registration> found =
                RegistrationQuestion.Found.CODEC.decode(answer).earliest();
        return found.isEmpty() ? new Standing.Ordered() : found.getFirst().standing();
    }

    private void awaitDecided(TestGroup<Input, Output> group, byte[] sealed) {
        assertThat(group.run(
                        STEPS_MAX,
                        () -> HONEST.toList().stream().noneMatch(i -> standing(i, sealed) instanceof Standing.Ordered)))
                .isTrue();
        for (int i : HONEST.toList()) {
            assertThat(standing(i, sealed)).isEqualTo(standing(0, sealed));
        }
    }

    private static boolean isOfOpening(byte[] frame) {
        return new String(new Reader(frame).opaque8(255), StandardCharsets.US_ASCII).equals("decrypt");
    }

    /**
     * The intruder has the ciphertext before the group orders it, and one replica's shares. What leaves the correct replicas
     * before the ciphertext has its place in their logs is nothing that opens it, be they asked for it or not.
     */
    @Attack("registration: a fault set reads a document before it has its place")
    @Seeds(8)
    void noShareLeavesBeforeTheDocumentHasItsPlace(long seed) {
        byte[] sealed = sealed(Document.of("A wheel", "", text("the wheel")), seed);
        byte[] stolen = TestRegistry.share(INTRUDER, sealed);
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        shares.put(INTRUDER, stolen);
        assertThat(TestRegistry.CIPHER.isQualified(ReplicaSet.of(INTRUDER))).isFalse();
        assertThatThrownBy(() -> TestRegistry.open(sealed, shares)).isInstanceOf(IllegalArgumentException.class);

        TestGroup<Input, Output> group = start(seed);
        RequestId[] id = new RequestId[1];
        int[] shown = new int[1];
        for (int i : HONEST.toList()) {
            group.filter(i, outgoing -> {
                if (isOfOpening(outgoing.frame())) {
                    assertThat(id[0])
                            .as("a share left before there was anything to open")
                            .isNotNull();
                    assertThat(isOrdered(group, i, id[0]))
                            .as("a share left replica %s before its log had the document", i)
                            .isTrue();
                    shown[0]++;
                }
                return true;
            });
        }
        // "I lack shares of what is opened first": before it is ordered, and again while it is.
        byte[] want = new Writer()
                .opaque8(text("decrypt"))
                .fixed(new Writer().u8(2).u64(0).u64(0).toBytes())
                .toBytes();
        HONEST.toList().forEach(i -> group.inject(INTRUDER, i, want));
        group.run(500, () -> false);
        assertThat(shown[0]).isZero();
        id[0] = register(group, sealed);
        HONEST.toList().forEach(i -> group.inject(INTRUDER, i, want));
        awaitDecided(group, sealed);
        assertThat(standing(0, sealed)).isInstanceOf(Standing.Registered.class);
        assertThat(shown[0]).isPositive();
        for (int i : HONEST.toList()) {
            assertThat(group.blames(i)).extracting(Ready.Blame::replica).allMatch(replica -> replica == INTRUDER);
        }
    }

    /** An intruder who altered or copied what came by has it ordered first, and gains nothing; all replicas agree. */
    @Attack("registration: a sealed document is altered, or copied under another reference")
    @Seeds(6)
    void anAlteredCopyThatIsOrderedFirstIsRefusedEverywhere(long seed) {
        TestGroup<Input, Output> group = start(seed);
        byte[] sealed = sealed(Document.of("A wheel", "", text("the wheel")), seed);
        byte[] mauled = sealed.clone();
        mauled[mauled.length - 1] ^= 1;
        byte[] copied = sealed.clone();
        copied[0] ^= 1;
        register(group, mauled);
        register(group, copied);
        register(group, sealed);
        for (byte[] bad : List.of(mauled, copied)) {
            awaitDecided(group, bad);
            assertThat(standing(0, bad)).isEqualTo(new Standing.Rejected(Fault.UNREADABLE));
        }
        awaitDecided(group, sealed);
        assertThat(standing(0, sealed)).isInstanceOf(Standing.Registered.class);
    }

    /** What the intruder encrypts after it was opened comes later, and says so. */
    @Attack("registration: somebody else's document is registered before it")
    @Seeds(4)
    void whoReadsADocumentWhenItIsOpenedComesSecond(long seed) {
        TestGroup<Input, Output> group = start(seed);
        byte[] sealed = sealed(Document.of("A wheel", "", text("the wheel")), seed);
        register(group, sealed);
        assertThat(group.run(STEPS_MAX, () -> standing(INTRUDER, sealed) instanceof Standing.Registered))
                .isTrue();
        byte[] stolen = sealed(Document.of("My wheel", "", text("the wheel")), seed + 1);
        register(group, stolen);
        awaitDecided(group, stolen);
        long first = ((Standing.Registered) standing(0, sealed)).first();
        assertThat(((Standing.Registered) standing(0, stolen)).first()).isEqualTo(first);
        for (int i : HONEST.toList()) {
            assertThat(registrars.get(i).root()).isEqualTo(registrars.getFirst().root());
        }
    }
}
