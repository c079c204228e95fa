package org.maftia.services.openid.webauthn;

import java.util.List;
import org.maftia.core.wire.Digest;

/**
 * What a browser must have signed for.
 *
 * @param challenge which it was given
 * @param place the relying party's id: the host of its pages, or a domain above it
 * @param origins of its pages
 */
public record Expected(Digest challenge, String place, List<String> origins) {
    public Expected {
        origins = List.copyOf(origins);
    }
}
