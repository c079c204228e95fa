package org.maftia.server.ceremony;

import java.util.List;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.services.signing.SigningPolicy;

/**
 * A key that the ceremony deals for the callers of the signing service.
 *
 * @param name by which callers know it
 * @param pss its padding; else PKCS #1 v1.5
 * @param hosts whose server it stands for; empty: it signs code
 */
public record SigningKey(String name, boolean pss, List<String> hosts) {
    public SigningKey {
        hosts = List.copyOf(hosts);
    }

    String id() {
        return SigningPolicy.keyId(name);
    }

    RsaEncoding encoding() {
        return pss ? RsaEncoding.PSS_DIGEST : RsaEncoding.PKCS1_DIGEST;
    }
}
