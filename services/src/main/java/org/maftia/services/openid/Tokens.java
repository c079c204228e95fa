package org.maftia.services.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.StrictJson;

/** What the group signs in tokens: a function of the state, and nothing that a client wrote without being checked. */
final class Tokens {
    /** Of both tokens. */
    static final long LIFE_SECONDS = 300;

    private final TokenKey key;

    /** @param key that signs */
    Tokens(TokenKey key) {
        this.key = key;
    }

    /** RFC 9068; the provider's own resource, userinfo, is what it is for. */
    byte[] access(Grant grant, byte[] subject, String id, long nowSeconds) {
        Terms terms = grant.terms();
        ObjectNode json = StrictJson.create()
                .put("iss", terms.issuer())
                .put("sub", StrictJson.base64(subject))
                .put("aud", terms.issuer())
                .put("client_id", terms.client())
                .put("scope", terms.scope())
                .put("iat", nowSeconds)
                .put("exp", nowSeconds + LIFE_SECONDS)
                .put("auth_time", terms.sinceSeconds())
                .put("jti", id);
        grant.binding().addTo(json);
        return input("at+jwt", json);
    }

    /** OpenID Connect Core, section 2; how the person signed in is in the words of RFC 8176. */
    byte[] identity(Terms terms, byte[] subject, byte[] accessHash, long nowSeconds) {
        ObjectNode json = StrictJson.create()
                .put("iss", terms.issuer())
                .put("sub", StrictJson.base64(subject))
                .put("aud", terms.client())
                .put("iat", nowSeconds)
                .put("exp", nowSeconds + LIFE_SECONDS)
                .put("auth_time", terms.sinceSeconds())
                .put("at_hash", StrictJson.base64(accessHash));
        if (!terms.nonce().isEmpty()) {
            json.put("nonce", terms.nonce());
        }
        var methods = json.putArray("amr");
        if (terms.byPassword()) {
            methods.add("pwd");
        } else {
            methods.add("pop").add("user");
        }
        return input("JWT", json);
    }

    private byte[] input(String type, ObjectNode payload) {
        ObjectNode header = StrictJson.create()
                .put("alg", key.algorithm())
                .put("typ", type)
                .put("kid", StrictJson.base64(key.name().toBytes()));
        return CompactJws.signingInput(header, payload).getBytes(StandardCharsets.US_ASCII);
    }
}
