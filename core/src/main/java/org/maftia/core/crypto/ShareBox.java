package org.maftia.core.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * Encrypts secrets on their way from the dealer to one replica: only the owner of the box opens it, and only together
 * with the associated data it was sealed with. Says nothing about who sealed it; the transcript does.
 *
 * <p>Source: RFC 9180, base mode, with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM. A sealed secret is the
 * encapsulation, 32 bytes, then the ciphertext, 16 bytes longer than the secret.
 */
public final class ShareBox implements AutoCloseable {
    public static final int PUBLIC_KEY_LENGTH = X25519.POINT_SIZE;
    public static final int PRIVATE_KEY_LENGTH = X25519.SCALAR_SIZE;

    /** Bytes by which a sealed secret is longer than the secret. */
    public static final int OVERHEAD = PUBLIC_KEY_LENGTH + 16;

    private final byte[] privateKey;
    private final byte[] publicKey;

    private ShareBox(byte[] privateKey, byte[] publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    private static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }

    /** A new box, made where it will be opened. */
    public static ShareBox generate(Entropy entropy) {
        byte[] seed = entropy.bytes(PRIVATE_KEY_LENGTH);
        AsymmetricCipherKeyPair pair = suite().deriveKeyPair(seed);
        Arrays.fill(seed, (byte) 0);
        return new ShareBox(
                suite().serializePrivateKey(pair.getPrivate()), suite().serializePublicKey(pair.getPublic()));
    }

    /** The box of a private key that {@link #privateKey} gave. */
    public static ShareBox of(byte[] privateKey) {
        if (privateKey.length != PRIVATE_KEY_LENGTH) {
            throw new IllegalArgumentException("a private X25519 key has 32 bytes, not " + privateKey.length);
        }
        byte[] publicKey = new byte[PUBLIC_KEY_LENGTH];
        X25519.generatePublicKey(privateKey, 0, publicKey, 0);
        return new ShareBox(privateKey.clone(), publicKey);
    }

    /** What others need to seal. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The secret of the box, to be kept encrypted; the caller overwrites the array. */
    public byte[] privateKey() {
        return privateKey.clone();
    }

    /** Whether one can seal for this key: a point whose secrets are not known to all. */
    public static boolean isValidPublicKey(byte[] key) {
        byte[] any = new byte[PRIVATE_KEY_LENGTH];
        return key.length == PUBLIC_KEY_LENGTH
                && X25519.calculateAgreement(any, 0, key, 0, new byte[X25519.POINT_SIZE], 0);
    }

    /**
     * Seals a secret.
     *
     * @param publicKey the recipient's, valid
     * @param purpose what the secret is, so that it cannot be passed off as something else
     * @param associated known to the recipient, such as the hash of a transcript; not sealed, but bound
     */
    public static byte[] seal(byte[] publicKey, String purpose, byte[] associated, byte[] secret, Entropy entropy) {
        if (!isValidPublicKey(publicKey)) {
            throw new IllegalArgumentException("no X25519 key to seal for");
        }
        HPKE suite = suite();
        byte[] seed = entropy.bytes(PRIVATE_KEY_LENGTH);
        HPKEContextWithEncapsulation context =
                suite.setupBaseS(suite.deserializePublicKey(publicKey), info(purpose), suite.deriveKeyPair(seed));
        Arrays.fill(seed, (byte) 0);
        try {
            byte[] ciphertext = context.seal(associated, secret);
            byte[] sealed = Arrays.copyOf(context.getEncapsulation(), PUBLIC_KEY_LENGTH + ciphertext.length);
            System.arraycopy(ciphertext, 0, sealed, PUBLIC_KEY_LENGTH, ciphertext.length);
            return sealed;
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("encryption does not fail", e);
        }
    }

    /** The secret, or nothing when it was sealed for another box, purpose or data, or was changed. */
    public Optional<byte[]> open(String purpose, byte[] associated, byte[] sealed) {
        if (sealed.length < OVERHEAD) {
            return Optional.empty();
        }
        byte[] encapsulation = Arrays.copyOf(sealed, PUBLIC_KEY_LENGTH);
        if (!isValidPublicKey(encapsulation)) {
            return Optional.empty();
        }
        HPKE suite = suite();
        HPKEContext context =
                suite.setupBaseR(encapsulation, suite.deserializePrivateKey(privateKey, publicKey), info(purpose));
        try {
            return Optional.of(context.open(associated, Arrays.copyOfRange(sealed, PUBLIC_KEY_LENGTH, sealed.length)));
        } catch (InvalidCipherTextException e) {
            return Optional.empty();
        }
    }

    private static byte[] info(String purpose) {
        return ("maftia/" + purpose).getBytes(StandardCharsets.UTF_8);
    }

    /** Overwrites the private key; the box opens nothing any more. */
    @Override
    public void close() {
        Arrays.fill(privateKey, (byte) 0);
    }
}
