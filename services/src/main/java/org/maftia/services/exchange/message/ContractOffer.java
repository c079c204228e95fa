package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * m1, A to B: A will be bound by the text once both have opened what they are committed to, or the trusted party says so.
 *
 * @param text SHA-256 of the contract
 * @param commitment SHA-256 of A's secret
 */
public record ContractOffer(CompactJws message, Digest trusted, Party a, Party b, Digest text, Digest commitment)
        implements Opening {
    public static final String TYPE = "maftia-contract-offer";

    /** @throws MalformedException when it is none, or A did not sign it */
    public static ContractOffer of(CompactJws message) {
        if (!message.type().equals(TYPE)) {
            throw new MalformedException("this is no offer of a contract");
        }
        StrictJson json = message.payload().only("trusted", "a", "b", "text", "commitment");
        ContractOffer offer = new ContractOffer(
                message,
                Opening.digest(json, "trusted"),
                Party.of(json.child("a")),
                Party.of(json.child("b")),
                Opening.digest(json, "text"),
                Opening.digest(json, "commitment"));
        Opening.requireSigned(offer);
        return offer;
    }

    /** What A signs, under {@link #TYPE}. */
    public static ObjectNode payload(Digest trusted, Party a, Party b, Digest text, Digest commitment) {
        ObjectNode json = StrictJson.create().put("trusted", StrictJson.base64(trusted.toBytes()));
        json.set("a", a.toJson());
        json.set("b", b.toJson());
        return json.put("text", StrictJson.base64(text.toBytes()))
                .put("commitment", StrictJson.base64(commitment.toBytes()));
    }
}
