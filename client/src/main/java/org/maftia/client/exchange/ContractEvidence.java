package org.maftia.client.exchange;

import java.util.OptionalLong;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.message.Answering;
import org.maftia.services.exchange.message.ContractAcceptance;
import org.maftia.services.exchange.message.ContractConfirmation;
import org.maftia.services.exchange.message.ContractOffer;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.exchange.message.Party;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;

/**
 * A contract that both parties are bound by, as anybody can check offline.
 *
 * @param text SHA-256 of what they agreed on
 * @param timeSeconds when the group resolved it, since 1970; empty where the parties needed nobody
 */
public record ContractEvidence(Party a, Party b, Digest text, OptionalLong timeSeconds) {
    /**
     * Checks what the parties opened for each other.
     *
     * @param opening m4
     * @throws MalformedException with the reason, when it is no contract
     */
    public static ContractEvidence opened(
            Digest text, CompactJws first, CompactJws second, CompactJws third, byte[] opening) {
        ContractOffer offer = offer(text, first);
        ContractAcceptance acceptance = (ContractAcceptance) Answering.of(second, offer);
        ContractConfirmation.of(third, offer, acceptance);
        if (!ContractConfirmation.opens(opening, acceptance.commitment())) {
            throw new MalformedException("B has not opened what it was committed to");
        }
        return new ContractEvidence(offer.a(), offer.b(), offer.text(), OptionalLong.empty());
    }

    /**
     * Checks a contract that the group resolved.
     *
     * @param key the group's, from its certificate
     * @throws MalformedException with the reason, when it is no contract
     */
    public static ContractEvidence resolved(
            Digest text, CompactJws first, CompactJws second, CompactJws token, JsonWebKey key) {
        ContractOffer offer = offer(text, first);
        Answering.of(second, offer);
        ExchangeToken decision = ExchangeToken.verify(token, key);
        if (!decision.id().equals(offer.id())) {
            throw new MalformedException("the token is one about another exchange");
        }
        if (decision.outcome() != ExchangeToken.Outcome.RESOLVED) {
            throw new MalformedException(
                    "the exchange was not resolved: " + decision.outcome().word());
        }
        // Another acceptance of the same offer binds as much: B signed both, and the group has decided for the offer.
        return new ContractEvidence(offer.a(), offer.b(), offer.text(), OptionalLong.of(decision.timeSeconds()));
    }

    private static ContractOffer offer(Digest text, CompactJws first) {
        ContractOffer offer = ContractOffer.of(first);
        if (!offer.text().equals(text)) {
            throw new MalformedException("the offer is one of another text");
        }
        return offer;
    }
}
