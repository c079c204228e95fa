package org.maftia.server.openid;

import java.util.Optional;
import org.maftia.core.wire.Digest;
import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.openid.ProviderPolicy;

/**
 * What a gateway of the provider goes by.
 *
 * @param key under which the group signs tokens
 * @param own where clients reach this gateway
 * @param gateway its number in the log
 * @param passwords the name of the function that they go through; empty where the group takes none
 */
public record OpenIdInfo(
        ProviderPolicy policy, JsonWebKey.Rsa key, String own, int gateway, Optional<Digest> passwords) {}
