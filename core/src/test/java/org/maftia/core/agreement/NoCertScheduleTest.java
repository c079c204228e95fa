package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.maftia.core.agreement.MultivaluedMessage.Done;
import org.maftia.core.agreement.MultivaluedMessage.Finish;
import org.maftia.core.agreement.MultivaluedMessage.Lock;
import org.maftia.core.agreement.MultivaluedMessage.Pb1;
import org.maftia.core.agreement.MultivaluedMessage.Pb2;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteLock;
import org.maftia.core.agreement.MultivaluedMessage.PreVoteNull;
import org.maftia.core.agreement.MultivaluedMessage.Sig1;
import org.maftia.core.agreement.MultivaluedMessage.Sig2;
import org.maftia.core.agreement.MultivaluedMessage.VoteNo;
import org.maftia.core.agreement.MultivaluedMessage.VoteYes;
import org.maftia.core.agreement.Seals.Stage;
import org.maftia.core.agreement.Validity.Verdict;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.protocol.Automaton;
import org.maftia.core.protocol.Path;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.Solo;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TurnCoin;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * Four replicas, 2 corrupted. Replica 3 decides A on yes-votes in view 0 and is slow from then on; view 1 ends without a
 * lock, as the coin elects the slow one; in view 2 the corrupted leader justifies B with the NoCert of view 1 alone.
 */
class NoCertScheduleTest {
    private static final int LIAR = 2;
    private static final int SLOW = 3;
    private static final byte[] A = Forger.bytes("value A");
    private static final byte[] B = Forger.bytes("value B");

    private final MultivaluedAgreementCodec codec = new MultivaluedAgreementCodec(4);
    private final Seals liar = new Seals(
            new IdealCertifier(LIAR),
            new TurnCoin(Structures.FOUR, LIAR, SLOW, LIAR),
            Structures.FOUR,
            Digest.ZERO,
            Path.ROOT.child("test", 0));
    /** By index; the one at the liar's place is never used. */
    private final List<Correct> correct = new ArrayList<>();

    private final List<Ready.Blame> blames = new ArrayList<>();

    /** What goes between 0, 1 and the liar from view 1 on. */
    private final ArrayDeque<Flight> flights = new ArrayDeque<>();

    private final SortedMap<Integer, Finish> finishes = new TreeMap<>();
    private final SortedMap<Integer, byte[]> liarSigs = new TreeMap<>();

    private record Flight(int from, int to, MultivaluedMessage message) {}

    private long nowMicros = 1;

    /** A correct replica with what it sent and decided. */
    private record Correct(
            Automaton<Consumer<MultivaluedAgreement>, byte[]> node,
            List<MultivaluedMessage> sent,
            List<String> decided) {}

    @Attack("NoCert of the last view alone")
    @Test
    void theLastNoCertAloneWouldDivideTheGroup() {
        run((chain, firstView) -> true);
        assertThat(correct.get(3).decided).containsExactly("value A");
        assertThat(correct.get(0).decided).containsExactly("value B");
        assertThat(correct.get(1).decided).containsExactly("value B");
    }

    @Attack("NoCert of the last view alone")
    @Test
    void noCertsOfAllEarlierViewsAreAskedFor() {
        run(Chain.Coverage.WHOLE);
        assertThat(correct.get(3).decided).containsExactly("value A");
        assertThat(correct.get(0).decided).isEmpty();
        assertThat(correct.get(1).decided).isEmpty();
        assertThat(blames)
                .isNotEmpty()
                .allMatch(blame -> blame.replica() == LIAR && blame.rule().equals("proposes without justification"));
    }

