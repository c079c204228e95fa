package org.maftia.services.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.CodecCheck;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.message.Answering;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.exchange.message.ExchangeToken.Outcome;
import org.maftia.services.exchange.message.ItemAcceptance;
import org.maftia.services.exchange.message.ItemOffer;
import org.maftia.services.jose.CompactJws;

/** What the trusted party decides, and what it refuses; known attacks under their names. */
class ExchangeTest {
    private static final TestParty ALICE = new TestParty("alice");
    private static final TestParty BOB = new TestParty("bob");
    private static final TestParty MALLORY = new TestParty("mallory");

    private final TestTrusted trusted = new TestTrusted();
    private final ContractOffer m1 = ALICE.offer(TestTrusted.NAME, BOB, "text", "na");
    private final ContractAcceptance m2 = BOB.accept(m1, "nb");

    private static ItemOffer items(String escrowedByA) {
        byte[] label = ItemOffer.label(
                TestTrusted.NAME,
                ALICE.party(),
                BOB.party(),
                TestParty.digest("song"),
                TestParty.digest("coin"),
                "a swap");
        return ALICE.offerItem(
                TestTrusted.NAME,
                BOB,
                TestParty.digest("song"),
                TestParty.digest("coin"),
                TestTrusted.escrow(TestParty.escrowed(escrowedByA, "salt a"), label));
    }

    private static ItemAcceptance accepted(ItemOffer offer, String escrowedByB) {
        return BOB.acceptItem(offer, TestTrusted.escrow(TestParty.escrowed(escrowedByB, "salt b"), offer.label()));
    }

