package org.maftia.services.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.SortedMap;
import java.util.TreeMap;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.replica.ServiceSecret;
import org.maftia.core.replica.StateMachine;
import org.maftia.core.replica.TrialKey;
import org.maftia.core.replica.TrialLog;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.message.Appeal;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.ItemAcceptance;
import org.maftia.services.exchange.message.ItemOffer;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.log.LogCorpus;
import org.maftia.services.log.TransparencyLog;
import org.maftia.services.testing.Corpus;
import org.maftia.services.testing.Trial;

/** Two parties begin, abort and resolve exchanges; hostile ones sign what no library would write, and escrow anything. */
public final class ExchangeCorpus implements Corpus {
    private static final TestParty ALICE = new TestParty("alice");
    private static final TestParty BOB = new TestParty("bob");

    /** With what encryption adds an offer takes it. */
    private static final int ESCROWED_LENGTH_MAX = 17_000;

    private long seed;

    @Override
    public String service() {
        return Exchange.NAME;
    }

    @Override
    public SortedMap<String, StateMachine> services() {
        SortedMap<String, StateMachine> services = new TreeMap<>();
        services.put(Exchange.NAME, new Exchange("exchange", TestTrusted.NAME));
        services.put(TransparencyLog.NAME, LogCorpus.log());
        return services;
    }

    @Override
    public SortedMap<String, TrialKey> keys() {
        SortedMap<String, TrialKey> keys = new TreeMap<>();
        keys.put("exchange", new TrialKey("exchange", RsaEncoding.PKCS1_SHA256));
        return keys;
    }

    private byte[] escrow(byte[] item, byte[] label) {
        byte[] own = ServiceSecret.label(Exchange.NAME, label);
        SeededEntropy entropy = new SeededEntropy(seed++);
        return item.length == 0
                ? TrialLog.cipher().garbage(own, entropy)
                : TrialLog.cipher().encrypt(item, own, entropy);
    }

    @Override
    public void run(Trial trial) {
        contract(trial);
        items(trial, "song", "coin");
        items(trial, "noise", "coin");
        items(trial, "song", "counterfeit");
    }

    private void contract(Trial trial) {
        ContractOffer m1 = ALICE.offer(TestTrusted.NAME, BOB, "text", "na" + seed++);
        ContractAcceptance m2 = BOB.accept(m1, "nb");
        trial.order(0, asked(m1.id()));
        trial.order(0, ALICE.abort(m1));
        trial.order(1, BOB.resolve(m1, m2));
        trial.order(0, asked(m1.id()));
        ContractOffer other = ALICE.offer(TestTrusted.NAME, BOB, "text", "na" + seed++);
        trial.order(0, payload(other), this::abortSigned);
        trial.order(1, BOB.resolve(other, BOB.accept(other, "nb")));
        trial.order(0, ALICE.abort(other));
    }

    private static byte[] asked(Digest id) {
        return ExchangeCommand.CODEC.encode(new ExchangeCommand.Asked(id));
    }

    /** Of an offer, as its party writes it. */
    private static byte[] payload(Opening opening) {
        String text = opening.message().toString();
        int first = text.indexOf('.');
        return Base64.getUrlDecoder().decode(text.substring(first + 1, text.lastIndexOf('.')));
    }

    /** Whatever A writes A signs, and asks that it be aborted. */
    private byte[] abortSigned(byte[] payload) {
        CompactJws offer = ALICE.signedAnyhow(ContractOffer.TYPE, payload);
        if (offer == null) {
            return payload;
        }
        CompactJws request = ALICE.sign(Appeal.ABORT, TestParty.aborting(offer.digest()));
        return ExchangeCommand.CODEC.encode(
                new ExchangeCommand.Appealed(TestParty.utf8(offer), new byte[0], TestParty.utf8(request)));
    }

    private void items(Trial trial, String ofA, String ofB) {
        byte[] label = ItemOffer.label(
                TestTrusted.NAME,
                ALICE.party(),
                BOB.party(),
                TestParty.digest("song"),
                TestParty.digest("coin"),
                "a swap");
        ItemOffer e1 = ALICE.offerItem(
                TestTrusted.NAME,
                BOB,
                TestParty.digest("song"),
                TestParty.digest("coin"),
                escrow(TestParty.escrowed(ofA, "salt a"), label));
        trial.order(0, TestParty.escrowed(ofB, "salt b"), item -> accepted(e1, escrow(fitting(item), label)));
        ItemAcceptance e2 = BOB.acceptItem(e1, escrow(TestParty.escrowed(ofB, "salt b"), label));
        trial.order(0, payload(e1), payload -> resolveSigned(payload, label));
        trial.order(1, BOB.resolve(e1, e2));
        trial.order(0, ALICE.resolve(e1, e2));
        trial.order(0, ALICE.abort(e1));
        trial.order(0, asked(e1.id()));
        trial.pass(70_000_000);
    }

    private static byte[] fitting(byte[] item) {
        return Arrays.copyOf(item, Math.min(item.length, ESCROWED_LENGTH_MAX));
    }

    private static byte[] accepted(ItemOffer offer, byte[] escrow) {
        return BOB.resolve(offer, BOB.acceptItem(offer, escrow));
    }

    /** Whatever A offers, B accepts. */
    private byte[] resolveSigned(byte[] payload, byte[] label) {
        CompactJws signed = ALICE.signedAnyhow(ItemOffer.TYPE, payload);
        try {
            ItemOffer offer = signed == null ? null : ItemOffer.of(signed);
            if (offer != null) {
                byte[] escrow = escrow(TestParty.escrowed("coin", "salt b"), offer.label());
                return accepted(offer, escrow);
            }
        } catch (MalformedException e) {
            // so the service is to say that it is none
            return command(signed == null ? payload : TestParty.utf8(signed), label);
        }
        return command(payload, label);
    }

    private static byte[] command(byte[] first, byte[] second) {
        byte[] request = "a.b.c".getBytes(StandardCharsets.US_ASCII);
        return ExchangeCommand.CODEC.encode(
                new ExchangeCommand.Appealed(first.length > 0xffff ? new byte[0] : first, second, request));
    }
}
