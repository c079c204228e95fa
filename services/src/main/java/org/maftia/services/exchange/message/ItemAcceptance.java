package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * e2, B to A.
 *
 * @param escrow B's item, encrypted to the trusted party under the {@linkplain ItemOffer#label label} of the exchange
 */
public record ItemAcceptance(CompactJws message, Digest offer, byte[] escrow) implements Answering {
    public static final String TYPE = "maftia-item-acceptance";

    /** Not checked for its signature: {@link Answering#of} does that, who knows B. */
    static ItemAcceptance of(CompactJws message) {
        if (!message.type().equals(TYPE)) {
            throw new MalformedException("this is no acceptance of an item");
        }
        StrictJson json = message.payload().only("offer", "escrow");
        return new ItemAcceptance(
                message, Opening.digest(json, "offer"), json.bytes("escrow", ItemOffer.ESCROW_LENGTH_MAX));
    }

    /** What B signs, under {@link #TYPE}. */
    public static ObjectNode payload(Digest offer, byte[] escrow) {
        return StrictJson.create()
                .put("offer", StrictJson.base64(offer.toBytes()))
                .put("escrow", StrictJson.base64(escrow));
    }
}
