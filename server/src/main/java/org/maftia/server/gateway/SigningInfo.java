package org.maftia.server.gateway;

import java.security.cert.X509Certificate;
import org.maftia.core.crypto.RsaThreshold;
import org.maftia.services.signing.SigningPolicy;

/**
 * A key that the group signs with for others.
 *
 * @param policy of the key
 * @param scheme its public half
 * @param certificate by the root
 * @param root of the group
 */
public record SigningInfo(
        SigningPolicy policy, RsaThreshold scheme, X509Certificate certificate, X509Certificate root) {}
