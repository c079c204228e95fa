package org.maftia.core.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.DiscreteLogDealer;
import org.maftia.core.crypto.IdealCipher;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.crypto.Tdh2Cipher;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Limits;
import org.maftia.core.protocol.Node;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Port;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/** The secure causal channel through whole replicas: secret until ordered, then the same for all, in slot order. */
class ConfidentialRequestsTest {
    private static final FaultStructure TRUST = FaultStructure.threshold(4, 1);
    private static final int CLIENT = 64;
    private static final int OTHER_CLIENT = 65;
    private static final Codec CODEC = new Codec();

    /** How messages of the ordering begin. */
    private static final int HAVE = 0;

    private static final int PROPOSE = 3;
    private static final int ACCEPT = 5;

    private final IdealCipher ideal = new IdealCipher(0, TRUST);
    private final List<Replica> replicas = new ArrayList<>();
    private final List<List<String>> executed = new ArrayList<>();
    private final SeededEntropy entropy = new SeededEntropy(7);
    private ThresholdCipher cipher = ideal;
    private HolderOf holders = ideal::holder;
    private TestGroup<Input, Output> group = start(0, TestGroup.Scheduler.OLDEST_FIRST);
    private long sequence;

    private interface HolderOf {
        ThresholdCipher.Holder at(int replica);
    }

    /** Names and operations in one encoding. */
    private static final class Codec {
        byte[] plain(String operation) {
            return ServiceCall.codec(1000).encode(new ServiceCall("journal", text(operation)));
        }

        byte[] sealed(byte[] ciphertext) {
            byte[] call = ConfidentialCall.codec(1000).encode(new ConfidentialCall("journal", ciphertext));
            return ServiceCall.codec(2000).encode(new ServiceCall(ConfidentialCall.SERVICE, call));
        }
    }

    private TestGroup<Input, Output> start(long seed, TestGroup.Scheduler scheduler) {
        return new TestGroup<>(TRUST.size(), scheduler, seed, this::make);
    }

    private static Limits limits() {
        Limits all = Limits.DEFAULT;
        return new Limits(
                all.frameLengthMax(),
                all.batchLengthMax(),
                4,
                all.operationLengthMax(),
                4,
                8,
                16,
                all.heldBytesPerPeer(),
                all.pooledRequestsPerClient(),
                all.slotTimeoutMicrosMin(),
                all.slotTimeoutMicrosMax(),
                all.clockToleranceMicros(),
                all.sessionWindow(),
                all.sessionsPerClient());
    }

    private Automaton<Input, Output> make(int self, long now) {
        while (executed.size() <= self) {
            executed.add(new ArrayList<>());
        }
        TreeMap<String, StateMachine> services = new TreeMap<>();
        services.put("journal", new Book(executed.get(self)));
        Certifier certifier = new IdealCertifier(self);
        Genesis genesis = new Genesis(
                Digest.ZERO,
                certifier,
                new IdealCoin(0, TRUST, self),
                holders.at(self),
                services,
                new TreeMap<>(),
                new TreeMap<>());
        return new Node<>(self, TRUST, limits(), now, (Port<ReplicaSnapshot, Output> port) -> {
            Replica replica = new Replica(port, genesis, false);
            while (replicas.size() <= self) {
                replicas.add(replica);
            }
            replicas.set(self, replica);
            return replica;
        });
    }

    /** Writes down what it executes. */
    private static final class Book implements StateMachine {
        private final List<String> lines;

        Book(List<String> lines) {
            this.lines = lines;
            lines.clear();
        }

        @Override
        public byte[] apply(Command command, Context context) {
            lines.add(new String(command.operation(), StandardCharsets.UTF_8));
            return text(lines.size() + " " + lines.getLast());
        }

        @Override
        public void snapshot(Writer writer) {
            writer.list(lines, Writer::string);
        }

        @Override
        public void restore(Reader reader) {
            lines.clear();
            lines.addAll(reader.list(10_000, 1, in -> in.string(1000)));
        }

