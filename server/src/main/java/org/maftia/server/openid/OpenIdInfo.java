package org.maftia.server.openid;

import org.maftia.services.jose.JsonWebKey;
import org.maftia.services.openid.ProviderPolicy;

/**
 * What a gateway of the provider goes by.
 *
 * @param key under which the group signs tokens
 * @param own where clients reach this gateway
 * @param gateway its number in the log
 */
public record OpenIdInfo(ProviderPolicy policy, JsonWebKey.Rsa key, String own, int gateway) {}
