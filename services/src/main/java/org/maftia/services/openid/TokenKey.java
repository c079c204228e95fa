package org.maftia.services.openid;

import org.maftia.core.wire.Digest;
import org.maftia.services.jose.JsonWebKey;

/**
 * A key under which the group signs tokens.
 *
 * @param id in the group
 * @param key its public half, and the one algorithm that it is for
 */
public record TokenKey(String id, JsonWebKey key) {
    /** The algorithm of clients that ask for none. */
    public static final String RS256 = "RS256";

    public static final String PS256 = "PS256";

    public String algorithm() {
        return key.algorithm();
    }

    /** What tokens call it: its thumbprint (RFC 7638). */
    public Digest name() {
        return key.thumbprint();
    }
}
