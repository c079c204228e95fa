package org.maftia.services.openid;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.maftia.core.wire.Digest;

/**
 * A secret that whoever has it may use, such as a code or a cookie, as the key of signatures: who proves that he has it does not
 * show it. The group knows the public half, from which nobody gets the secret, as that has 256 random bits.
 *
 * <p>Source: HKDF (RFC 5869), Ed25519 (RFC 8032).
 */
public final class BearerSecret {
    /** Of a secret, and of the public half. */
    public static final int LENGTH = 32;

    public static final int SIGNATURE_LENGTH = Ed25519.SIGNATURE_SIZE;

    /** What it is for: the same bytes are another key for another use. */
    public enum Use {
        ATTEMPT,
        SESSION,
        CODE,
        REFRESH,
        CLIENT,
        INVITATION
    }

    private final Ed25519PrivateKeyParameters key;

    private BearerSecret(Ed25519PrivateKeyParameters key) {
        this.key = key;
    }

    /** @param secret {@link #LENGTH} bytes, uniformly random */
    public static BearerSecret of(Use use, byte[] secret) {
        if (secret.length != LENGTH) {
            throw new IllegalArgumentException("a secret has " + LENGTH + " bytes");
        }
        HKDFBytesGenerator hkdf = new HKDFBytesGenerator(new SHA256Digest());
        String info = "maftia/openid/" + use.name().toLowerCase(Locale.ROOT);
        hkdf.init(new HKDFParameters(secret, new byte[0], info.getBytes(StandardCharsets.US_ASCII)));
        byte[] seed = new byte[Ed25519PrivateKeyParameters.KEY_SIZE];
        hkdf.generateBytes(seed, 0, seed.length);
        return new BearerSecret(new Ed25519PrivateKeyParameters(seed));
    }

    /** The public half, which the group keeps. */
    public Digest verifier() {
        return Digest.of(key.generatePublicKey().getEncoded());
    }

    byte[] sign(byte[] message) {
        Ed25519Signer signer = new Ed25519Signer();
        signer.init(true, key);
        signer.update(message, 0, message.length);
        return signer.generateSignature();
    }

    static boolean isSignedBy(Digest verifier, byte[] message, byte[] signature) {
        byte[] point = verifier.toBytes();
        if (!Ed25519.validatePublicKeyFull(point, 0)) {
            return false;
        }
        Ed25519Signer judge = new Ed25519Signer();
        judge.init(false, new Ed25519PublicKeyParameters(point));
        judge.update(message, 0, message.length);
        return judge.verifySignature(signature);
    }
}