        @Override
        public Digest root() {
            Writer writer = new Writer();
            snapshot(writer);
            return Transcript.sha256(writer.toBytes());
        }
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] encrypt(RequestId id, String operation) {
        return cipher.encrypt(text(operation), ConfidentialCall.label(Digest.ZERO, "journal", id), entropy);
    }

    private RequestId next() {
        return new RequestId(CLIENT, 1, sequence++);
    }

    private RequestId submitConfidential(String operation) {
        RequestId id = next();
        submit(new Request(id, CODEC.sealed(encrypt(id, operation))));
        return id;
    }

    /** A client gives its request to every replica that is up. */
    private void submit(Request request) {
        for (int i = 0; i < TRUST.size(); i++) {
            group.input(i, new Input.Submit(request));
        }
    }

    private List<Output> outputs(int replica, RequestId id) {
        return group.outputs(replica).stream()
                .filter(output -> switch (output) {
                    case Output.Reply reply -> reply.id().equals(id);
                    case Output.Refused refused -> refused.id().equals(id);
                    case Output.Reading reading -> false;
                    case Output.Unread unread -> false;
                    case Output.Certified certified -> false;
                    case Output.HeldOff held -> false;
                    case Output.Renewed renewed -> false;
                    case Output.Observe observe -> false;
                    case Output.Peeked peeked -> false;
                    case Output.Signature signature -> false;
                    case Output.Broken broken -> false;
                    case Output.Excluded excluded -> false;
                    case Output.TrustedView view -> false;
                    case Output.Delivered delivered -> false;
                    case Output.Notice notice -> false;
                })
                .toList();
    }

