package org.maftia.server.ceremony;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;

/**
 * Seals bytes to the owner of an X25519 key and to a context: HPKE (RFC 9180) in base mode with
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. Encapsulated key, then ciphertext.
 */
final class ShareBox {
    private static final int ENCAPSULATION_LENGTH = 32;
    private static final byte[] INFO = "maftia/shares".getBytes(StandardCharsets.US_ASCII);

    private ShareBox() {}

    private static HPKE hpke() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }

    static byte[] seal(byte[] publicKey, byte[] context, byte[] plain) {
        try {
            byte[][] sealed =
                    hpke().seal(new X25519PublicKeyParameters(publicKey), INFO, context, plain, null, null, null);
            byte[] bytes = Arrays.copyOf(sealed[1], sealed[1].length + sealed[0].length);
            System.arraycopy(sealed[0], 0, bytes, sealed[1].length, sealed[0].length);
            return bytes;
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("sealing does not fail", e);
        }
    }

    /** The bytes, if they were sealed to this key and context. */
    static Optional<byte[]> open(byte[] privateKey, byte[] context, byte[] sealed) {
        if (sealed.length < ENCAPSULATION_LENGTH) {
            return Optional.empty();
        }
        X25519PrivateKeyParameters key = new X25519PrivateKeyParameters(privateKey);
        AsymmetricCipherKeyPair pair = new AsymmetricCipherKeyPair(key.generatePublicKey(), key);
        byte[] encapsulation = Arrays.copyOf(sealed, ENCAPSULATION_LENGTH);
        byte[] ciphertext = Arrays.copyOfRange(sealed, ENCAPSULATION_LENGTH, sealed.length);
        try {
            return Optional.of(hpke().open(encapsulation, pair, INFO, context, ciphertext, null, null, null));
        } catch (InvalidCipherTextException | IllegalArgumentException e) {
            // Whoever altered the file wins nothing but this refusal.
            return Optional.empty();
        }
    }
}
