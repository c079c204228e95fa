package org.maftia.client.transport;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECPrivateKey;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.maftia.core.crypto.Ed25519Certifier;
import org.maftia.core.crypto.Ed25519Verifier;
import org.maftia.core.crypto.Verifier;
import org.maftia.core.wire.Digest;

/**
 * The keys with which clients sign requests: those of their certificates, where these are Ed25519. One key serves two
 * purposes, but no signature does: in TLS 1.3 it covers at least 98 bytes that begin with 64 blanks (RFC 8446, section
 * 4.4.3), and under requests a digest of 32 bytes.
 */
public final class ClientSignatureKeys {
    /** All that stands before the 32 bytes of an Ed25519 key in X.509 (RFC 8410, section 4). */
    private static final byte[] PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    private ClientSignatureKeys() {}

    /** The 32 bytes of the public key; empty where the certificate has a key of another kind. */
    public static Optional<byte[]> publicKey(X509Certificate certificate) {
        byte[] encoded = certificate.getPublicKey().getEncoded();
        boolean edwards = encoded.length == PREFIX.length + Ed25519Certifier.PUBLIC_KEY_LENGTH
                && Arrays.equals(encoded, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
        return edwards ? Optional.of(Arrays.copyOfRange(encoded, PREFIX.length, encoded.length)) : Optional.empty();
    }

    /**
     * Judges signatures of these clients. Nothing verifies for one whose key is of another kind, or no point of the prime
     * order: it sends its requests without signatures.
     *
     * @param certificates by the number of the client
     */
    public static Verifier verifier(SortedMap<Integer, X509Certificate> certificates) {
        SortedMap<Integer, byte[]> keys = new TreeMap<>();
        certificates.forEach((client, certificate) -> publicKey(certificate)
                .filter(Ed25519Certifier::isValidPublicKey)
                .ifPresent(key -> keys.put(client, key)));
        return new Ed25519Verifier(keys);
    }

    /** Signs digests with the key; empty where it is of another kind. */
    public static Optional<Function<Digest, byte[]>> signer(PrivateKey key) {
        if (!(key instanceof EdECPrivateKey edwards)) {
            return Optional.empty();
        }
        return edwards.getBytes()
                .filter(seed -> seed.length == Ed25519Certifier.PRIVATE_KEY_LENGTH)
                .map(seed -> new Ed25519Certifier(seed, List.of(Ed25519Certifier.publicKey(seed)))::sign);
    }
}
