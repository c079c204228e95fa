package org.maftia.wormhole.frame;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.KeyAgreement;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.maftia.wormhole.certificate.Eid;

/**
 * Local authentication: an X25519 exchange, which the component signs with the key of its epoch. The host learns that
 * it speaks with that component; the component learns nothing but that later frames come from the same party, which is
 * all that an {@link Eid} claims. RFC 7748; HKDF by RFC 5869.
 */
public final class Handshake {
    public static final int KEY_LENGTH = 32;

    private static final byte[] CONTEXT = "maftia wormhole session 1".getBytes(StandardCharsets.US_ASCII);

    private Handshake() {}

    /** A fresh pair for one exchange. */
    public static KeyPair pair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("XDH");
            generator.initialize(NamedParameterSpec.X25519, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no X25519", e);
        }
    }

    /** The u-coordinate, little-endian. */
    public static byte[] publicBytes(KeyPair pair) {
        byte[] big = ((XECPublicKey) pair.getPublic()).getU().toByteArray();
        byte[] little = new byte[KEY_LENGTH];
        for (int i = 0; i < Math.min(big.length, KEY_LENGTH); i++) {
            little[i] = big[big.length - 1 - i];
        }
        return little;
    }

    /** What the component signs: both keys, and the name that it gives. */
    public static byte[] transcript(byte[] hostKey, byte[] componentKey, Eid eid) {
        byte[] transcript = new byte[CONTEXT.length + 2 * KEY_LENGTH + Eid.LENGTH];
        System.arraycopy(CONTEXT, 0, transcript, 0, CONTEXT.length);
        System.arraycopy(hostKey, 0, transcript, CONTEXT.length, KEY_LENGTH);
        System.arraycopy(componentKey, 0, transcript, CONTEXT.length + KEY_LENGTH, KEY_LENGTH);
        eid.copyTo(transcript, CONTEXT.length + 2 * KEY_LENGTH);
        return transcript;
    }

    /**
     * The keys of a session: [0] for frames to the component, [1] for frames from it.
     *
     * @throws InvalidKeyException if the peer's key is one that gives no secret
     */
    public static SecretKey[] sessionKeys(PrivateKey own, byte[] peer, byte[] transcript) throws InvalidKeyException {
        try {
            byte[] secret = agree(own, peer);
            KDF kdf = KDF.getInstance("HKDF-SHA256");
            byte[] keys = kdf.deriveData(HKDFParameterSpec.ofExtract()
                    .addIKM(secret)
                    .addSalt(CONTEXT)
                    .thenExpand(transcript, 2 * KEY_LENGTH));
            Arrays.fill(secret, (byte) 0);
            return new SecretKey[] {
                new SecretKeySpec(keys, 0, KEY_LENGTH, "HmacSHA256"),
                new SecretKeySpec(keys, KEY_LENGTH, KEY_LENGTH, "HmacSHA256")
            };
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HKDF", e);
        }
    }

    /**
     * The secret that two keys share, to be fed to a key derivation.
     *
     * @throws InvalidKeyException if the peer's key is one that gives no secret
     */
    public static byte[] agree(PrivateKey own, byte[] peer) throws InvalidKeyException {
        byte[] big = new byte[KEY_LENGTH];
        for (int i = 0; i < KEY_LENGTH; i++) {
            big[i] = peer[KEY_LENGTH - 1 - i];
        }
        big[0] &= 0x7f; // RFC 7748, section 5: the highest bit is masked
        try {
            KeyAgreement agreement = KeyAgreement.getInstance("XDH");
            agreement.init(own);
            agreement.doPhase(
                    KeyFactory.getInstance("XDH")
                            .generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, big))),
                    true);
            return agreement.generateSecret();
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new InvalidKeyException("no key of X25519", e);
        }
    }
}
