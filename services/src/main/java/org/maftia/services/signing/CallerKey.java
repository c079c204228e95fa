package org.maftia.services.signing;

import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.maftia.core.wire.Digest;

/** The secret key with which a caller proves that a command is its own: Ed25519 (RFC 8032), without randomness. */
public final class CallerKey {
    /** Of a public key. */
    public static final int PUBLIC_LENGTH = Ed25519PrivateKeyParameters.KEY_SIZE;

    /** Of a proof. */
    public static final int PROOF_LENGTH = Ed25519PrivateKeyParameters.SIGNATURE_SIZE;

    private static final byte[] PURPOSE = {
        'm', 'a', 'f', 't', 'i', 'a', '/', 's', 'i', 'g', 'n', 'i', 'n', 'g', '/', 't', 'o', 'k', 'e', 'n'
    };

    private final Ed25519PrivateKeyParameters secret;

    private CallerKey(Ed25519PrivateKeyParameters secret) {
        this.secret = secret;
    }

    /**
     * The key of who holds a token (HKDF with SHA-256, RFC 5869): always the same one.
     *
     * @param token secret, made of 256 random bits; a word that people choose can be guessed by who knows the public key
     */
    public static CallerKey ofToken(byte[] token) {
        HKDFBytesGenerator derivation = new HKDFBytesGenerator(new SHA256Digest());
        derivation.init(new HKDFParameters(token, null, PURPOSE));
        byte[] seed = new byte[Ed25519PrivateKeyParameters.KEY_SIZE];
        derivation.generateBytes(seed, 0, seed.length);
        return new CallerKey(new Ed25519PrivateKeyParameters(seed));
    }

    /** What the policy of a key names; {@link #PUBLIC_LENGTH} bytes. */
    public byte[] publicKey() {
        return secret.generatePublicKey().getEncoded();
    }

    /** Signs what {@link SigningCommand#statement} says of a command. */
    public byte[] prove(Digest statement) {
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, secret);
        signer.update(statement.toBytes(), 0, Digest.LENGTH);
        return signer.generateSignature();
    }
}
