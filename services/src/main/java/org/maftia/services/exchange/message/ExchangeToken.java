package org.maftia.services.exchange.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;

/**
 * What the trusted party decided about an exchange, signed by the group (RS256) under a key that signs no other messages of
 * this type. With m1 and m2, a token that says {@link Outcome#RESOLVED} and names m2 is a contract. One that says {@link Outcome#ABORTED}
 * does <em>not</em> prove that there is no contract: the parties may have ended without the trusted party, before A aborted.
 *
 * @param second m2 or e2; empty where the exchange was aborted
 * @param timeSeconds agreed time of the decision, since 1970
 * @param index of the decision in the log
 */
public record ExchangeToken(Digest id, Outcome outcome, Optional<Digest> second, long timeSeconds, long index) {
    public static final String TYPE = "maftia-exchange-token";

    /** What became of an exchange. */
    public enum Outcome {
        /** Final: the trusted party will not resolve it. */
        ABORTED,
        /** Final: both have what they signed for. */
        RESOLVED,
        /** Final: A's escrow does not hold what A offered. Nothing was released. */
        FAILED_A,
        /** B's escrow in this acceptance does not hold what was agreed. Nothing was released; another acceptance may be good. */
        FAILED_B;

        /** As it stands in tokens. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Outcome of(String word) {
            for (Outcome outcome : values()) {
                if (outcome.word().equals(word)) {
                    return outcome;
                }
            }
            throw new MalformedException("'" + word + "' is no outcome of an exchange");
        }
    }

    /**
     * What the group signs.
     *
     * @param key thumbprint of the group's key
     */
    public String signingInput(Digest key) {
        ObjectNode json =
                StrictJson.create().put("id", StrictJson.base64(id.toBytes())).put("state", outcome.word());
        second.ifPresent(digest -> json.put("second", StrictJson.base64(digest.toBytes())));
        return CompactJws.signingInput(
                header(key), json.put("time", timeSeconds).put("index", index));
    }

    private static ObjectNode header(Digest key) {
        return StrictJson.create().put("alg", "RS256").put("typ", TYPE).put("kid", StrictJson.base64(key.toBytes()));
    }

    /** The same statement in the name of another key. */
    public static String underKey(String signingInput, Digest key) {
        return StrictJson.base64(StrictJson.bytes(header(key))) + signingInput.substring(signingInput.indexOf('.'));
    }

    /**
     * Reads a token.
     *
     * @param key the group's, from its certificate
     * @throws MalformedException when the group did not sign it
     */
    public static ExchangeToken verify(CompactJws token, JsonWebKey key) {
        if (!token.type().equals(TYPE)) {
            throw new MalformedException("this is no token of an exchange");
        }
        if (!token.isSignedBy(key)) {
            throw new MalformedException("the token is not signed by the trusted party");
        }
        StrictJson json = token.payload().only("id", "state", "second", "time", "index");
        return new ExchangeToken(
                Opening.digest(json, "id"),
                Outcome.of(json.text("state")),
                json.has("second") ? Optional.of(Opening.digest(json, "second")) : Optional.empty(),
                json.number("time"),
                json.number("index"));
    }
}
