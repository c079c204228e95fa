package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.agreement.MultivaluedMessage.Done;
import org.maftia.core.agreement.MultivaluedMessage.Entry;
import org.maftia.core.agreement.MultivaluedMessage.Halt;
import org.maftia.core.agreement.MultivaluedMessage.Lock;
import org.maftia.core.agreement.MultivaluedMessage.Pb1;
import org.maftia.core.agreement.MultivaluedMessage.Pb2;
import org.maftia.core.agreement.MultivaluedMessage.VoteNo;
import org.maftia.core.agreement.Seals.Stage;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.crypto.Coin;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.IdealCertifier;
import org.maftia.core.testing.RecordingPort;
import org.maftia.core.testing.TurnCoin;
import org.maftia.core.wire.Digest;

/** Single steps of replica 1, whose group lets 0 lead view 0, 1 lead view 1, and so on. */
class MultivaluedAgreementStepsTest {
    private static final byte[] X = Forger.bytes("value X");
    private static final byte[] Y = Forger.bytes("value Y");

    private final RecordingPort<MultivaluedMessage, byte[]> port = new RecordingPort<>(1, FOUR);

    /** Null while the replica does not know with which shares the others toss. */
    private @Nullable Coin coin = new TurnCoin(FOUR, 1);

    private final MultivaluedAgreement agreement = new MultivaluedAgreement(
            port,
            new IdealCertifier(1),
            () -> coin,
            Digest.ZERO,
            new Leadership(0, 100_000),
            MultivaluedAgreementTest::judge);

    @BeforeEach
    void propose() {
        agreement.propose(Forger.bytes("value 1"));
        port.take();
    }

    private Seals sealsOf(int replica) {
        return new Seals(new IdealCertifier(replica), new TurnCoin(FOUR, replica), FOUR, Digest.ZERO, port.path());
    }

