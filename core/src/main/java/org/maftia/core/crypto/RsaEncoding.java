package org.maftia.core.crypto;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Turns a message into the number of which RSA takes the root, without any randomness, so that a message has exactly
 * one signature under a key. A key serves one encoding.
 *
 * <p>Source: RFC 8017, sections 9.1 and 9.2. The salt of PSS is a hash of key and message: 32 bytes that outsiders
 * cannot tell from random ones.
 */
public enum RsaEncoding {
    PKCS1_SHA256(1, false, "SHA-256", 32, "3031300d060960864801650304020105000420"),
    PKCS1_SHA384(2, false, "SHA-384", 48, "3041300d060960864801650304020205000430"),
    PKCS1_SHA512(3, false, "SHA-512", 64, "3051300d060960864801650304020305000440"),
    PSS_SHA256(4, true, "SHA-256", 32, ""),
    PSS_SHA384(5, true, "SHA-384", 48, ""),
    PSS_SHA512(6, true, "SHA-512", 64, "");

    private static final int SALT_LENGTH = 32;

    private final int code;
    private final boolean pss;
    private final String hash;
    private final int hashLength;

    /** The DER of DigestInfo up to the hash, the NULL parameters of the algorithm included (RFC 8017, note 1 of 9.2). */
    private final byte[] digestInfo;

    RsaEncoding(int code, boolean pss, String hash, int hashLength, String digestInfo) {
        this.code = code;
        this.pss = pss;
        this.hash = hash;
        this.hashLength = hashLength;
        this.digestInfo = HexFormat.of().parseHex(digestInfo);
    }

    /** Its number in files. */
    int code() {
        return code;
    }

    static RsaEncoding of(int code) {
        return values()[code - 1];
    }

    /** Whether this is RSASSA-PSS; else it is RSASSA-PKCS1-v1_5. */
    public boolean isPss() {
        return pss;
    }

    /** The hash of the message and of PSS's mask, as Java names it: {@code SHA-256}. */
    public String hash() {
        return hash;
    }

    /** The fewest bits of a modulus for which the encoding has room. */
    int modulusBitsMin() {
        return pss ? 8 * (hashLength + SALT_LENGTH + 2) + 1 : 8 * (digestInfo.length + hashLength + 11);
    }

    /**
     * The number to take the root of; below any modulus of the given length.
     *
     * @param keyId enters the salt of PSS
     */
    BigInteger encode(String keyId, int modulusBits, byte[] message) {
        byte[] digest = digest(message);
        return new BigInteger(1, pss ? pss(keyId, modulusBits - 1, digest) : pkcs1((modulusBits + 7) / 8, digest));
    }

    /** EMSA-PKCS1-v1_5: 00 01 FF..FF 00 DigestInfo. */
    private byte[] pkcs1(int length, byte[] digest) {
        byte[] encoded = new byte[length];
        int infoAt = length - digest.length - digestInfo.length;
        encoded[1] = 1;
        Arrays.fill(encoded, 2, infoAt - 1, (byte) 0xff);
        System.arraycopy(digestInfo, 0, encoded, infoAt, digestInfo.length);
        System.arraycopy(digest, 0, encoded, length - digest.length, digest.length);
        return encoded;
    }

    /** EMSA-PSS: masked (00..00 01 salt), H(00*8, mHash, salt), BC. */
    private byte[] pss(String keyId, int bits, byte[] digest) {
        byte[] salt =
                Transcript.of("pss-salt").field(keyId).field(digest).digest().toBytes();
        byte[] inner = new byte[8 + hashLength + SALT_LENGTH];
        System.arraycopy(digest, 0, inner, 8, hashLength);
        System.arraycopy(salt, 0, inner, 8 + hashLength, SALT_LENGTH);
        byte[] seed = digest(inner);

        int length = (bits + 7) / 8;
        int maskedLength = length - hashLength - 1;
        byte[] encoded = Arrays.copyOf(mask(seed, maskedLength), length);
        encoded[maskedLength - SALT_LENGTH - 1] ^= 1;
        for (int i = 0; i < SALT_LENGTH; i++) {
            encoded[maskedLength - SALT_LENGTH + i] ^= salt[i];
        }
        encoded[0] &= (byte) (0xff >>> (8 * length - bits));
        System.arraycopy(seed, 0, encoded, maskedLength, hashLength);
        encoded[length - 1] = (byte) 0xbc;
        return encoded;
    }

    /** MGF1 (RFC 8017, B.2.1) with the message's hash. */
    private byte[] mask(byte[] seed, int length) {
        byte[] mask = new byte[length];
        byte[] block = Arrays.copyOf(seed, seed.length + 4);
        for (int done = 0, counter = 0; done < length; done += hashLength, counter++) {
            block[seed.length + 2] = (byte) (counter >>> 8);
            block[seed.length + 3] = (byte) counter;
            System.arraycopy(digest(block), 0, mask, done, Math.min(hashLength, length - done));
        }
        return mask;
    }

    private byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance(hash).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + hash, e);
        }
    }
}
