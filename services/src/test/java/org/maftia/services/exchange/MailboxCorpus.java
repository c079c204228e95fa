package org.maftia.services.exchange;

import java.util.Arrays;
import java.util.Base64;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Two parties leave their messages, and sign what no library would write. */
public final class MailboxCorpus implements Corpus {
    private static final TestParty ALICE = new TestParty("alice");
    private static final TestParty BOB = new TestParty("bob");
    private static final int GATEWAY = 2;

    @Override
    public String service() {
        return Mailbox.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Mailbox.NAME, new Mailbox(TestTrusted.NAME, 4));
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        return new TreeMap<>();
    }

    private static void give(Trial trial, MailboxCommand command) {
        trial.order(GATEWAY, MailboxCommand.CODEC.encode(command), bytes -> bytes);
    }

    /** With its payload altered and signed again. */
    private static void signed(Trial trial, ContractOffer offer, TestParty by, CompactJws message) {
        trial.order(GATEWAY, payload(message), bytes -> {
            CompactJws altered = by.signedAnyhow(message.type(), bytes);
            byte[] whole = altered == null ? bytes : TestParty.utf8(altered);
            byte[] fitting = Arrays.copyOf(whole, Math.min(whole.length, 0x7fff));
            return MailboxCommand.CODEC.encode(
                    message == offer.message()
                            ? new MailboxCommand.Offered(1, fitting)
                            : new MailboxCommand.Continued(offer.id(), fitting));
        });
    }

    private static byte[] payload(CompactJws message) {
        String text = message.toString();
        return Base64.getUrlDecoder().decode(text.substring(text.indexOf('.') + 1, text.lastIndexOf('.')));
    }

    @Override
    public void run(Trial trial) {
        for (String name : new String[] {"one", "two"}) {
            ContractOffer offer = ALICE.offer(TestTrusted.NAME, BOB, name, "a");
            ContractAcceptance acceptance = BOB.accept(offer, "b");
            CompactJws confirmation = ALICE.confirm(acceptance, "a");
            signed(trial, offer, ALICE, offer.message());
            give(trial, new MailboxCommand.Offered(1, TestParty.utf8(offer.message())));
            signed(trial, offer, BOB, acceptance.message());
            give(trial, new MailboxCommand.Continued(offer.id(), TestParty.utf8(acceptance.message())));
            signed(trial, offer, ALICE, confirmation);
            give(trial, new MailboxCommand.Continued(offer.id(), TestParty.utf8(confirmation)));
            give(trial, new MailboxCommand.Continued(offer.id(), TestParty.bytes("b")));
            trial.peek(MailboxQuestion.CODEC.encode(
                    new MailboxQuestion(ALICE.party().digest(), BOB.party().digest())));
            trial.pass(Mailbox.LIFE_MICROS / 2);
        }
    }
}
