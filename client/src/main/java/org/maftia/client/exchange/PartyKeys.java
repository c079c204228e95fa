package org.maftia.client.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.maftia.core.crypto.Entropy;
import org.maftia.core.crypto.ThresholdCipher;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.replica.ServiceSecret;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.Exchange;
import org.maftia.services.exchange.message.Answering;
import org.maftia.services.exchange.message.Appeal;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.Escrowed;
import org.maftia.services.exchange.message.Handover;
import org.maftia.services.exchange.message.ItemAcceptance;
import org.maftia.services.exchange.message.ItemOffer;
import org.maftia.services.exchange.message.MailboxReading;
import org.maftia.services.exchange.message.Opening;
import org.maftia.services.exchange.message.Party;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.EdwardsSigner;
import org.maftia.services.jose.StrictJson;

/**
 * The secret keys of a party, and all that it signs. What it signs is checked against what it answers first: a method that
 * returns has made a message that its owner can stand for.
 */
public final class PartyKeys {
    private final byte[] seed;
    private final EdwardsSigner signer;
    private final X25519PrivateKeyParameters seal;

    private PartyKeys(byte[] seed, byte[] seal) {
        this.seed = seed.clone();
        this.signer = new EdwardsSigner(seed);
        this.seal = new X25519PrivateKeyParameters(seal);
    }

