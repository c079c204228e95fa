package org.maftia.core.testing;

import java.util.Arrays;
import org.maftia.core.crypto.Certifier;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/**
 * Signatures that cost one hash and that nobody forges, because nobody here tries: a test's adversary signs only with
 * the certifiers of corrupted replicas.
 *
 * @param self who signs
 */
public record IdealCertifier(int self) implements Certifier {
    @Override
    public byte[] sign(Digest digest) {
        return signature(self, digest);
    }

    @Override
    public boolean verify(int replica, Digest digest, byte[] signature) {
        return Arrays.equals(signature, signature(replica, digest));
    }

    private static byte[] signature(int replica, Digest digest) {
        return Transcript.of("ideal signature")
                .field(replica)
                .field(digest)
                .digest()
                .toBytes();
    }
}
