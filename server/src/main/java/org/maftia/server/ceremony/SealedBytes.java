package org.maftia.server.ceremony;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.maftia.core.wire.MalformedException;
import org.maftia.core.wire.Reader;
import org.maftia.core.wire.Writer;

/**
 * AES-256-GCM under a random nonce, bound to a name: a sealed file that is altered, or moved to the place of another,
 * does not open. One key seals a handful of files, so that random nonces of 96 bits never meet.
 */
final class SealedBytes {
    private static final int VERSION = 1;
    private static final int NONCE_LENGTH = 12;
    private static final int TAG_BITS = 128;
    static final int KEY_LENGTH = 32;

    /** The largest secret is a share of RSA over a deep formula: some kilobytes a leaf, tens of leaves. */
    static final int LENGTH_MAX = 4 << 20;

    private SealedBytes() {}

    /** An AES-GCM cipher ready for one message, under a key that need not be in this process. */
    interface Ciphers {
        Cipher begin(int mode, GCMParameterSpec parameters) throws GeneralSecurityException;
    }

    private static Ciphers under(byte[] key) {
        return (mode, parameters) -> {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key, "AES"), parameters);
            return cipher;
        };
    }

    static byte[] seal(byte[] key, String name, byte[] secret, SecureRandom random) {
        return seal(under(key), name, secret, random);
    }

    static byte[] seal(Ciphers key, String name, byte[] secret, SecureRandom random) {
        byte[] nonce = new byte[NONCE_LENGTH];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, key, nonce, name).doFinal(secret);
            return new Writer(sealed.length + 32)
                    .u8(VERSION)
                    .fixed(nonce)
                    .opaque32(sealed)
                    .toBytes();
        } catch (GeneralSecurityException | ProviderException e) {
            throw failed(e);
        }
    }

    /**
     * The secret.
     *
     * @throws MalformedException when the bytes were not sealed under this key and name
     */
    static byte[] open(byte[] key, String name, byte[] bytes) {
        return open(under(key), name, bytes);
    }

    static byte[] open(Ciphers key, String name, byte[] bytes) {
        Reader reader = new Reader(bytes);
        if (reader.u8() != VERSION) {
            throw new MalformedException("unknown version");
        }
        byte[] nonce = reader.fixed(NONCE_LENGTH);
        byte[] sealed = reader.opaque32(LENGTH_MAX);
        reader.end();
        try {
            return cipher(Cipher.DECRYPT_MODE, key, nonce, name).doFinal(sealed);
        } catch (AEADBadTagException e) {
            throw new MalformedException("altered, or sealed under another key");
        } catch (GeneralSecurityException | ProviderException e) {
            throw failed(e);
        }
    }

    /** Every Java platform has AES-GCM; a token may fail at any time. */
    private static CeremonyException failed(Exception e) {
        return new CeremonyException(
                "AES-GCM failed: " + e.getMessage(), "if the key lives in a token, see that the token is well", e);
    }

    private static Cipher cipher(int mode, Ciphers key, byte[] nonce, String name) throws GeneralSecurityException {
        Cipher cipher = key.begin(mode, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(("maftia/sealed/" + name).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