    @Test
    void whatIsDecidedFirstIsDecided() {
        assertThat(trusted.token(ALICE.abort(m1)).outcome()).isEqualTo(Outcome.ABORTED);
        ExchangeToken token = trusted.token(BOB.resolve(m1, m2));
        assertThat(token.outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(token.id()).isEqualTo(m1.id());
        assertThat(trusted.token(ALICE.resolve(m1, m2))).isEqualTo(token);

        ContractOffer other = ALICE.offer(TestTrusted.NAME, BOB, "text", "another na");
        ContractAcceptance accepted = BOB.accept(other, "nb");
        ExchangeToken resolved = trusted.token(BOB.resolve(other, accepted));
        assertThat(resolved.outcome()).isEqualTo(Outcome.RESOLVED);
        assertThat(resolved.second()).contains(accepted.message().digest());
        assertThat(trusted.token(ALICE.abort(other))).isEqualTo(resolved);
    }

    @Test
    void anybodyMayAskWhatWasDecided() {
        byte[] question = ExchangeCommand.CODEC.encode(new ExchangeCommand.Asked(m1.id()));
        assertThat(trusted.ask(question)).isInstanceOf(ExchangeAnswer.Undecided.class);
        ExchangeToken token = trusted.token(ALICE.abort(m1));
        assertThat(trusted.token(question)).isEqualTo(token);
    }

    @Test
    void itemsAreHandedToWhomTheyAreFor() {
        ItemOffer e1 = items("song");
        ItemAcceptance e2 = accepted(e1, "coin");
        var forA = (ExchangeAnswer.Decided) trusted.ask(ALICE.resolve(e1, e2));
        assertThat(TestTrusted.token(forA).outcome()).isEqualTo(Outcome.RESOLVED);
        assertThat(ALICE.open(e1, forA.item())).isEqualTo("coin".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> BOB.open(e1, forA.item())).isInstanceOf(MalformedException.class);
        var forB = (ExchangeAnswer.Decided) trusted.ask(BOB.resolve(e1, e2));
        assertThat(BOB.open(e1, forB.item())).isEqualTo("song".getBytes(StandardCharsets.UTF_8));
        var again = (ExchangeAnswer.Decided) trusted.ask(ALICE.resolve(e1, e2));
        assertThat(again.item()).isEqualTo(forA.item());
        assertThat(((ExchangeAnswer.Decided) trusted.ask(ALICE.abort(e1))).item())
                .isEmpty();
    }

    @Test
    @Attack("exchange: B escrows something else than what was agreed")
    void aFalseEscrowOfBReleasesNothingAndEndsNothing() {
        ItemOffer e1 = items("song");
        ItemAcceptance bad = accepted(e1, "counterfeit");
        var failed = (ExchangeAnswer.Decided) trusted.ask(BOB.resolve(e1, bad));
        assertThat(TestTrusted.token(failed).outcome()).isEqualTo(Outcome.FAILED_B);
        assertThat(TestTrusted.token(failed).second()).contains(bad.message().digest());
        assertThat(failed.item()).isEmpty();
        var good = (ExchangeAnswer.Decided) trusted.ask(ALICE.resolve(e1, accepted(e1, "coin")));
        assertThat(TestTrusted.token(good).outcome()).isEqualTo(Outcome.RESOLVED);
    }

    @Test
    @Attack("exchange: A escrows something else than what it offers")
    void aFalseEscrowOfAEndsTheExchangeAndReleasesNothing() {
        ItemOffer e1 = items("noise");
        ItemAcceptance e2 = accepted(e1, "coin");
        var failed = (ExchangeAnswer.Decided) trusted.ask(ALICE.resolve(e1, e2));
        assertThat(TestTrusted.token(failed).outcome()).isEqualTo(Outcome.FAILED_A);
        assertThat(failed.item()).isEmpty();
        assertThat(trusted.token(BOB.resolve(e1, e2)).outcome()).isEqualTo(Outcome.FAILED_A);
    }

    @Test
    @Attack("exchange: B shows A one acceptance and the trusted party another")
    void aGetsTheItemWhateverAcceptanceItHas() {
        ItemOffer e1 = items("song");
        ItemAcceptance shown = accepted(e1, "counterfeit");
        var forB = (ExchangeAnswer.Decided) trusted.ask(BOB.resolve(e1, accepted(e1, "coin")));
        assertThat(BOB.open(e1, forB.item())).isEqualTo("song".getBytes(StandardCharsets.UTF_8));
        var forA = (ExchangeAnswer.Decided) trusted.ask(ALICE.resolve(e1, shown));
        assertThat(ALICE.open(e1, forA.item())).isEqualTo("coin".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Attack("exchange: an escrow cut from one exchange and pasted into another")
    void anEscrowOpensInItsExchangeAlone() {
        ItemOffer e1 = items("song");
        // Mallory is offered the same song for the same coin, and answers with the escrow that Bob made for Alice.
        ItemOffer other = ALICE.offerItem(
                TestTrusted.NAME, MALLORY, TestParty.digest("song"), TestParty.digest("coin"), e1.escrow());
        ItemAcceptance pasted = MALLORY.acceptItem(other, accepted(e1, "coin").escrow());
        var failed = (ExchangeAnswer.Decided) trusted.ask(MALLORY.resolve(other, pasted));
        assertThat(TestTrusted.token(failed).outcome()).isEqualTo(Outcome.FAILED_B);
        assertThat(failed.item()).isEmpty();
    }

    @Test
    @Attack("exchange: B makes the trusted party open false escrows without end")
    void falseEscrowsAreRememberedAndCounted() {
        ItemOffer e1 = items("song");
        for (int i = 0; i < Case.FALSE_MAX; i++) {
            assertThat(trusted.token(BOB.resolve(e1, accepted(e1, "counterfeit " + i)))
                            .outcome())
                    .isEqualTo(Outcome.FAILED_B);
        }
        assertThat(trusted.ask(BOB.resolve(e1, accepted(e1, "one more")))).isInstanceOf(ExchangeAnswer.NotParty.class);
        assertThat(trusted.token(BOB.resolve(e1, accepted(e1, "counterfeit 0"))).outcome())
                .isEqualTo(Outcome.FAILED_B);
        assertThat(trusted.token(ALICE.abort(e1)).outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    @Attack("exchange: abort and resolve race while an escrow is being opened")
    void whoComesWhileAnEscrowIsOpenedHearsWhatItSaid() {
        ItemOffer e1 = items("song");
        var resolving = trusted.give(BOB.resolve(e1, accepted(e1, "coin")));
        var aborting = trusted.give(ALICE.abort(e1));
        assertThat(trusted.answer(aborting)).isEmpty();
        trusted.work();
        assertThat(outcome(trusted.answer(resolving))).isEqualTo(Outcome.RESOLVED);
        assertThat(outcome(trusted.answer(aborting))).isEqualTo(Outcome.RESOLVED);

        ItemOffer other = items("noise");
        var failing = trusted.give(BOB.resolve(other, accepted(other, "counterfeit")));
        var next = trusted.give(ALICE.abort(other));
        trusted.work();
        assertThat(outcome(trusted.answer(failing))).isEqualTo(Outcome.FAILED_B);
        assertThat(outcome(trusted.answer(next))).isEqualTo(Outcome.ABORTED);
    }

    private static Outcome outcome(Optional<ExchangeAnswer> answer) {
        return TestTrusted.token((ExchangeAnswer.Decided) answer.orElseThrow()).outcome();
    }

    @Test
    @Attack("exchange: a third party asks for a decision, or B asks to abort")
    void onlyPartiesAskAndOnlyAAborts() {
        assertThat(trusted.ask(MALLORY.resolve(m1, m2))).isInstanceOf(ExchangeAnswer.NotParty.class);
        assertThat(trusted.ask(BOB.abort(m1))).isInstanceOf(ExchangeAnswer.NotParty.class);
        assertThat(trusted.ask(MALLORY.abort(m1))).isInstanceOf(ExchangeAnswer.NotParty.class);
        byte[] question = ExchangeCommand.CODEC.encode(new ExchangeCommand.Asked(m1.id()));
        assertThat(trusted.ask(question)).isInstanceOf(ExchangeAnswer.Undecided.class);
    }

    @Test
    @Attack("exchange: an acceptance of an old offer is shown with a new one, or with its type changed")
    void messagesThatDoNotBelongTogetherAreRefused() {
        ContractOffer newer = ALICE.offer(TestTrusted.NAME, BOB, "text", "na 2");
        assertThat(trusted.ask(BOB.resolve(newer, m2)))
                .isEqualTo(new ExchangeAnswer.Malformed("the acceptance is one of another offer"));
        ContractAcceptance byMallory = new ContractAcceptance(
                MALLORY.accept(ALICE.offer(TestTrusted.NAME, MALLORY, "text", "na"), "nb")
                        .message(),
                m1.id(),
                m1.text());
        assertThat(trusted.ask(BOB.resolve(m1, byMallory))).isInstanceOf(ExchangeAnswer.Malformed.class);
        ContractOffer elsewhere = ALICE.offer(TestParty.digest("another group"), BOB, "text", "na");
        assertThat(trusted.ask(ALICE.abort(elsewhere)))
                .isEqualTo(new ExchangeAnswer.Malformed("the offer names another trusted party"));
    }

    @Test
    @Attack("exchange: A's confirmation is replayed against another acceptance (Shmatikov, Mitchell)")
    void aConfirmationIsForOneAcceptance() {
        CompactJws m3 = ALICE.confirm(m2, "na");
        assertThat(ContractConfirmation.of(m3, m1, m2).secret()).isEqualTo(TestParty.bytes("na"));
        ContractAcceptance second = BOB.accept(m1, "another nb");
        assertThatThrownBy(() -> ContractConfirmation.of(m3, m1, second)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ContractConfirmation.of(ALICE.confirm(m2, "guess"), m1, m2))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> ContractConfirmation.of(MALLORY.confirm(m2, "na"), m1, m2))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    @Attack("exchange: a second spelling of a signature makes a second name of the same message")
    void aMessageHasOneName() {
        String text = m1.message().toString();
        int dot = text.lastIndexOf('.');
        // Another signature under the same words: it does not verify here, and would not rename the message if it did.
        CompactJws other = CompactJws.decode(text.substring(0, dot) + "." + "A".repeat(text.length() - dot - 1));
        assertThat(other.digest()).isEqualTo(m1.id());
        assertThat(other.isSignedBy(m1.a().sign())).isFalse();
        // A last character with other unused bits would spell the same bytes once more.
        String respelled = text.substring(0, text.length() - 1) + (char) (text.charAt(text.length() - 1) + 1);
        assertThatThrownBy(() -> ContractOffer.of(CompactJws.decode(respelled))).isInstanceOf(MalformedException.class);
    }

    @Test
    void whatTheGroupDoesNotDoInTimeLeavesTheDecision() {
        var given = trusted.give(ALICE.abort(m1));
        trusted.lose(Exchange.PATIENCE_MICROS);
        assertThat(trusted.answer(given)).contains(new ExchangeAnswer.Busy());
        assertThat(trusted.token(BOB.resolve(m1, m2)).outcome()).isEqualTo(Outcome.ABORTED);

        ItemOffer e1 = items("song");
        var opening = trusted.give(BOB.resolve(e1, accepted(e1, "coin")));
        trusted.lose(Exchange.PATIENCE_MICROS);
        assertThat(trusted.answer(opening)).contains(new ExchangeAnswer.Busy());
        assertThat(trusted.token(ALICE.abort(e1)).outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void nonsenseIsRefusedAndAnswersAreCanonical() {
        assertThat(trusted.ask(new byte[] {9})).isInstanceOf(ExchangeAnswer.Malformed.class);
        for (String first : new String[] {"", "a.b", "a.b.c", "e30.e30.", "....", m1.message() + "x"}) {
            byte[] command = ExchangeCommand.CODEC.encode(new ExchangeCommand.Appealed(
                    first.getBytes(StandardCharsets.UTF_8), new byte[0], TestParty.utf8(m2.message())));
            assertThat(trusted.ask(command)).as(first).isInstanceOf(ExchangeAnswer.Malformed.class);
        }
        CodecCheck.check(
                ExchangeAnswer.CODEC,
                List.of(
                        new ExchangeAnswer.Decided("token", new byte[] {1, 2}),
                        new ExchangeAnswer.NotParty("who are you")));
        CodecCheck.check(ExchangeCommand.CODEC, List.of(new ExchangeCommand.Asked(m1.id())));
        assertThat(Answering.of(m2.message(), m1)).isEqualTo(m2);
    }
}
