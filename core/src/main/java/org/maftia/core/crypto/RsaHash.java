package org.maftia.core.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** A hash under an RSA signature. */
public enum RsaHash {
    SHA256(1, "SHA-256", 32, "3031300d060960864801650304020105000420"),
    SHA384(2, "SHA-384", 48, "3041300d060960864801650304020205000430"),
    SHA512(3, "SHA-512", 64, "3051300d060960864801650304020305000440");

    /** Of the longest digest. */
    public static final int LENGTH_MAX = 64;

    private final int code;
    private final String algorithm;
    private final int length;

    /** The DER of DigestInfo up to the hash, the NULL parameters of the algorithm included (RFC 8017, note 1 of 9.2). */
    private final byte[] digestInfo;

    RsaHash(int code, String algorithm, int length, String digestInfo) {
        this.code = code;
        this.algorithm = algorithm;
        this.length = length;
        this.digestInfo = HexFormat.of().parseHex(digestInfo);
    }

    /** Its number in messages and files. */
    public int code() {
        return code;
    }

    /** The hash of that {@link #code}. */
    public static Optional<RsaHash> of(int code) {
        return Arrays.stream(values()).filter(hash -> hash.code == code).findFirst();
    }

    /** As Java names it: {@code SHA-256}. */
    public String algorithm() {
        return algorithm;
    }

    /** Bytes of a digest. */
    public int length() {
        return length;
    }

    byte[] digestInfo() {
        return digestInfo;
    }

    /** The hash of bytes. */
    public byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    /**
     * What a key {@linkplain RsaEncoding#isOfDigests of digests} signs: the number of the hash, and the digest.
     *
     * @param digest of {@link #length} bytes
     */
    public byte[] message(byte[] digest) {
        if (digest.length != length) {
            throw new IllegalArgumentException("a digest of " + algorithm + " has " + length + " bytes");
        }
        byte[] message = new byte[1 + length];
        message[0] = (byte) code;
        System.arraycopy(digest, 0, message, 1, length);
        return message;
    }

    /** The hash that a message names; empty when it is none. */
    static Optional<RsaHash> ofMessage(byte[] message) {
        return message.length == 0
                ? Optional.empty()
                : of(message[0]).filter(hash -> message.length == 1 + hash.length);
    }
}
