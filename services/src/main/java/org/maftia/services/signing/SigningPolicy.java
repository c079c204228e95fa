package org.maftia.services.signing;

import java.math.BigInteger;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.maftia.core.crypto.RsaHash;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.wire.Digest;

/**
 * Who may have what signed with a key; the same at all replicas, as the configuration of the group says.
 *
 * @param name by which callers know the key
 * @param keyId by which the group knows it
 * @param publicKey {@link #publicKey(BigInteger) names} its modulus
 * @param pss its one padding
 * @param hashes that it signs digests of
 * @param callers their public keys
 * @param signaturesPerMinute over a longer time; after a quiet minute so many at once
 */
public record SigningPolicy(
        String name,
        String keyId,
        Digest publicKey,
        boolean pss,
        Set<RsaHash> hashes,
        List<byte[]> callers,
        int signaturesPerMinute) {
    /** More than a group makes. */
    public static final int SIGNATURES_PER_MINUTE_MAX = 30_000;

    /** Of one key. */
    public static final int CALLERS_MAX = 64;

    public SigningPolicy {
        hashes = Collections.unmodifiableSet(hashes.isEmpty() ? EnumSet.noneOf(RsaHash.class) : EnumSet.copyOf(hashes));
        callers = List.copyOf(callers);
        if (signaturesPerMinute < 1 || signaturesPerMinute > SIGNATURES_PER_MINUTE_MAX) {
            throw new IllegalArgumentException("a rate is from 1 to " + SIGNATURES_PER_MINUTE_MAX + " a minute");
        }
        if (callers.size() > CALLERS_MAX) {
            throw new IllegalArgumentException("a key has at most " + CALLERS_MAX + " callers");
        }
    }

    /** By which a group knows the key of a name: no service's own key is called so. */
    public static String keyId(String name) {
        return "sign-" + name;
    }

    /** What stands for a public key in proofs. */
    public static Digest publicKey(BigInteger modulus) {
        return Transcript.of("signing/key").field(modulus.toByteArray()).digest();
    }
}