    public static PartyKeys create(Entropy entropy) {
        return new PartyKeys(
                entropy.bytes(EdwardsSigner.SEED_LENGTH), entropy.bytes(X25519PrivateKeyParameters.KEY_SIZE));
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws MalformedException when it is none
     */
    public static PartyKeys of(StrictJson json) {
        json.only("sign", "seal");
        PartyKeys keys = new PartyKeys(
                json.child("sign").exactly("d", EdwardsSigner.SEED_LENGTH),
                json.child("seal").exactly("d", X25519PrivateKeyParameters.KEY_SIZE));
        boolean same = json.child("sign").text("x").equals(keys.x("sign"))
                && json.child("seal").text("x").equals(keys.x("seal"));
        if (!same) {
            throw new MalformedException("public and secret key do not belong together");
        }
        return keys;
    }

    private String x(String which) {
        return party().toJson().path(which).path("x").textValue();
    }

    /** The secret keys as JWK (RFC 8037): nobody else is to see them. */
    public ObjectNode toJson() {
        ObjectNode json = party().toJson();
        ((ObjectNode) json.get("sign")).put("d", StrictJson.base64(seed));
        ((ObjectNode) json.get("seal")).put("d", StrictJson.base64(seal.getEncoded()));
        return json;
    }

    /** What others may know. */
    public Party party() {
        return new Party(signer.key(), seal.generatePublicKey().getEncoded());
    }

    /**
     * m1: offers a contract.
     *
     * @param trusted thumbprint of the group's key
     * @param text SHA-256 of the contract
     * @param secret fresh, kept until {@link #confirm}; {@link ContractConfirmation#SECRET_LENGTH} bytes
     */
    public ContractOffer offer(Digest trusted, Party to, Digest text, byte[] secret) {
        return ContractOffer.of(signer.sign(
                ContractOffer.TYPE, ContractOffer.payload(trusted, party(), to, text, Transcript.sha256(secret))));
    }

    /** m2: accepts it. Whether one wants the text is for the caller to have decided. */
    public ContractAcceptance accept(ContractOffer offer) {
        requireAddressed(offer);
        byte[] secret = secretFor(offer);
        return (ContractAcceptance) Answering.of(
                signer.sign(ContractAcceptance.TYPE, ContractAcceptance.payload(offer.id(), Transcript.sha256(secret))),
                offer);
    }

    /** B's secret for an offer: always the same, so that it is committed to once, and need not be kept. */
    private byte[] secretFor(ContractOffer offer) {
        return Transcript.of("exchange/opening")
                .field(seed)
                .field(offer.id())
                .digest()
                .toBytes();
    }

    private void requireAddressed(Opening opening) {
        if (!opening.b().equals(party())) {
            throw new MalformedException("the offer is made to somebody else");
        }
    }

    private void requireOwn(Opening opening) {
        if (!opening.a().equals(party())) {
            throw new MalformedException("the offer was made by somebody else");
        }
    }

    /** m3: confirms the acceptance. From now on A resolves and does not abort. */
    public ContractConfirmation confirm(ContractOffer offer, ContractAcceptance acceptance, byte[] secret) {
        requireOwn(offer);
        return ContractConfirmation.of(
                signer.sign(
                        ContractConfirmation.TYPE,
                        ContractConfirmation.payload(
                                secret, acceptance.message().digest())),
                offer,
                acceptance);
    }

    /** m4: what B opens once it holds A's confirmation. */
    public byte[] open(ContractOffer offer, ContractAcceptance acceptance, ContractConfirmation confirmation) {
        requireAddressed(offer);
        if (!confirmation.acceptance().equals(acceptance.message().digest())) {
            throw new MalformedException("the confirmation is one of another acceptance");
        }
        byte[] secret = secretFor(offer);
        if (!ContractConfirmation.opens(secret, acceptance.commitment())) {
            throw new MalformedException("the acceptance was made with other keys");
        }
        return secret;
    }

    /** Encrypts an item for the trusted party, to be opened in this exchange alone. */
    private static byte[] escrow(byte[] item, byte[] label, ThresholdCipher cipher, Entropy entropy) {
        byte[] escrowed = Escrowed.CODEC.encode(new Escrowed(entropy.bytes(Escrowed.SALT_LENGTH), item));
        return cipher.encrypt(escrowed, ServiceSecret.label(Exchange.NAME, label), entropy);
    }

    /**
     * e1: offers an item for another.
     *
     * @param item at most {@link Escrowed#ITEM_LENGTH_MAX} bytes
     * @param wanted SHA-256 of B's item
     * @param cipher the group's
     */
    public ItemOffer offerItem(
            Digest trusted,
            Party to,
            byte[] item,
            Digest wanted,
            String terms,
            ThresholdCipher cipher,
            Entropy entropy) {
        requireLength(item);
        Digest own = Transcript.sha256(item);
        byte[] label = ItemOffer.label(trusted, party(), to, own, wanted, terms);
        return ItemOffer.of(signer.sign(
                ItemOffer.TYPE,
                ItemOffer.payload(trusted, party(), to, own, wanted, terms, escrow(item, label, cipher, entropy))));
    }

    /**
     * e2: accepts it.
     *
     * @throws MalformedException when the item is not the one that is wanted, or A's escrow is none
     */
    public ItemAcceptance acceptItem(ItemOffer offer, byte[] item, ThresholdCipher cipher, Entropy entropy) {
        requireAddressed(offer);
        requireLength(item);
        if (!Transcript.sha256(item).equals(offer.bItem())) {
            throw new MalformedException("the offer is for another item");
        }
        if (!isEscrow(offer.escrow(), offer, cipher)) {
            throw new MalformedException("the offer's escrow is none that the group could open");
        }
        return (ItemAcceptance) Answering.of(
                signer.sign(
                        ItemAcceptance.TYPE,
                        ItemAcceptance.payload(offer.id(), escrow(item, offer.label(), cipher, entropy))),
                offer);
    }

    private static void requireLength(byte[] item) {
        if (item.length == 0 || item.length > Escrowed.ITEM_LENGTH_MAX) {
            throw new MalformedException("an item has 1 to " + Escrowed.ITEM_LENGTH_MAX
                    + " bytes; of a larger one exchange the key under which it is encrypted");
        }
    }

    /** Whether the group could open an escrow in this exchange. What is inside nobody knows before. */
    public static boolean isEscrow(byte[] escrow, ItemOffer offer, ThresholdCipher cipher) {
        return cipher.isValid(escrow, ServiceSecret.label(Exchange.NAME, offer.label()));
    }

    /** What A sends the group to end an exchange in which nothing came back. */
    public CompactJws abort(Opening opening) {
        requireOwn(opening);
        return signer.sign(Appeal.ABORT, Appeal.abort(opening.id()));
    }

    /** What a party sends the group to have an exchange done. */
    public CompactJws resolve(Opening opening, Answering answering) {
        if (!opening.a().equals(party())) {
            requireAddressed(opening);
        }
        return signer.sign(
                Appeal.RESOLVE, Appeal.resolve(opening.id(), answering.message().digest()));
    }

    /**
     * What a party shows a gateway to read what lies in the mailbox between it and another one, {@link
     * MailboxReading#LIFE_SECONDS} long.
     *
     * @param trusted thumbprint of the group's key
     * @param timeSeconds since 1970, now
     */
    public CompactJws reading(Digest trusted, Party other, long timeSeconds) {
        return signer.sign(MailboxReading.TYPE, MailboxReading.payload(trusted, party(), other, timeSeconds));
    }

    /**
     * Opens the item that the group handed over.
     *
     * @throws MalformedException when it was sealed for another or altered, or is not what the offer names
     */
    public byte[] received(ItemOffer offer, byte[] sealed) {
        byte[] item = Handover.open(
                offer.id(), sealed, seal.getEncoded(), seal.generatePublicKey().getEncoded());
        Digest expected = offer.a().equals(party()) ? offer.bItem() : offer.aItem();
        if (!Transcript.sha256(item).equals(expected)) {
            throw new MalformedException("what was handed over is not what the offer names");
        }
        return item;
    }
}