    private Certificate signed(Stage stage, int view, int owner, Digest hash, Integer... signers) {
        SortedMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int signer : signers) {
            signatures.put(signer, sealsOf(signer).sign(stage, view, owner, hash));
        }
        return Certificate.of(signatures);
    }

    private List<MultivaluedMessage.Share> toss(int view, Integer... replicas) {
        return Stream.of(replicas)
                .map(replica ->
                        new MultivaluedMessage.Share(replica, sealsOf(replica).share(view)))
                .toList();
    }

    private static <T> List<T> twice(List<T> list) {
        return Stream.concat(list.stream(), list.stream()).toList();
    }

    private MultivaluedMessage.Finish finish(int view, int owner, byte[] value) {
        return new MultivaluedMessage.Finish(
                view, owner, value, signed(Stage.SIG2, view, owner, Seals.hash(value), 0, 2, 3));
    }

    private Lock lock(byte[] value, Integer... signers) {
        return new Lock(0, 0, value, signed(Stage.SIG1, 0, 0, Seals.hash(value), signers));
    }

    private Chain boundTo(byte[] value) {
        Certificate yes = signed(Stage.YES, 0, 0, Seals.hash(value), 0, 2);
        return Chain.empty(0)
                .closed(new Chain.Mixed(lock(value, 0, 2, 3), yes, signed(Stage.NO, 0, 0, Digest.ZERO, 3)));
    }

    private Chain noCerts(int views, Integer... signers) {
        Chain chain = Chain.empty(0);
        for (int view = 0; view < views; view++) {
            chain = chain.closed(new Chain.NoCert(view, signed(Stage.NO, view, view, Digest.ZERO, signers)));
        }
        return chain;
    }

    /** What the port wrote down, without the fields of messages. */
    private List<String> taken() {
        List<String> lines =
                port.lines.stream().map(line -> line.replaceAll(" ?\\[.*", "")).toList();
        port.lines.clear();
        return lines;
    }

    private void patienceEnds() {
        port.alarms.getLast().action.run();
    }

    @Test
    void nothingIsSignedForAnOwnerAfterTheStop() {
        patienceEnds();
        assertThat(taken()).containsExactly("persist PreVoteNull", "all PreVoteNull");
        agreement.receive(0, new Pb1(X, Chain.empty(0)));
        agreement.receive(0, new Pb2(lock(X, 0, 2, 3)));
        assertThat(taken()).isEmpty();
    }

    @Test
    void theLockIsWrittenDownBeforeItIsSignedAndShownWhenPatienceEnds() {
        agreement.receive(0, new Pb1(X, Chain.empty(0)));
        agreement.receive(0, new Pb2(lock(X, 0, 2, 3)));
        patienceEnds();
        assertThat(taken())
                .containsExactly(
                        "persist Sig1",
                        "send 0 Sig1",
                        "persist Pb2",
                        "send 0 Sig2",
                        "persist PreVoteLock",
                        "all PreVoteLock");
    }

    @Test
    void aSecondValueOfAnOwnerIsBlamedAndNotSigned() {
        agreement.receive(0, new Pb1(X, Chain.empty(0)));
        taken();
        agreement.receive(0, new Pb1(Y, Chain.empty(0)));
        assertThat(taken()).containsExactly("blame 0 proposes two values in one view");
        agreement.receive(0, new Pb1(X, Chain.empty(0)));
        assertThat(taken()).containsExactly("send 0 Sig1");
    }

    @Test
    void aProofTakesAQuorum() {
        agreement.receive(0, new Pb2(lock(X, 0, 3)));
        agreement.receive(0, new MultivaluedMessage.Finish(0, 0, X, signed(Stage.SIG2, 0, 0, Seals.hash(X), 0, 3)));
        agreement.receive(3, new Halt(0, 0, X, true, signed(Stage.YES, 0, 0, Seals.hash(X), 0, 3), List.of()));
        agreement.receive(3, new Entry(noCerts(1, 0, 3)));
        byte[] no = sealsOf(3).sign(Stage.NO, 0, 0, Digest.ZERO);
        agreement.receive(3, new VoteNo(0, signed(Stage.NULL, 0, 0, Digest.ZERO, 0, 3), no));
        assertThat(taken())
                .containsExactly(
                        "blame 0 shows a lock that does not hold",
                        "blame 0 finishes without a proof",
                        "blame 3 halts without a proof",
                        "blame 3 shows no proof of its view",
                        "blame 3 votes without a proof");
    }

    @Test
    void signaturesOfOneStageServeNoOther() {
        agreement.receive(0, new MultivaluedMessage.Finish(0, 0, X, signed(Stage.SIG1, 0, 0, Seals.hash(X), 0, 2, 3)));
        agreement.receive(3, new Halt(0, 0, X, true, signed(Stage.SIG2, 0, 0, Seals.hash(X), 0, 2, 3), List.of()));
        agreement.receive(3, new Halt(1, 1, X, false, signed(Stage.SIG2, 0, 0, Seals.hash(X), 0, 2, 3), toss(1, 0, 2)));
        assertThat(taken())
                .containsExactly(
                        "blame 0 finishes without a proof",
                        "blame 3 halts without a proof",
                        "blame 3 halts without a proof");
    }

    @Test
    void aBoundViewAdmitsNoOtherValue() {
        Chain chain = boundTo(X);
        Chain longer = chain.closed(new Chain.NoCert(1, signed(Stage.NO, 1, 1, Digest.ZERO, 0, 2, 3)));
        agreement.receive(2, new Pb1(Y, longer));
        assertThat(taken()).containsExactly("blame 2 proposes without justification");
        agreement.receive(2, new Pb1(X, longer));
        assertThat(taken())
                .containsExactly("persist Entry", "all Entry", "persist Pb1", "all Pb1", "persist Sig1", "send 2 Sig1");
    }

    @Attack("view-synchronisation games")
    @Test
    void whoeverSkipsItsVotePassesTheProofOnAndLeadsWithTheBoundValue() {
        agreement.receive(3, new Entry(boundTo(X)));
        assertThat(port.lines).anyMatch(line -> line.startsWith("all Pb1"));
        assertThat(taken()).containsExactly("persist Entry", "all Entry", "persist Pb1", "all Pb1");
    }

    @Attack("NoCert of the last view alone")
    @Test
    void aGapInTheChainIsNoJustification() {
        Chain lastOnly = new Chain(1, null, List.of(new Chain.NoCert(1, signed(Stage.NO, 1, 1, Digest.ZERO, 0, 2, 3))));
        agreement.receive(2, new Pb1(Y, lastOnly));
        agreement.receive(2, new Entry(lastOnly));
        assertThat(taken())
                .containsExactly("blame 2 proposes without justification", "blame 2 shows no proof of its view");
        agreement.receive(2, new Pb1(Y, noCerts(2, 0, 2, 3)));
        assertThat(taken()).contains("send 2 Sig1");
    }

    @Test
    void outOfTurnAndInvalidAreBlamed() {
        agreement.receive(2, new Pb1(X, Chain.empty(0)));
        agreement.receive(0, new Pb1(Forger.bytes("bad"), Chain.empty(0)));
        agreement.receive(3, new MultivaluedMessage.Input(X));
        assertThat(taken())
                .containsExactly(
                        "blame 2 proposes out of turn",
                        "blame 0 proposes an invalid value",
                        "blame 3 sends a record of the journal");
    }

    @Test
    void aSignatureForALockThatACrashForgotIsNotBlamed() {
        agreement.receive(3, new Entry(boundTo(X)));
        taken();
        byte[] signature = sealsOf(2).sign(Stage.SIG2, 1, 1, Seals.hash(X));
        agreement.receive(2, new MultivaluedMessage.Sig2(1, 1, Seals.hash(X), signature));
        assertThat(taken()).isEmpty();
    }

    @Attack("predictable, early or corrupt coin")
    @Test
    void noShareOfTheCoinLeavesBeforeAQuorumOfOwnersFinishedAndSigningStopsBefore() {
        agreement.receive(3, new Entry(noCerts(1, 0, 2, 3)));
        agreement.receive(0, finish(1, 0, X));
        agreement.receive(2, finish(1, 2, X));
        assertThat(port.lines).noneMatch(line -> line.contains("Done"));
        taken();
        agreement.receive(3, finish(1, 3, Y));
        assertThat(taken()).containsExactly("persist Done", "all Done");
        agreement.receive(3, new Pb2(new Lock(1, 3, Y, signed(Stage.SIG1, 1, 3, Seals.hash(Y), 0, 2, 3))));
        assertThat(taken()).isEmpty();
    }

    /** It signs on meanwhile: the others lack neither its signatures nor, some day, its share. */
    @Test
    void whoDoesNotKnowTheCoinYetStopsNothingAndTossesWhenItDoes() {
        coin = null;
        agreement.receive(3, new Entry(noCerts(1, 0, 2, 3)));
        taken();
        List<MultivaluedMessage.Finish> finishes = List.of(finish(1, 0, X), finish(1, 2, X), finish(1, 3, X));
        finishes.forEach(finish -> agreement.receive(finish.owner(), finish));
        agreement.receive(0, new Done(1, finishes, sealsOf(0).share(1)));
        agreement.receive(2, new Done(1, finishes, new byte[] {1}));
        agreement.receive(3, new Pb2(new Lock(1, 3, Y, signed(Stage.SIG1, 1, 3, Seals.hash(Y), 0, 2, 3))));
        assertThat(taken()).containsExactly("persist Pb2", "send 3 Sig2");
        agreement.recheck();
        assertThat(taken()).isEmpty();
        coin = new TurnCoin(FOUR, 1);
        agreement.recheck();
        assertThat(taken()).contains("blame 2 tosses without a proof", "persist Done", "all Done");
        agreement.recheck();
        assertThat(taken()).as("once").isEmpty();
    }

    @Test
    void anEndWhoseTossCannotBeJudgedYetWaitsForTheCoin() {
        coin = null;
        Certificate s2 = signed(Stage.SIG2, 1, 1, Seals.hash(X), 0, 2, 3);
        agreement.receive(2, new Halt(1, 1, X, false, s2, List.of()));
        agreement.receive(3, new Halt(1, 1, X, false, s2, toss(1, 0, 2)));
        assertThat(taken()).isEmpty();
        coin = new TurnCoin(FOUR, 1);
        agreement.recheck();
        assertThat(taken()).containsExactly("blame 2 halts without a proof", "persist Halt", "all Halt", "output");
    }

    /** Its DONE still shows the others that a quorum of owners finished. */
    @Test
    void whoHasNoShareOfTheCoinIsHeardAndDoesNotCount() {
        agreement.receive(3, new Entry(noCerts(1, 0, 2, 3)));
        taken();
        List<MultivaluedMessage.Finish> finishes = List.of(finish(1, 0, X), finish(1, 2, X), finish(1, 3, X));
        agreement.receive(0, new Done(1, finishes, new byte[0]));
        assertThat(taken()).containsExactly("persist Done", "all Done");
        agreement.receive(1, new Done(1, finishes, sealsOf(1).share(1)));
        agreement.receive(2, new Done(1, finishes, new byte[0]));
        assertThat(taken()).as("one share of two that are needed").isEmpty();
        agreement.receive(2, new Done(1, finishes, sealsOf(2).share(1)));
        assertThat(taken()).isNotEmpty();
    }

    @Attack("FINISH to one replica only")
    @Test
    void theFinishesInADoneServeWhoeverMissedThem() {
        agreement.receive(3, new Entry(noCerts(1, 0, 2, 3)));
        taken();
        List<MultivaluedMessage.Finish> finishes = List.of(finish(1, 0, X), finish(1, 2, X), finish(1, 3, X));
        agreement.receive(0, new Done(1, finishes.subList(0, 2), sealsOf(0).share(1)));
        agreement.receive(0, new Done(1, finishes, sealsOf(2).share(1)));
        agreement.receive(2, new Done(1, twice(finishes), sealsOf(2).share(1)));
        assertThat(taken())
                .containsExactly(
                        "blame 0 tosses without a proof",
                        "blame 0 tosses without a proof",
                        "blame 2 tosses without a proof");
        agreement.receive(0, new Done(1, finishes, sealsOf(0).share(1)));
        assertThat(taken()).containsExactly("persist Done", "all Done");
    }

    @Test
    void onlyTheElectedOwnerDecidesByItsFinish() {
        Certificate s2 = signed(Stage.SIG2, 1, 2, Seals.hash(X), 0, 2, 3);
        agreement.receive(3, new Halt(1, 2, X, false, s2, toss(1, 0, 2)));
        agreement.receive(3, new Halt(1, 2, X, false, s2, List.of()));
        assertThat(taken()).containsExactly("blame 3 halts without a proof", "blame 3 halts without a proof");
        Certificate once = signed(Stage.SIG2, 1, 1, Seals.hash(X), 0, 2, 3);
        agreement.receive(3, new Halt(1, 1, X, false, once, toss(1, 0, 2, 0)));
        assertThat(taken()).containsExactly("blame 3 halts without a proof");
        Certificate elected = signed(Stage.SIG2, 1, 1, Seals.hash(X), 0, 2, 3);
        agreement.receive(3, new Halt(1, 1, X, false, elected, toss(1, 0, 2)));
        assertThat(taken()).containsExactly("persist Halt", "all Halt", "output");
    }

    @Test
    void anEndIsForwardedWithTheOwnTossWhateverItCameWith() {
        agreement.receive(3, new Entry(noCerts(1, 0, 2, 3)));
        List<MultivaluedMessage.Finish> finishes = List.of(finish(1, 0, X), finish(1, 2, X), finish(1, 3, X));
        agreement.receive(0, new Done(1, finishes, sealsOf(0).share(1)));
        agreement.receive(2, new Done(1, finishes, sealsOf(2).share(1)));
        List<MultivaluedMessage.Share> junk = List.of(new MultivaluedMessage.Share(0, new byte[] {1}));
        Certificate s2 = signed(Stage.SIG2, 1, 1, Seals.hash(X), 0, 2, 3);
        agreement.receive(3, new Halt(1, 1, X, false, s2, junk));
        Halt forwarded = port.persisted.stream()
                .filter(Halt.class::isInstance)
                .map(Halt.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(sealsOf(2).isElected(1, 1, forwarded.toss())).isTrue();
    }

    @Test
    void theEndIsWrittenDownForwardedOnceAndAnswersNudges() {
        Halt halt = new Halt(3, 3, X, false, signed(Stage.SIG2, 3, 3, Seals.hash(X), 0, 2, 3), toss(3, 0, 2));
        agreement.receive(2, halt);
        agreement.receive(0, halt);
        agreement.nudge(3);
        assertThat(taken()).containsExactly("persist Halt", "all Halt", "output", "send 3 Halt");
        assertThat(port.outputs).containsExactly(X);
    }
}
