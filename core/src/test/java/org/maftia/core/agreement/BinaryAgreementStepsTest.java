package org.maftia.core.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.maftia.core.testing.Structures.FOUR;

import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.maftia.core.agreement.BinaryAgreement.Decision;
import org.maftia.core.agreement.BinaryMessage.Ballot;
import org.maftia.core.agreement.BinaryMessage.Decide;
import org.maftia.core.agreement.BinaryMessage.Echo;
import org.maftia.core.agreement.BinaryMessage.Echo2;
import org.maftia.core.agreement.BinaryMessage.Share;
import org.maftia.core.agreement.BinaryMessage.Val;
import org.maftia.core.crypto.Coin;
import org.maftia.core.crypto.IdealCoin;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.RecordingPort;

/** The lines of the table, one by one, at replica 0 of four. */
class BinaryAgreementStepsTest {
    private static final byte[] NO_PROOF = {};

    private final RecordingPort<BinaryMessage, Decision> port = new RecordingPort<>(0, FOUR);
    private final BinaryAgreement agreement = new BinaryAgreement(port, coin(0));

    /** The seed is such that the coin shows NO in round 0 and YES in round 1. */
    private static IdealCoin coin(int self) {
        return new IdealCoin(SEED, FOUR, self);
    }

    private static final long SEED = seed();

    private static long seed() {
        for (long seed = 0; ; seed++) {
            if (!shows(seed, 0) && shows(seed, 1)) {
                return seed;
            }
        }
    }