    private void run(Chain.Coverage coverage) {
        for (int i = 0; i < 4; i++) {
            int self = i;
            Automaton<Consumer<MultivaluedAgreement>, byte[]> node = Solo.node(
                    self,
                    Structures.FOUR,
                    nowMicros,
                    port -> new MultivaluedAgreement(
                            port,
                            new IdealCertifier(self),
                            () -> new TurnCoin(Structures.FOUR, self, SLOW, LIAR),
                            Digest.ZERO,
                            new Leadership(0, 1000),
                            value -> Verdict.VALID,
                            coverage));
            correct.add(new Correct(node, new ArrayList<>(), new ArrayList<>()));
            node.start(List.of());
            node.input(agreement -> agreement.propose(A), nowMicros);
            drain(i);
        }
        replica3DecidesInView0();
        view1EndsWithoutALock();
        if (proposeInView2()) {
            finishView2();
        }
    }

    private void replica3DecidesInView0() {
        deliver(0, 1, last(0, Pb1.class));
        deliver(1, 0, last(1, Sig1.class));
        deliver(LIAR, 0, new Sig1(0, 0, Seals.hash(A), liar.sign(Stage.SIG1, 0, 0, Seals.hash(A))));
        Lock lock = last(0, Pb2.class).lock();
        allTimersFire();
        PreVoteNull lie = new PreVoteNull(0, liar.sign(Stage.NULL, 0, 0, Digest.ZERO));
        deliver(3, 1, last(3, PreVoteNull.class));
        deliver(LIAR, 1, lie);
        deliver(0, 3, last(0, PreVoteLock.class));
        deliver(1, 3, last(1, PreVoteNull.class));
        deliver(1, 0, last(1, PreVoteNull.class));
        deliver(3, 0, last(3, PreVoteNull.class));
        VoteYes yes = new VoteYes(lock, liar.sign(Stage.YES, 0, 0, Seals.hash(A)));
        deliver(0, 3, last(0, VoteYes.class));
        deliver(LIAR, 3, yes);
        deliver(1, 0, last(1, VoteNo.class));
        deliver(LIAR, 0, yes);
        deliver(0, 1, last(0, VoteYes.class));
        deliver(LIAR, 1, yes);
    }

    /** 0, 1 and the liar finish, the coin elects the slow one, nobody has its lock. */
    private void view1EndsWithoutALock() {
        Chain chain = last(0, Pb1.class).chain();
        propose(A, chain);
        exchange(1, A);
        PreVoteNull none = new PreVoteNull(1, liar.sign(Stage.NULL, 1, SLOW, Digest.ZERO));
        deliver(LIAR, 0, none);
        deliver(1, 0, last(1, PreVoteNull.class));
        deliver(LIAR, 1, none);
        deliver(0, 1, last(0, PreVoteNull.class));
        VoteNo no = new VoteNo(1, last(0, VoteNo.class).nulls(), liar.sign(Stage.NO, 1, SLOW, Digest.ZERO));
        VoteNo of1 = last(1, VoteNo.class);
        deliver(LIAR, 0, no);
        deliver(LIAR, 1, no);
        deliver(0, 1, last(0, VoteNo.class));
        deliver(1, 0, of1);
    }

    /** Whether both replicas of view 2 sign the liar's value. */
    private boolean proposeInView2() {
        SortedMap<Integer, byte[]> no = new TreeMap<>();
        no.put(0, last(0, VoteNo.class).signature());
        no.put(1, last(1, VoteNo.class).signature());
        no.put(LIAR, liar.sign(Stage.NO, 1, SLOW, Digest.ZERO));
        propose(B, new Chain(1, null, List.of(new Chain.NoCert(SLOW, Certificate.of(no)))));
        return signsInView2(0) && signsInView2(1);
    }

    private boolean signsInView2(int replica) {
        return correct.get(replica).sent.stream()
                .anyMatch(sent -> sent instanceof Sig1 sig1 && sig1.view() == 2 && sig1.owner() == LIAR);
    }

    private void finishView2() {
        exchange(2, B);
    }

    private void propose(byte[] value, Chain chain) {
        deliver(LIAR, 0, new Pb1(value, chain));
        deliver(LIAR, 1, new Pb1(value, chain));
    }

