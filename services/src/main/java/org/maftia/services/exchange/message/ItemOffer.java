package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * e1, A to B: A gives the item with one digest for that with the other, and has escrowed it.
 *
 * @param aItem SHA-256 of A's item
 * @param bItem SHA-256 of B's item
 * @param terms in words, at most {@link #TERMS_LENGTH_MAX} bytes of UTF-8; also the name of what an item that is a key opens
 * @param escrow A's item, encrypted to the trusted party under {@link #label}
 */
public record ItemOffer(
        CompactJws message, Digest trusted, Party a, Party b, Digest aItem, Digest bItem, String terms, byte[] escrow)
        implements Opening {
    public static final String TYPE = "maftia-item-offer";

    /** More belongs into a document whose digest the terms name. */
    public static final int TERMS_LENGTH_MAX = 4_096;

    /** An {@linkplain Escrowed escrowed item} and what encryption adds to it. */
    public static final int ESCROW_LENGTH_MAX = Escrowed.LENGTH_MAX + 1_024;

    /** @throws MalformedException when it is none, or A did not sign it */
    public static ItemOffer of(CompactJws message) {
        if (!message.type().equals(TYPE)) {
            throw new MalformedException("this is no offer of an item");
        }
        StrictJson json = message.payload().only("trusted", "a", "b", "aItem", "bItem", "terms", "escrow");
        String terms = json.text("terms");
        if (terms.getBytes(StandardCharsets.UTF_8).length > TERMS_LENGTH_MAX) {
            throw new MalformedException("terms have at most " + TERMS_LENGTH_MAX + " bytes");
        }
        ItemOffer offer = new ItemOffer(
                message,
                Opening.digest(json, "trusted"),
                Party.of(json.child("a")),
                Party.of(json.child("b")),
                Opening.digest(json, "aItem"),
                Opening.digest(json, "bItem"),
                terms,
                json.bytes("escrow", ESCROW_LENGTH_MAX));
        Opening.requireSigned(offer);
        return offer;
    }

    /** What A signs, under {@link #TYPE}. */
    public static ObjectNode payload(
            Digest trusted, Party a, Party b, Digest aItem, Digest bItem, String terms, byte[] escrow) {
        ObjectNode json = StrictJson.create().put("trusted", StrictJson.base64(trusted.toBytes()));
        json.set("a", a.toJson());
        json.set("b", b.toJson());
        return json.put("aItem", StrictJson.base64(aItem.toBytes()))
                .put("bItem", StrictJson.base64(bItem.toBytes()))
                .put("terms", terms)
                .put("escrow", StrictJson.base64(escrow));
    }

    /** What both escrows are bound to, so that one opens in this exchange alone. */
    public static byte[] label(Digest trusted, Party a, Party b, Digest aItem, Digest bItem, String terms) {
        return Transcript.of("exchange/escrow")
                .field(trusted)
                .field(a.digest())
                .field(b.digest())
                .field(aItem)
                .field(bItem)
                .field(terms)
                .digest()
                .toBytes();
    }

    /** The label of this exchange. */
    public byte[] label() {
        return label(trusted, a, b, aItem, bItem, terms);
    }
}
