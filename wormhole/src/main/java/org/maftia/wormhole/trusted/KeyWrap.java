package org.maftia.wormhole.trusted;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.EpochKeys;
import org.maftia.wormhole.frame.Handshake;

/**
 * Carries a group key from the dealer of a view to a member: only the two of them can open it or have made it, and it
 * fits no other view. X25519 between the two epochs' keys, HKDF, ChaCha20-Poly1305 (RFC 7748, 5869, 8439).
 */
final class KeyWrap {
    static final int KEY_LENGTH = 32;
    static final int LENGTH = KEY_LENGTH + 16;

    /** A wrapping key seals one message in its life: it is derived from the view, which has one key. */
    private static final byte[] NONCE = new byte[12];

    private KeyWrap() {}

    static byte[] wrap(PrivateKey own, EpochKeys dealer, EpochKeys member, Digest content, byte[] key)
            throws InvalidKeyException {
        try {
            return cipher(Cipher.ENCRYPT_MODE, own, member, dealer, member, content)
                    .doFinal(key);
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks a cipher", e);
        }
    }

    /** The group key, or null if it was not wrapped by this dealer for this member and view. */
    static byte @Nullable [] unwrap(PrivateKey own, EpochKeys dealer, EpochKeys member, Digest content, byte[] wrapped)
            throws InvalidKeyException {
        try {
            return cipher(Cipher.DECRYPT_MODE, own, dealer, dealer, member, content)
                    .doFinal(wrapped);
        } catch (AEADBadTagException e) {
            return null;
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java lacks a cipher", e);
        }
    }

    private static Cipher cipher(
            int mode, PrivateKey own, EpochKeys other, EpochKeys dealer, EpochKeys member, Digest content)
            throws GeneralSecurityException {
        byte[] secret = Handshake.agree(own, other.agreement());
        byte[] info = new byte[2 * EpochKeys.LENGTH];
        dealer.copyTo(info, 0);
        member.copyTo(info, EpochKeys.LENGTH);
        byte[] key = KDF.getInstance("HKDF-SHA256")
                .deriveData(HKDFParameterSpec.ofExtract()
                        .addIKM(secret)
                        .addSalt(content.toBytes())
                        .thenExpand(info, KEY_LENGTH));
        Arrays.fill(secret, (byte) 0);
        Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
        cipher.init(mode, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(NONCE));
        Arrays.fill(key, (byte) 0);
        return cipher;
    }
}
