package org.maftia.services.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.Command;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.ItemAcceptance;
import org.maftia.services.exchange.message.ItemOffer;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.testing.UnaskedContext;

/** Two parties who leave messages for each other, and others who would spoil it. */
class MailboxTest {
    private static final Digest TRUSTED = TestParty.digest("the group");
    private static final TestParty ALICE = new TestParty("alice");
    private static final TestParty BOB = new TestParty("bob");
    private static final int GATEWAYS = 4;
    private static final int GATEWAY = 1;

    private Mailbox mailbox = new Mailbox(TRUSTED, GATEWAYS);
    private long timeMicros = 1_700_000_000_000_000L;
    private long sequence;

    private final ContractOffer offer = ALICE.offer(TRUSTED, BOB, "a text", "a secret");
    private final ContractAcceptance acceptance = BOB.accept(offer, "another secret");
    private final CompactJws confirmation = ALICE.confirm(acceptance, "a secret");
    private final byte[] opening = TestParty.bytes("another secret");

    private final class Here extends UnaskedContext {
        @Override
        public long timeMicros() {
            return timeMicros;
        }

        @Override
        public long index() {
            return sequence;
        }
    }

    private MailboxAnswer order(int gateway, MailboxCommand command) {
        RequestId id = new RequestId(gateway, 1, sequence++);
        return MailboxAnswer.CODEC.decode(
                mailbox.apply(new Command(id, MailboxCommand.CODEC.encode(command)), new Here()));
    }

    private MailboxAnswer begin(int gateway, long origin, CompactJws message) {
        return order(gateway, new MailboxCommand.Offered(origin, TestParty.utf8(message)));
    }

    private MailboxAnswer goOn(byte[] message) {
        return order(GATEWAY, new MailboxCommand.Continued(offer.id(), message));
    }

    private MailboxAnswer goOn(CompactJws message) {
        return goOn(TestParty.utf8(message));
    }

    private MailboxAnswer left() {
        return new MailboxAnswer.Left(offer.id());
    }

    private List<MailboxContent.Begun> between(TestParty one, TestParty other) {
        MailboxQuestion question =
                new MailboxQuestion(one.party().digest(), other.party().digest());
        byte[] answer = Objects.requireNonNull(mailbox.peek(MailboxQuestion.CODEC.encode(question)));
        return MailboxContent.CODEC.decode(answer).exchanges();
    }

    private void restart() {
        Writer writer = new Writer();
        mailbox.snapshot(writer);
        Digest root = mailbox.root();
        mailbox = new Mailbox(TRUSTED, GATEWAYS);
        mailbox.restore(new Reader(writer.finish()));
        assertThat(mailbox.root()).isEqualTo(root);
    }

    private static void assertMalformed(MailboxAnswer answer, String sentence) {
        assertThat(answer)
                .isInstanceOfSatisfying(
                        MailboxAnswer.Malformed.class,
                        malformed -> assertThat(malformed.reason()).contains(sentence));
    }

    private void all() {
        assertThat(begin(GATEWAY, 1, offer.message())).isEqualTo(left());
        assertThat(goOn(acceptance.message())).isEqualTo(left());
        assertThat(goOn(confirmation)).isEqualTo(left());
        assertThat(goOn(opening)).isEqualTo(left());
    }

    @Test
    void bothFindWhatTheyLeftForEachOther() {
        all();
        restart();
        List<byte[]> messages = between(BOB, ALICE).getFirst().messages();
        assertThat(messages).hasSize(4);
        assertThat(messages.getFirst()).isEqualTo(TestParty.utf8(offer.message()));
        assertThat(messages.getLast()).isEqualTo(opening);
        assertThat(goOn(acceptance.message())).as("again").isEqualTo(left());
        assertThat(begin(3, 9, offer.message())).as("again").isEqualTo(left());
        assertMalformed(goOn(TestParty.bytes("more")), "nothing follows");
        assertThat(between(ALICE, ALICE)).isEmpty();
    }

    @Test
    void itemsEndWithTheAcceptance() {
        byte[] escrow = new byte[14_000];
        ItemOffer swap = ALICE.offerItem(TRUSTED, BOB, TestParty.digest("a"), TestParty.digest("b"), escrow);
        ItemAcceptance taken = BOB.acceptItem(swap, escrow);
        assertThat(begin(GATEWAY, 1, swap.message())).isEqualTo(new MailboxAnswer.Left(swap.id()));
        assertThat(order(GATEWAY, new MailboxCommand.Continued(swap.id(), TestParty.utf8(taken.message()))))
                .isEqualTo(new MailboxAnswer.Left(swap.id()));
        assertMalformed(
                order(GATEWAY, new MailboxCommand.Continued(swap.id(), TestParty.utf8(confirmation))),
                "nothing follows the acceptance");
        restart();
        assertThat(between(ALICE, BOB).getFirst().messages()).hasSize(2);
    }

