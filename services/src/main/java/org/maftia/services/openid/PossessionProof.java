package org.maftia.services.openid;

import java.util.Optional;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.jose.StrictJson;

/**
 * That somebody who sent a request holds a key (RFC 9449, section 4.2). Its signature was verified; whether it belongs to the
 * request, and is not an old one, is for its reader to see.
 *
 * @param key thumbprint of the key that it names
 * @param id with which it is good once
 * @param place the address that was asked, without query and fragment
 * @param nonce of the group; empty where it has none
 * @param tokenHash SHA-256 of the access token that came with it; empty where it names none
 */
public record PossessionProof(
        Digest key, String id, String method, String place, String nonce, Optional<Digest> tokenHash) {
    /** The algorithms of proofs that are verified. */
    public static final String ALGORITHMS = "ES256 EdDSA PS256 RS256";

    private static final String TYPE = "dpop+jwt";
    static final int ID_LENGTH_MAX = 128;

    /** @throws MalformedException when the text is none, or is not signed by the key that it names */
    public static PossessionProof read(String text) {
        CompactJws jws = CompactJws.decodeWithKey(text);
        if (!jws.type().equals(TYPE)) {
            throw new MalformedException("a proof is of the type " + TYPE);
        }
        JsonWebKey key = JsonWebKey.of(jws.header().child("jwk"), jws.header().text("alg"));
        if (!jws.isSignedBy(key)) {
            throw new MalformedException("a proof is signed by the key that it names, with its algorithm");
        }
        StrictJson claims = jws.payload();
        claims.number("iat"); // how old it may be is said by the nonce, as the clocks of clients differ
        String id = claims.text("jti");
        if (id.isEmpty() || id.length() > ID_LENGTH_MAX) {
            throw new MalformedException("the jti of a proof has 1 to " + ID_LENGTH_MAX + " characters");
        }
        return new PossessionProof(
                key.thumbprint(),
                id,
                claims.text("htm"),
                plain(claims.text("htu")),
                claims.has("nonce") ? claims.text("nonce") : "",
                claims.has("ath") ? Optional.of(Digest.of(claims.exactly("ath", Digest.LENGTH))) : Optional.empty());
    }

    private static String plain(String place) {
        int end = place.length();
        for (char mark : new char[] {'?', '#'}) {
            int at = place.indexOf(mark);
            end = at < 0 ? end : Math.min(end, at);
        }
        return place.substring(0, end);
    }
}
