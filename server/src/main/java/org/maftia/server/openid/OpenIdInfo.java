package org.maftia.server.openid;

import java.util.List;
import java.util.Optional;
import org.maftia.core.wire.Digest;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.openid.ProviderPolicy;
import org.maftia.services.openid.TokenKey;

/**
 * What a gateway of the provider goes by.
 *
 * @param keys under which the group signs tokens, each by one algorithm
 * @param own where clients reach this gateway
 * @param gateway its number in the log
 * @param passwords the name of the function that they go through; empty where the group takes none
 */
public record OpenIdInfo(
        ProviderPolicy policy, List<TokenKey> keys, String own, int gateway, Optional<Digest> passwords) {
    public OpenIdInfo {
        keys = List.copyOf(keys);
    }

    /** For RS256, which each provider has; it says what came of passwords, too. */
    JsonWebKey usualKey() {
        return keys.stream()
                .map(TokenKey::key)
                .filter(key -> key.algorithm().equals(TokenKey.RS256))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a provider has a key for RS256"));
    }

    /** Whether the group signed it. */
    boolean hasSigned(CompactJws token) {
        return keys.stream().anyMatch(key -> token.isSignedBy(key.key()));
    }
}