    @Attack("exchange: a message of a third party in the mailbox")
    @Test
    void onlyWhoseTurnItIsLeavesTheNextMessage() {
        TestParty eve = new TestParty("eve");
        assertThat(goOn(acceptance.message())).isEqualTo(new MailboxAnswer.Unknown());
        begin(GATEWAY, 1, offer.message());
        CompactJws forged =
                eve.sign(ContractAcceptance.TYPE, ContractAcceptance.payload(offer.id(), TestParty.commitment("x")));
        assertMalformed(goOn(forged), "not signed by whom the offer is made to");
        assertMalformed(goOn(confirmation), "no acceptance");
        assertMalformed(goOn(opening), "");
        assertThat(goOn(acceptance.message())).isEqualTo(left());
        assertMalformed(goOn(eve.confirm(acceptance, "a secret")), "not signed by who made the offer");
        assertMalformed(goOn(ALICE.confirm(acceptance, "no secret")), "does not open");
        assertThat(goOn(confirmation)).isEqualTo(left());
        assertMalformed(goOn(TestParty.bytes("x")), "does not open");
        CompactJws notHers = Objects.requireNonNull(eve.signedAnyhow(
                ContractOffer.TYPE,
                ContractOffer.payload(TRUSTED, ALICE.party(), BOB.party(), TestParty.digest("t"), TestParty.digest("c"))
                        .toString()
                        .getBytes(StandardCharsets.UTF_8)));
        assertMalformed(begin(GATEWAY, 1, notHers), "not signed by who makes it");
        assertMalformed(
                begin(
                        GATEWAY,
                        1,
                        ALICE.offer(TestParty.digest("others"), BOB, "t", "s").message()),
                "another trusted party");
        assertThat(between(eve, ALICE)).isEmpty();
        assertThat(between(eve, BOB)).isEmpty();
    }

    @Attack("exchange: a message in the mailbox is replaced")
    @Test
    void whatLiesThereStays() {
        begin(GATEWAY, 1, offer.message());
        assertThat(goOn(acceptance.message())).isEqualTo(left());
        ContractAcceptance second = BOB.accept(offer, "a third secret");
        assertThat(goOn(second.message())).isEqualTo(new MailboxAnswer.Taken());
        assertThat(goOn(confirmation)).isEqualTo(left());
        assertThat(goOn(second.message())).isEqualTo(new MailboxAnswer.Taken());
        assertMalformed(order(GATEWAY, new MailboxCommand.Continued(offer.id(), new byte[0])), "");
        assertThat(between(ALICE, BOB).getFirst().messages().get(1)).isEqualTo(TestParty.utf8(acceptance.message()));
        all();
    }

    @Attack("exchange: a stranger floods the mailbox")
    @Test
    void whoFloodsFillsItsOwnPartAlone() {
        TestParty eve = new TestParty("eve");
        int taken = 0;
        while (begin(GATEWAY, 7, eve.offer(TRUSTED, BOB, "text " + taken, "s").message())
                instanceof MailboxAnswer.Left) {
            taken++;
        }
        assertThat(taken).isEqualTo(Mailbox.EXCHANGES_OF_AUTHOR_MAX);
        long bytes = 0;
        MailboxAnswer last = new MailboxAnswer.Unknown();
        for (int i = 0; i < 1_000 && !(last instanceof MailboxAnswer.Full); i++) {
            last = begin(
                    GATEWAY,
                    7,
                    new TestParty("eve " + i).offer(TRUSTED, BOB, "t", "s").message());
            bytes += 4_000;
        }
        assertThat(last).as("of one origin, whatever keys it makes").isInstanceOf(MailboxAnswer.Full.class);
        assertThat(bytes).isLessThan(Mailbox.BYTES_MAX / GATEWAYS / 8);
        all();
    }

    @Attack("exchange: a stranger floods the mailbox")
    @Test
    void aGatewayFillsItsOwnShareAlone() {
        int liar = 3;
        MailboxAnswer last = new MailboxAnswer.Unknown();
        byte[] escrow = new byte[14_000];
        for (int i = 0; i < 1_000 && !(last instanceof MailboxAnswer.Full); i++) {
            TestParty sybil = new TestParty("sybil " + i);
            last = begin(
                    liar,
                    i,
                    sybil.offerItem(TRUSTED, BOB, TestParty.digest("a"), TestParty.digest("b"), escrow)
                            .message());
        }
        assertThat(last).isInstanceOf(MailboxAnswer.Full.class);
        assertThat(begin(liar, -1, offer.message())).isInstanceOf(MailboxAnswer.Full.class);
        all();
        restart();
    }

    @Test
    void afterAWeekItIsForgotten() {
        begin(GATEWAY, 1, offer.message());
        timeMicros += Mailbox.LIFE_MICROS - 1;
        assertThat(goOn(acceptance.message())).isEqualTo(left());
        timeMicros += Mailbox.LIFE_MICROS - 1;
        assertThat(goOn(acceptance.message())).isEqualTo(left());
        timeMicros += 1;
        assertThat(goOn(acceptance.message())).isEqualTo(new MailboxAnswer.Unknown());
        assertThat(between(ALICE, BOB)).isEmpty();
    }
}
