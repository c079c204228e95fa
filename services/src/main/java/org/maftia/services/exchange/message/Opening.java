package org.maftia.services.exchange.message;

import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/** The first message of an exchange, signed by A: it names A, B and the trusted party. */
public sealed interface Opening permits ContractOffer, ItemOffer {
    /** As A signed it. */
    CompactJws message();

    /** The trusted party: the thumbprint of the key under which it signs. */
    Digest trusted();

    /** Who begins. */
    Party a();

    /** Who answers. */
    Party b();

    /** Names the exchange. */
    default Digest id() {
        return message().digest();
    }

    /**
     * Reads either kind.
     *
     * @throws MalformedException when the message is none, or A did not sign it
     */
    static Opening of(CompactJws message) {
        return switch (message.type()) {
            case ContractOffer.TYPE -> ContractOffer.of(message);
            case ItemOffer.TYPE -> ItemOffer.of(message);
            default ->
                throw new MalformedException("an exchange begins with an offer, not with a message of another type");
        };
    }

    /** What both kinds have in common. */
    static void requireSigned(Opening opening) {
        if (opening.a().sign().equals(opening.b().sign())) {
            throw new MalformedException("an exchange is one of two parties");
        }
        if (!opening.message().isSignedBy(opening.a().sign())) {
            throw new MalformedException("the offer is not signed by who makes it");
        }
    }

    /** A digest that is a member. */
    static Digest digest(StrictJson json, String name) {
        return Digest.of(json.exactly(name, Digest.LENGTH));
    }
}
