package org.maftia.services.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Ed25519Signature;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.message.Answering;
import org.maftia.services.exchange.message.Appeal;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.Escrowed;
import org.maftia.services.exchange.message.Handover;
import org.maftia.services.exchange.message.ItemAcceptance;
import org.maftia.services.exchange.message.ItemOffer;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.exchange.message.Party;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.EdwardsSigner;
import org.maftia.services.jose.StrictJson;

/** Somebody with keys, honest or not: what he signs is up to the test. */
final class TestParty {
    private final String name;
    private final EdwardsSigner signer;
    private final X25519PrivateKeyParameters seal;

    TestParty(String name) {
        this.name = name;
        this.signer = new EdwardsSigner(bytes(name + " signs"));
        this.seal = new X25519PrivateKeyParameters(bytes(name + " opens"));
    }

    /** 32 bytes that a name stands for. */
    static byte[] bytes(String name) {
        return digest(name).toBytes();
    }

    static Digest digest(String name) {
        return Transcript.sha256(name.getBytes(StandardCharsets.UTF_8));
    }

    static Digest commitment(String secret) {
        return Transcript.sha256(bytes(secret));
    }

    Party party() {
        return new Party(signer.key(), seal.generatePublicKey().getEncoded());
    }

    ContractOffer offer(Digest trusted, TestParty to, String text, String secret) {
        return ContractOffer.of(signer.sign(
                ContractOffer.TYPE,
                ContractOffer.payload(trusted, party(), to.party(), digest(text), commitment(secret))));
    }

    ContractAcceptance accept(ContractOffer offer, String secret) {
        return (ContractAcceptance) Answering.of(
                signer.sign(ContractAcceptance.TYPE, ContractAcceptance.payload(offer.id(), commitment(secret))),
                offer);
    }

    CompactJws confirm(ContractAcceptance acceptance, String secret) {
        return signer.sign(
                ContractConfirmation.TYPE,
                ContractConfirmation.payload(bytes(secret), acceptance.message().digest()));
    }

    ItemOffer offerItem(Digest trusted, TestParty to, Digest own, Digest other, byte[] escrow) {
        return ItemOffer.of(signer.sign(
                ItemOffer.TYPE, ItemOffer.payload(trusted, party(), to.party(), own, other, "a swap", escrow)));
    }

    ItemAcceptance acceptItem(ItemOffer offer, byte[] escrow) {
        return (ItemAcceptance)
                Answering.of(signer.sign(ItemAcceptance.TYPE, ItemAcceptance.payload(offer.id(), escrow)), offer);
    }

    /** Signs anything under the name of a type, as no library would let it; null where it is no message at all. */
    @Nullable
    CompactJws signedAnyhow(String type, byte[] payload) {
        String input = StrictJson.base64(StrictJson.bytes(
                        StrictJson.create().put("alg", signer.key().algorithm()).put("typ", type)))
                + "." + StrictJson.base64(payload);
        byte[] signature = Ed25519Signature.sign(bytes(name + " signs"), input.getBytes(StandardCharsets.US_ASCII));
        try {
            return CompactJws.decode(input + "." + StrictJson.base64(signature));
        } catch (MalformedException e) {
            return null;
        }
    }

    CompactJws sign(String type, ObjectNode payload) {
        return signer.sign(type, payload);
    }

    static ObjectNode aborting(Digest first) {
        return StrictJson.create().put("first", StrictJson.base64(first.toBytes()));
    }

    byte[] abort(Opening opening) {
        return command(opening, new byte[0], signer.sign(Appeal.ABORT, Appeal.abort(opening.id())));
    }

    byte[] resolve(Opening opening, Answering answering) {
        CompactJws request = signer.sign(
                Appeal.RESOLVE, Appeal.resolve(opening.id(), answering.message().digest()));
        return command(opening, utf8(answering.message()), request);
    }

    private static byte[] command(Opening opening, byte[] second, CompactJws request) {
        return ExchangeCommand.CODEC.encode(
                new ExchangeCommand.Appealed(utf8(opening.message()), second, utf8(request)));
    }

    static byte[] utf8(CompactJws message) {
        return message.toString().getBytes(StandardCharsets.UTF_8);
    }

    byte[] open(Opening opening, byte[] sealed) {
        return Handover.open(
                opening.id(),
                sealed,
                seal.getEncoded(),
                seal.generatePublicKey().getEncoded());
    }

    /** An item in the form in which it is escrowed. */
    static byte[] escrowed(String item, String salt) {
        return Escrowed.CODEC.encode(new Escrowed(bytes(salt), item.getBytes(StandardCharsets.UTF_8)));
    }

    static boolean isItem(byte[] opened, String item) {
        return Arrays.equals(opened, item.getBytes(StandardCharsets.UTF_8));
    }
}
