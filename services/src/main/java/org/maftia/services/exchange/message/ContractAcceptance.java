package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * m2, B to A.
 *
 * @param commitment SHA-256 of B's secret
 */
public record ContractAcceptance(CompactJws message, Digest offer, Digest commitment) implements Answering {
    public static final String TYPE = "maftia-contract-acceptance";

    /** Not checked for its signature: {@link Answering#of} does that, who knows B. */
    static ContractAcceptance of(CompactJws message) {
        if (!message.type().equals(TYPE)) {
            throw new MalformedException("this is no acceptance of a contract");
        }
        StrictJson json = message.payload().only("offer", "commitment");
        return new ContractAcceptance(message, Opening.digest(json, "offer"), Opening.digest(json, "commitment"));
    }

    /** What B signs, under {@link #TYPE}. */
    public static ObjectNode payload(Digest offer, Digest commitment) {
        return StrictJson.create()
                .put("offer", StrictJson.base64(offer.toBytes()))
                .put("commitment", StrictJson.base64(commitment.toBytes()));
    }
}
