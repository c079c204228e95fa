package org.maftia.services.openid;

import java.nio.charset.StandardCharsets;
import org.maftia.core.wire.Digest;

/**
 * The oblivious function that passwords go through, where a group has one.
 *
 * @param keyId of the function in the group
 * @param name of this dealing of it: values of another one are others
 */
public record PasswordFunction(String keyId, Digest name) {
    /**
     * A person as the function knows him. It begins with a byte that no name has of those who may ask for evaluations otherwise, so
     * that guesses are counted in one place.
     */
    static byte[] user(String person) {
        return ("\0openid/" + person).getBytes(StandardCharsets.UTF_8);
    }
}
