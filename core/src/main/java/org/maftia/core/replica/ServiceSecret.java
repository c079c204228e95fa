package org.maftia.core.replica;

import org.maftia.core.crypto.Transcript;

/**
 * Messages that are encrypted to the group for one of its services, and stay so in its state until the service has them
 * opened: escrowed keys, sealed offers, ballots.
 */
public final class ServiceSecret {
    private ServiceSecret() {}

    /**
     * What such a ciphertext is bound to: no other service can have it opened, and this one only under the same label. It
     * names no configuration, as a secret may outlive many; the key does, and is refreshed or shared anew with them.
     *
     * @param label of the service's own, such as who brought the message and for what
     */
    public static byte[] label(String service, byte[] label) {
        return Transcript.of("service secret")
                .field(service)
                .field(label)
                .digest()
                .toBytes();
    }
}
