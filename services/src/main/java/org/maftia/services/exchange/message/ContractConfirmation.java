package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/**
 * m3, A to B: A's secret, for this acceptance and no other. A secret alone could be replayed against another acceptance of
 * the same offer.
 *
 * @param secret {@link #SECRET_LENGTH} bytes
 */
public record ContractConfirmation(CompactJws message, byte[] secret, Digest acceptance) {
    public static final String TYPE = "maftia-contract-confirmation";

    /** Of both parties' secrets. */
    public static final int SECRET_LENGTH = 32;

    /** @throws MalformedException when it confirms another acceptance, or not with A's secret, or A did not sign it */
    public static ContractConfirmation of(CompactJws message, ContractOffer offer, ContractAcceptance acceptance) {
        if (!message.type().equals(TYPE)) {
            throw new MalformedException("this is no confirmation of a contract");
        }
        StrictJson json = message.payload().only("secret", "acceptance");
        byte[] secret = json.exactly("secret", SECRET_LENGTH);
        if (!Opening.digest(json, "acceptance").equals(acceptance.message().digest())) {
            throw new MalformedException("the confirmation is one of another acceptance");
        }
        if (!opens(secret, offer.commitment())) {
            throw new MalformedException("the confirmation does not open what the offer is committed to");
        }
        if (!message.isSignedBy(offer.a().sign())) {
            throw new MalformedException("the confirmation is not signed by who made the offer");
        }
        return new ContractConfirmation(message, secret, acceptance.message().digest());
    }

    /** Whether a secret is the one that was committed to. */
    public static boolean opens(byte[] secret, Digest commitment) {
        return secret.length == SECRET_LENGTH && Transcript.sha256(secret).equals(commitment);
    }

    /** What A signs, under {@link #TYPE}. */
    public static ObjectNode payload(byte[] secret, Digest acceptance) {
        return StrictJson.create()
                .put("secret", StrictJson.base64(secret))
                .put("acceptance", StrictJson.base64(acceptance.toBytes()));
    }
}
