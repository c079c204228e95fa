package org.maftia.server.crypto;

import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/** The keys that were used last, in the library's memory: to bring one there takes as long as a verification. */
final class VerificationKeys {
    private static final int KEYS_MAX = 256;

    private final OpenSslVerifier verifier;
    private final Map<Digest, OpenSslVerifier.Key> keys = new LinkedHashMap<>(16, 0.75f, true);

    VerificationKeys(OpenSslVerifier verifier) {
        this.verifier = verifier;
    }

    /** Empty for keys of other kinds, and for what is no point of the curve. */
    Optional<OpenSslVerifier.Key> find(PublicKey key, KeyForm form) {
        byte[] encoded = key.getEncoded();
        if (encoded == null || !form.fits(encoded)) {
            return Optional.empty();
        }
        Digest name = Transcript.sha256(encoded);
        synchronized (keys) {
            OpenSslVerifier.Key known = keys.get(name);
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<OpenSslVerifier.Key> read = verifier.key(encoded, form);
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
