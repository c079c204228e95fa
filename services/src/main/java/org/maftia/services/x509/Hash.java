package org.maftia.services.x509;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/** The hashes under signatures that are taken. */
public enum Hash {
    SHA_256("SHA-256", "3031300d060960864801650304020105000420"),
    SHA_384("SHA-384", "3041300d060960864801650304020205000430"),
    SHA_512("SHA-512", "3051300d060960864801650304020305000440");

    private final String name;

    /** The DER of DigestInfo up to the hash (RFC 8017, section 9.2, note 1). */
    private final byte[] digestInfo;

    Hash(String name, String digestInfo) {
        this.name = name;
        this.digestInfo = HexFormat.of().parseHex(digestInfo);
    }

    public byte[] of(byte[] message) {
        return digest(name, message);
    }

    /** What a signature by PKCS #1 v1.5 opens to (RFC 8017, section 9.2). */
    byte[] padded(byte[] message, int length) {
        byte[] hash = of(message);
        byte[] padded = new byte[length];
        int infoAt = length - hash.length - digestInfo.length;
        if (infoAt < 11) {
            throw new IllegalArgumentException("a modulus of " + length + " bytes has no room for " + name);
        }
        padded[1] = 1;
        for (int i = 2; i < infoAt - 1; i++) {
            padded[i] = (byte) 0xff;
        }
        System.arraycopy(digestInfo, 0, padded, infoAt, digestInfo.length);
        System.arraycopy(hash, 0, padded, infoAt + digestInfo.length, hash.length);
        return padded;
    }

    /** SHA-1, as names of keys have it in certificates (RFC 5280, section 4.2.1.2); no security rests on it. */
    public static byte[] sha1(byte[] message) {
        return digest("SHA-1", message);
    }

    /** HMAC by SHA-256 (RFC 2104). */
    public static byte[] hmac(byte[] key, byte[] message) {
        HMac mac = new HMac(new SHA256Digest());
        mac.init(new KeyParameter(key));
        mac.update(message, 0, message.length);
        byte[] tag = new byte[mac.getMacSize()];
        mac.doFinal(tag, 0);
        return tag;
    }

    private static byte[] digest(String name, byte[] message) {
        try {
            return MessageDigest.getInstance(name).digest(message);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + name, e);
        }
    }
}
