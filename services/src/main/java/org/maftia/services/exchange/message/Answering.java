package org.maftia.services.exchange.message;

import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;

/** The second message of an exchange, signed by B: it names the first. */
public sealed interface Answering permits ContractAcceptance, ItemAcceptance {
    /** As B signed it. */
    CompactJws message();

    /** The offer that it answers. */
    Digest offer();

    /**
     * Reads the answer to an offer.
     *
     * @throws MalformedException when it is none to this one, or B did not sign it
     */
    static Answering of(CompactJws message, Opening opening) {
        Answering answer = switch (opening) {
            case ContractOffer contract -> ContractAcceptance.of(message);
            case ItemOffer item -> ItemAcceptance.of(message);
        };
        if (!answer.offer().equals(opening.id())) {
            throw new MalformedException("the acceptance is one of another offer");
        }
        if (!message.isSignedBy(opening.b().sign())) {
            throw new MalformedException("the acceptance is not signed by whom the offer is made to");
        }
        return answer;
    }
}