    /** Steps 1 to 4 of a view among 0, 1 and the liar, who plays by the rules here. */
    private void exchange(int view, byte[] liarValue) {
        finishes.clear();
        liarSigs.clear();
        for (Flight next = flights.poll(); next != null; next = flights.poll()) {
            MultivaluedMessage message = next.message();
            boolean steps = message instanceof Pb1
                    || message instanceof Sig1
                    || message instanceof Pb2
                    || message instanceof Sig2
                    || message instanceof Finish
                    || message instanceof Done;
            if (steps && message.view() == view && next.to() == LIAR) {
                answer(view, next.from(), message, liarValue);
            } else if (steps && message.view() == view && next.to() != SLOW) {
                deliver(next.from(), next.to(), message);
            }
        }
    }

    private void answer(int view, int from, MultivaluedMessage message, byte[] own) {
        switch (message) {
            case Pb1 m -> {
                Digest hash = Seals.hash(m.value());
                deliver(LIAR, from, new Sig1(view, from, hash, liar.sign(Stage.SIG1, view, from, hash)));
            }
            case Pb2 m -> deliver(LIAR, from, liar.sig2(m.lock()));
            case Sig1 m -> {
                Certificate s1 = signed(Stage.SIG1, view, from, m.signature(), own);
                if (s1.signers().contains(0) && s1.signers().contains(1)) {
                    liarSigs.clear();
                    Pb2 pb2 = new Pb2(new Lock(view, LIAR, own, s1));
                    deliver(LIAR, 0, pb2);
                    deliver(LIAR, 1, pb2);
                }
            }
            case Sig2 m -> {
                Certificate s2 = signed(Stage.SIG2, view, from, m.signature(), own);
                if (s2.signers().contains(0) && s2.signers().contains(1)) {
                    Finish finish = new Finish(view, LIAR, own, s2);
                    deliver(LIAR, 0, finish);
                    deliver(LIAR, 1, finish);
                    toss(finish);
                }
            }
            case Finish m -> toss(m);
            default -> {}
        }
    }

    private Certificate signed(Stage stage, int view, int from, byte[] signature, byte[] own) {
        liarSigs.put(from, signature);
        liarSigs.put(LIAR, liar.sign(stage, view, LIAR, Seals.hash(own)));
        return Certificate.of(liarSigs);
    }

    private void toss(Finish finish) {
        finishes.put(finish.owner(), finish);
        if (finishes.size() == 3) {
            Done done = new Done(finish.view(), List.copyOf(finishes.values()), liar.share(finish.view()));
            deliver(LIAR, 0, done);
            deliver(LIAR, 1, done);
        }
    }

    private <M extends MultivaluedMessage> M last(int replica, Class<M> type) {
        return correct.get(replica).sent.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    private void deliver(int from, int to, MultivaluedMessage message) {
        Writer writer = new Writer().opaque8(Forger.bytes("test0"));
        codec.write(writer, message);
        correct.get(to).node.received(from, writer.toBytes(), nowMicros);
        drain(to);
    }

    private void allTimersFire() {
        nowMicros += 1_000_000;
        for (int i = 0; i < correct.size(); i++) {
            correct.get(i).node.tick(nowMicros);
            drain(i);
        }
    }

    private void drain(int replica) {
        Ready<byte[]> ready = correct.get(replica).node.drain();
        for (Ready.Outgoing outgoing : ready.sends()) {
            Reader reader = new Reader(outgoing.frame());
            reader.opaque8(Path.LENGTH_MAX);
            MultivaluedMessage message = codec.read(reader);
            correct.get(replica).sent.add(message);
            if (replica != SLOW && message.view() > 0) {
                flights.add(new Flight(replica, outgoing.to(), message));
            }
        }
        ready.outputs().forEach(value -> correct.get(replica).decided.add(MultivaluedAgreementTest.text(value)));
        blames.addAll(ready.blames());
    }
}