    private String answer(RequestId id) {
        // Who was left behind learns the state and has nothing to answer any more.
        assertThat(group.run(200_000, () -> {
                    ReplicaSet answering = ReplicaSet.EMPTY;
                    for (int i = 0; i < TRUST.size(); i++) {
                        answering = outputs(i, id).isEmpty() ? answering : answering.with(i);
                    }
                    return TRUST.isQuorum(answering);
                }))
                .isTrue();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < TRUST.size(); i++) {
            for (Output output : outputs(i, id)) {
                assertThat(output).isInstanceOf(Output.Reply.class);
                answers.add(new String(((Output.Reply) output).result(), StandardCharsets.UTF_8));
            }
        }
        assertThat(answers.stream().distinct()).hasSize(1);
        return answers.getFirst();
    }

    private static boolean isDisclosure(Ready.Outgoing outgoing) {
        return new String(new Reader(outgoing.frame()).opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII)
                .startsWith("disclose");
    }

    private void connectAll(int replica) {
        for (int i = 0; i < TRUST.size(); i++) {
            if (i != replica) {
                group.input(i, new Input.Connected(replica));
                group.input(replica, new Input.Connected(i));
            }
        }
    }

    @Seeds(8)
    void contentIsExecutedInOneOrderWithPlainRequests(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 4));
        List<RequestId> ids = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            if (i % 3 == 0) {
                RequestId id = next();
                submit(new Request(id, CODEC.plain("plain " + i)));
                ids.add(id);
            } else {
                ids.add(submitConfidential("secret " + i));
            }
            group.run(40, () -> false);
        }
        ids.forEach(this::answer);
        assertThat(group.run(200_000, () -> executed.stream().allMatch(lines -> lines.size() == 30)))
                .isTrue();
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(executed.get(i)).isEqualTo(executed.getFirst());
            assertThat(group.blames(i)).isEmpty();
        }
        assertThat(executed.getFirst()).contains("secret 1", "secret 29", "plain 27");
    }

    @Test
    void realCiphertextsAreOpened() {
        DiscreteLogDealer.Dealing dealing =
                DiscreteLogDealer.deal("group", "confidential", TRUST.sharing(), new SeededEntropy(1));
        Tdh2Cipher tdh2 = new Tdh2Cipher(dealing.key());
        cipher = tdh2;
        holders = replica -> tdh2.holder(dealing.sharesOf(replica));
        group = start(0, TestGroup.Scheduler.OLDEST_FIRST);
        assertThat(answer(submitConfidential("the bid"))).isEqualTo("1 the bid");
    }

    /** Two of four are no quorum: nothing is decided, so nothing is shown, for as long as one waits. */
    @Attack("copied or altered ciphertext")
    @Seeds(8)
    void noShareLeavesBeforeTheRequestIsDecided(long seed) {
        group = start(seed, TestGroup.Scheduler.drawn(seed, 4));
        List<Ready.Outgoing> shown = new ArrayList<>();
        for (int i = 0; i < TRUST.size(); i++) {
            group.filter(i, outgoing -> {
                if (isDisclosure(outgoing)) {
                    shown.add(outgoing);
                }
                return true;
            });
        }
        group.crash(2);
        group.crash(3);
        RequestId id = submitConfidential("secret");
        group.run(3_000, () -> false);
        assertThat(shown).isEmpty();
        group.restart(3);
        connectAll(3);
        submit(new Request(next(), CODEC.plain("plain")));
        assertThat(answer(id)).endsWith("secret");
        assertThat(shown).isNotEmpty();
    }

    /** Attack register: copied or altered ciphertext. */
    @Attack("copied or altered ciphertext")
    @Test
    void copiedOrAlteredCiphertextIsRefusedBeforeItIsOrdered() {
        RequestId victim = next();
        byte[] ciphertext = encrypt(victim, "the victim's bid");
        List<Request> attacks = new ArrayList<>();
        // The same bytes in another client's name, and with a bit changed in many others': each is refused by itself.
        attacks.add(new Request(new RequestId(OTHER_CLIENT, 1, 0), CODEC.sealed(ciphertext)));
        for (int bit = 0; bit < ciphertext.length * 8; bit += 5) {
            byte[] altered = ciphertext.clone();
            altered[bit / 8] ^= (byte) (1 << bit % 8);
            attacks.add(new Request(new RequestId(OTHER_CLIENT + 1 + bit, 2, bit), CODEC.sealed(altered)));
        }
        attacks.forEach(this::submit);
        group.run(5_000, () -> false);
        assertRefusedEverywhere(attacks);
        submit(new Request(victim, CODEC.sealed(ciphertext)));
        assertThat(answer(victim)).isEqualTo("1 the victim's bid");
    }

    /** Even the client's own ciphertext: what is ordered twice could be compared. */
    @Attack("copied or altered ciphertext")
    @Test
    void ciphertextServesOnePlaceInOneSession() {
        byte[] ciphertext = encrypt(next(), "a bid");
        for (RequestId other : List.of(new RequestId(CLIENT, 2, 0), new RequestId(CLIENT, 1, 77))) {
            group = start(0, TestGroup.Scheduler.OLDEST_FIRST);
            Request again = new Request(other, CODEC.sealed(ciphertext));
            submit(again);
            group.run(5_000, () -> false);
            assertRefusedEverywhere(List.of(again));
        }
    }

    private void assertRefusedEverywhere(List<Request> attacks) {
        for (int i = 0; i < TRUST.size(); i++) {
            for (Request attack : attacks) {
                assertThat(outputs(i, attack.id()))
                        .singleElement()
                        .isEqualTo(new Output.Refused(attack.id(), "the ciphertext was not made for this request"));
            }
            assertThat(replicas.get(i).status().decided()).isZero();
        }
    }

    /** Time goes by, at most as fast as the group has something to do. */
    private void pass(long micros) {
        long end = group.nowMicros() + micros;
        group.run(100_000, () -> group.nowMicros() >= end);
        assertThat(group.nowMicros()).isGreaterThanOrEqualTo(end);
    }

    @Test
    void clientThatSendsAnInvalidCiphertextWaits() {
        RequestId invalid = new RequestId(OTHER_CLIENT, 1, 0);
        submit(new Request(invalid, CODEC.sealed(encrypt(next(), "another's"))));
        RequestId early = new RequestId(OTHER_CLIENT, 1, 1);
        byte[] valid = encrypt(early, "its own");
        submit(new Request(early, CODEC.sealed(valid)));
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(outputs(i, invalid)).singleElement().isInstanceOf(Output.Refused.class);
            assertThat(outputs(i, early)).singleElement().isInstanceOf(Output.Refused.class);
        }
        assertThat(answer(submitConfidential("of another client"))).isEqualTo("1 of another client");
        group.outputs(0).clear();
        for (int i = 1; i < TRUST.size(); i++) {
            group.outputs(i).clear();
        }
        for (int i = 0; i < 8; i++) {
            answer(submitConfidential("time goes by"));
            pass(150_000);
        }
        submit(new Request(early, CODEC.sealed(valid)));
        assertThat(answer(early)).endsWith("its own");
    }

    /** A corrupt replica passes off a copy as its own gateway's request, on the link where it speaks for its gateway. */
    @Test
    void copyInTheNameOfAGatewayIsBlamedAndNotOrdered() {
        byte[] ciphertext = encrypt(next(), "the victim's bid");
        Request copy = new Request(new RequestId(3, 1, 0), CODEC.sealed(ciphertext));
        group.input(3, new Input.Submit(copy));
        assertThat(outputs(3, copy.id())).singleElement().isInstanceOf(Output.Refused.class);
        Request plain = new Request(new RequestId(3, 1, 0), CODEC.plain("stand-in"));
        // What the replica would send of a plain request, with the copy inside.
        List<byte[]> frames = new ArrayList<>();
        group.filter(3, outgoing -> {
            frames.add(outgoing.frame());
            return false;
        });
        group.input(3, new Input.Submit(plain));
        byte[] stolen = replaced(frames, plain.operation(), copy.operation());
        for (int i = 0; i < 3; i++) {
            group.inject(3, i, stolen);
        }
        group.run(3_000, () -> false);
        for (int i = 0; i < 3; i++) {
            assertThat(replicas.get(i).status().decided()).isZero();
            assertThat(group.blames(i)).anyMatch(blame -> blame.rule().equals("a gateway asks only for what it may"));
        }
    }

    /** The first frame that carries these bytes, with others in their place. */
    private static byte[] replaced(List<byte[]> frames, byte[] old, byte[] fresh) {
        byte[] before = new Writer().opaque32(old).toBytes();
        byte[] after = new Writer().opaque32(fresh).toBytes();
        for (byte[] frame : frames) {
            for (int at = 0; at + before.length <= frame.length; at++) {
                if (Arrays.equals(frame, at, at + before.length, before, 0, before.length)) {
                    return new Writer()
                            .fixed(Arrays.copyOf(frame, at))
                            .fixed(after)
                            .fixed(Arrays.copyOfRange(frame, at + before.length, frame.length))
                            .toBytes();
                }
            }
        }
        throw new AssertionError("no frame carries the operation");
    }

    @Test
    void garbageInsideIsANoOpWithAnError() {
        RequestId id = next();
        submit(new Request(
                id, CODEC.sealed(ideal.garbage(ConfidentialCall.label(Digest.ZERO, "journal", id), entropy))));
        assertThat(answer(id)).isEqualTo(new String(ConfidentialCall.unreadable(), StandardCharsets.US_ASCII));
        assertThat(executed).allMatch(List::isEmpty);
        assertThat(answer(submitConfidential("next"))).isEqualTo("1 next");
    }

    @Test
    void whatNamesNoServiceIsRefused() {
        RequestId id = next();
        byte[] call = ConfidentialCall.codec(1000).encode(new ConfidentialCall("group", new byte[10]));
        byte[] operation = ServiceCall.codec(2000).encode(new ServiceCall(ConfidentialCall.SERVICE, call));
        submit(new Request(id, operation));
        assertThat(outputs(0, id)).singleElement().isInstanceOf(Output.Refused.class);
    }

    /** Nobody hears any share until the slot is decided everywhere; then all crash, and start with their journals only. */
    @Seeds(4)
    void groupThatCrashedBetweenDecisionAndOpeningOpensAfterItsRestart(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        for (int i = 0; i < TRUST.size(); i++) {
            group.filter(i, outgoing -> !isDisclosure(outgoing));
        }
        RequestId id = submitConfidential("secret");
        assertThat(group.run(
                        50_000,
                        () -> replicas.stream().allMatch(one -> one.status().decided() >= 1)))
                .isTrue();
        assertThat(replicas).allMatch(replica -> replica.status().executed() == 0);
        for (int i = 0; i < TRUST.size(); i++) {
            group.crash(i);
            group.filter(i, outgoing -> true);
        }
        for (int i = 0; i < TRUST.size(); i++) {
            group.restart(i);
        }
        for (int i = 0; i < TRUST.size(); i++) {
            connectAll(i);
        }
        assertThat(answer(id)).isEqualTo("1 secret");
    }

    /**
     * The leader decides first and hears then that the others wait for the request: with its place fixed it is nobody's
     * debt, though not read yet.
     */
    @Test
    void whatIsDecidedAndNotReadIsNotProposedAgain() {
        for (int i = 0; i < TRUST.size(); i++) {
            group.filter(i, outgoing -> !isDisclosure(outgoing));
        }
        Predicate<TestGroup.Flight> late = flight -> flight.to() != 0 && isOrdering(flight.frame(), ACCEPT);
        RequestId id = submitConfidential("secret");
        assertThat(group.run(1_000, () -> isUnderWay(PROPOSE))).isTrue();
        group.delay(late.or(flight -> flight.to() == 0 && isOrdering(flight.frame(), HAVE)));
        assertThat(group.run(1_000, () -> replicas.getFirst().status().decided() == 1))
                .isTrue();
        group.delay(late);
        pass(60_000); // longer than any word is kept back
        group.delay(flight -> false);
        group.run(2_000, () -> false);
        assertThat(replicas).allMatch(replica -> replica.status().decided() == 1);
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(group.blames(i)).isEmpty();
            assertThat(replicas.get(i).status().executed()).isZero();
            group.filter(i, outgoing -> true);
        }
        for (int i = 0; i < TRUST.size(); i++) {
            connectAll(i);
        }
        assertThat(answer(id)).isEqualTo("1 secret");
    }

    private boolean isUnderWay(int kind) {
        return group.flights().stream().anyMatch(flight -> isOrdering(flight.frame(), kind));
    }

    private static boolean isOrdering(byte[] frame, int kind) {
        Reader reader = new Reader(frame);
        String path = new String(reader.opaque8(Path.LENGTH_MAX), StandardCharsets.US_ASCII);
        return path.equals("order") && reader.u8() == kind;
    }

    /** One replica decides all slots and is given no share, until the others have checkpoints above them. */
    @Seeds(8)
    void replicaWithoutSharesContinuesFromTheStateOfOthers(long seed) {
        group = start(seed, TestGroup.Scheduler.UNIFORM);
        int victim = (int) (seed % 4);
        for (int i = 0; i < TRUST.size(); i++) {
            group.filter(i, outgoing -> outgoing.to() != victim || !isDisclosure(outgoing));
        }
        for (int i = 0; i < 39; i++) {
            submitConfidential("secret " + i);
            group.run(200, () -> false);
        }
        RequestId end = submitConfidential("secret 39");
        assertThat(group.run(200_000, () -> !outputs((victim + 1) % 4, end).isEmpty()))
                .isTrue();
        for (int i = 0; i < TRUST.size(); i++) {
            group.filter(i, outgoing -> true);
        }
        assertThat(answer(submitConfidential("last"))).isEqualTo("41 last");
        assertThat(group.run(200_000, () -> executed.get(victim).size() == 41)).isTrue();
        assertThat(executed.get(victim)).isEqualTo(executed.get((victim + 1) % 4));
        assertThat(group.blames(victim)).isEmpty();
    }

    /** Checkpoints wait with execution, so all that are signed are equal: nobody is told to fetch another state. */
    @Seeds(8)
    void checkpointsStayEqualWhileSlotsWait(long seed) {
        group = start(seed, TestGroup.Scheduler.starve((int) (seed % 4)));
        for (int i = 0; i < 60; i++) {
            submitConfidential("secret " + i);
            group.run(60, () -> false);
        }
        answer(submitConfidential("last"));
        for (int i = 0; i < TRUST.size(); i++) {
            assertThat(group.outputs(i))
                    .noneMatch(output -> output instanceof Output.Notice notice
                            && notice.text().contains("differs"));
        }
        assertThat(replicas).anyMatch(replica -> replica.status().stable() >= 8);
    }
}
