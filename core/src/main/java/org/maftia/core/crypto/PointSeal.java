package org.maftia.core.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.maftia.core.wire.Digest;

/**
 * AES-256-GCM under a key that HKDF-SHA-256 makes of a secret point and of what the sealed bytes are, so that each key seals
 * once. Who knows the point opens it; nobody opens it as something else.
 */
final class PointSeal {
    /** Bytes by which a sealed message is longer. */
    static final int OVERHEAD = 16;

    private static final int KEY_LENGTH = 32;

    /** Each key seals one message. */
    private static final byte[] NONCE = new byte[12];

    private static final byte[] INFO = "maftia/keys/aes-256-gcm".getBytes(StandardCharsets.US_ASCII);

    private PointSeal() {}

    /** @param context hashes all that tells this message from every other one under the same point */
    static byte[] seal(CurvePoint secret, Digest context, byte[] message) {
        return crypt(Cipher.ENCRYPT_MODE, secret, context, message)
                .orElseThrow(() -> new IllegalStateException("encryption does not fail"));
    }

    /** Empty when it was sealed under another point or context, or was changed. */
    static Optional<byte[]> open(CurvePoint secret, Digest context, byte[] sealed) {
        return crypt(Cipher.DECRYPT_MODE, secret, context, sealed);
    }

    private static Optional<byte[]> crypt(int mode, CurvePoint secret, Digest context, byte[] input) {
        byte[] key = new byte[KEY_LENGTH];
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(secret.toBytes(), context.toBytes(), INFO));
        generator.generateBytes(key, 0, key.length);
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * OVERHEAD, NONCE));
            return Optional.of(cipher.doFinal(input));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }
}
