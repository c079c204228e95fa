package org.maftia.server.crypto;

import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/** The keys of P-256 that were used last, in the library's memory: to bring one there takes as long as a verification. */
final class VerificationKeys {
    private static final int KEYS_MAX = 256;

    /** What stands before the two coordinates in every such key (RFC 5480): id-ecPublicKey, prime256v1, uncompressed. */
    private static final byte[] HEADER =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    private static final int LENGTH = HEADER.length + 64;

    private final OpenSslVerifier verifier;
    private final Map<Digest, OpenSslVerifier.Key> keys = new LinkedHashMap<>(16, 0.75f, true);

    VerificationKeys(OpenSslVerifier verifier) {
        this.verifier = verifier;
    }

    /** Empty for keys of other curves, and for what is no point of this one. */
    Optional<OpenSslVerifier.Key> find(PublicKey key) {
        byte[] encoded = key.getEncoded();
        boolean fits = encoded != null
                && encoded.length == LENGTH
                && Arrays.equals(encoded, 0, HEADER.length, HEADER, 0, HEADER.length);
        if (!fits) {
            return Optional.empty();
        }
        Digest name = Transcript.sha256(encoded);
        synchronized (keys) {
            OpenSslVerifier.Key known = keys.get(name);
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<OpenSslVerifier.Key> read = verifier.key(encoded);
        read.ifPresent(one -> remember(name, one));
        return read;
    }

    private void remember(Digest name, OpenSslVerifier.Key key) {
        synchronized (keys) {
            keys.put(name, key);
            if (keys.size() > KEYS_MAX) {
                keys.remove(keys.keySet().iterator().next());
            }
        }
    }
}