    private static boolean shows(long seed, int round) {
        Coin.Name name = new Coin.Name("test", round);
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int i = 0; i < 2; i++) {
            shares.put(i, new IdealCoin(seed, FOUR, i).share(name));
        }
        return new IdealCoin(seed, FOUR, 0).combine(name, shares).bit();
    }

    private void vals(int round, boolean value, int... senders) {
        for (int sender : senders) {
            agreement.receive(sender, new Val(round, value, NO_PROOF));
        }
    }

    private void echoes(int round, boolean value, int... senders) {
        for (int sender : senders) {
            agreement.receive(sender, new Echo(round, value));
        }
    }

    private void ballots(int round, Ballot ballot, int... senders) {
        for (int sender : senders) {
            agreement.receive(sender, new Echo2(round, ballot));
        }
    }

    private void share(int round, int sender) {
        agreement.receive(sender, new Share(round, coin(sender).share(new Coin.Name("test", round))));
    }

    /** What it said since the last call; persisting goes before each and is checked by itself. */
    private String said() {
        StringBuilder said = new StringBuilder();
        for (String line : port.lines) {
            if (!line.startsWith("persist") && !line.equals("compute")) {
                said.append(line.replaceAll("\\[B@\\w+", "bytes")).append('\n');
            }
        }
        port.lines.clear();
        return said.toString();
    }

    /** YES is proposed here and approved in round 0. */
    private void approveYes() {
        agreement.propose(true);
        vals(0, true, 0, 1, 2);
    }

    @Test
    void aRoundAsTheTableHasIt() {
        agreement.propose(true);
        assertThat(said()).isEqualTo("all Val[round=0, value=true, proof=bytes]\n"); // 1
        vals(0, true, 0);
        vals(0, false, 1);
        assertThat(said()).isEmpty();
        vals(0, false, 2);
        assertThat(said()).isEqualTo("all Val[round=0, value=false, proof=bytes]\n"); // 2
        vals(0, false, 0);
        assertThat(said()).isEqualTo("all Echo[round=0, value=false]\n"); // 3, 4
        vals(0, true, 1, 2);
        assertThat(said()).as("one echo a round").isEmpty();
        echoes(0, false, 0, 1);
        assertThat(said()).isEmpty();
        echoes(0, true, 2);
        assertThat(said()).isEqualTo("all Echo2[round=0, ballot=EITHER]\n"); // 5
        ballots(0, Ballot.EITHER, 0, 1);
        share(0, 1);
        share(0, 2);
        assertThat(said()).as("not before line 6").isEmpty();
        ballots(0, Ballot.NO, 2);
        assertThat(said()) // 6, 7 and, as others' shares are there, 8: out = ?, est = coin
                .isEqualTo("all Share[round=0, share=bytes]\nall Val[round=1, value=false, proof=bytes]\n");
        assertThat(agreement.round()).isEqualTo(1);
    }

    @Test
    void anEchoedQuorumDecidesWhenTheCoinAgrees() {
        agreement.propose(false);
        vals(0, false, 0, 1, 2);
        echoes(0, false, 0, 1, 2);
        ballots(0, Ballot.NO, 0, 1, 2);
        assertThat(said()).endsWith("all Echo2[round=0, ballot=NO]\nall Share[round=0, share=bytes]\n");
        share(0, 0);
        assertThat(said()).as("one share is no qualified set").isEmpty();
        share(0, 3);
        assertThat(said()) // 8, 9, then 1 of the next round: it keeps taking part
                .isEqualTo("""
                        output Decision[value=false, proof=bytes]
                        all Decide[value=false, proof=bytes]
                        all Val[round=1, value=false, proof=bytes]
                        """);
    }

    @Test
    void anEchoedQuorumGoesOnWhenTheCoinDisagrees() {
        approveYes();
        echoes(0, true, 0, 1, 2);
        ballots(0, Ballot.YES, 0, 1, 2);
        share(0, 1);
        share(0, 2);
        assertThat(said())
                .endsWith("all Val[round=1, value=true, proof=bytes]\n")
                .doesNotContain("Decide");
    }

    @Test
    void ballotsCountOnceTheApprovedValuesExplainThem() {
        approveYes();
        ballots(0, Ballot.EITHER, 1, 2, 3);
        assertThat(said()).as("only one value is approved").doesNotContain("Share");
        vals(0, false, 1, 2, 3);
        assertThat(said()).contains("Share");
    }

    @Attack("predictable, early or corrupt coin")
    @Test
    void falseSharesAreBlamedAndDoNotCount() {
        approveYes();
        ballots(0, Ballot.YES, 1, 2, 3);
        said();
        share(0, 1);
        agreement.receive(2, new Share(0, new byte[7]));
        assertThat(said()).isEqualTo("blame 2 shows a false share of the coin\n");
        assertThat(agreement.round()).isZero();
        share(0, 3);
        assertThat(agreement.round()).isEqualTo(1);
    }

    @Test
    void aKernelOfDecisionsDecidesAndAQuorumHalts() {
        agreement.receive(1, new Decide(true, NO_PROOF));
        assertThat(said()).isEmpty();
        agreement.receive(2, new Decide(true, NO_PROOF));
        assertThat(said()) // 9
                .isEqualTo("output Decision[value=true, proof=bytes]\nall Decide[value=true, proof=bytes]\n");
        vals(0, true, 1, 2);
        assertThat(said()).as("it keeps taking part").isEqualTo("all Val[round=0, value=true, proof=bytes]\n");
        agreement.receive(0, new Decide(true, NO_PROOF)); // 10
        vals(0, true, 3);
        assertThat(said()).isEmpty();
        agreement.nudge(3);
        assertThat(said()).isEqualTo("send 3 Decide[value=true, proof=bytes]\n");
    }

    /** Whoever left a round without having cast a ballot casts it when it can: others may wait for it. */
    @Test
    void pastRoundsAreServed() {
        approveYes();
        ballots(0, Ballot.YES, 1, 2, 3);
        share(0, 1);
        share(0, 2);
        assertThat(agreement.round()).isEqualTo(1);
        assertThat(said()).doesNotContain("Echo2");
        echoes(0, true, 1, 2, 3);
        vals(0, false, 2, 3);
        assertThat(said()).isEqualTo("all Echo2[round=0, ballot=YES]\nall Val[round=0, value=false, proof=bytes]\n");
    }

    @Test
    void contradictionsAreBlamed() {
        echoes(0, true, 3);
        echoes(0, true, 3);
        assertThat(said()).isEmpty();
        echoes(0, false, 3);
        ballots(0, Ballot.YES, 3);
        ballots(0, Ballot.EITHER, 3);
        agreement.receive(3, new Decide(true, NO_PROOF));
        agreement.receive(3, new Decide(false, NO_PROOF));
        assertThat(said()).isEqualTo("blame 3 echoes twice\nblame 3 casts two ballots\nblame 3 decides both ways\n");
    }

    @Test
    void everythingIsDurableBeforeItIsSaid() {
        approveYes();
        echoes(0, true, 0, 1, 2);
        ballots(0, Ballot.YES, 0, 1, 2);
        share(0, 1);
        share(0, 2);
        String last = "";
        int said = 0;
        for (String line : port.lines) {
            if (line.startsWith("all ")) {
                assertThat(last).isEqualTo("persist " + line.substring("all ".length()));
                said++;
            }
            last = line;
        }
        assertThat(said).isEqualTo(5);
    }
}
