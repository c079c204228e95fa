package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a message into the number of which RSA takes the root, without any randomness, so that a message has exactly
 * one signature under a key. A key serves one encoding.
 *
 * <p>Source: RFC 8017, sections 9.1 and 9.2. The salt of PSS is a hash of key and message: 32 bytes that outsiders
 * cannot tell from random ones.
 */
public enum RsaEncoding {
    PKCS1_SHA256(1, false, RsaHash.SHA256),
    PKCS1_SHA384(2, false, RsaHash.SHA384),
    PKCS1_SHA512(3, false, RsaHash.SHA512),
    PSS_SHA256(4, true, RsaHash.SHA256),
    PSS_SHA384(5, true, RsaHash.SHA384),
    PSS_SHA512(6, true, RsaHash.SHA512),

    /** For whoever hashed already: a message is a {@link RsaHash#message}, which says by what. */
    PKCS1_DIGEST(7, false, null),

    /** The same with PSS, whose salt is as long as the digest, as TLS 1.3 and JOSE want it. */
    PSS_DIGEST(8, true, null);

    private static final int SALT_LENGTH = 32;

    private final int code;
    private final boolean pss;

    /** Null: the message says it. */
    private final @Nullable RsaHash hash;

    RsaEncoding(int code, boolean pss, @Nullable RsaHash hash) {
        this.code = code;
        this.pss = pss;
        this.hash = hash;
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

    /** Whether messages come hashed, each with the name of its hash. */
    public boolean isOfDigests() {
        return hash == null;
    }

    /**
     * The hash of the message and of PSS's mask, as Java names it: {@code SHA-256}.
     *
     * @throws IllegalStateException when messages say it
     */
    public String hash() {
        if (hash == null) {
            throw new IllegalStateException("messages of " + this + " say by what they were hashed");
        }
        return hash.algorithm();
    }

    /** The fewest bits of a modulus for which the encoding has room; of digests for the shortest. */
    int modulusBitsMin() {
        return modulusBitsMin(hash == null ? RsaHash.SHA256 : hash);
    }

    private int modulusBitsMin(RsaHash used) {
        return pss
                ? 8 * (used.length() + saltLength(used) + 2) + 1
                : 8 * (used.digestInfo().length + used.length() + 11);
    }

    private int saltLength(RsaHash used) {
        return hash == null ? used.length() : SALT_LENGTH;
    }

    /** Whether this is a message that the encoding has a number for. */
    boolean accepts(int modulusBits, byte[] message) {
        if (hash != null) {
            return true;
        }
        Optional<RsaHash> named = RsaHash.ofMessage(message);
        return named.isPresent() && modulusBits >= modulusBitsMin(named.get());
    }

    /**
     * The number to take the root of; below any modulus of the given length.
     *
     * @param keyId enters the salt of PSS
     * @throws IllegalArgumentException when the encoding does not {@link #accepts accept} the message
     */
    BigInteger encode(String keyId, int modulusBits, byte[] message) {
        if (!accepts(modulusBits, message)) {
            throw new IllegalArgumentException("the message is no digest, or too long a one for the key");
        }
        RsaHash used = hash != null ? hash : RsaHash.ofMessage(message).orElseThrow();
        byte[] digest = hash != null ? used.digest(message) : Arrays.copyOfRange(message, 1, message.length);
        return new BigInteger(
                1, pss ? pss(used, keyId, modulusBits - 1, digest) : pkcs1(used, (modulusBits + 7) / 8, digest));
    }

    /**
     * Whether the bytes are the one signature of a message under a key, for who has no more of it than this.
     *
     * @param keyId the name of the key in its group
     */
    public boolean verifies(String keyId, BigInteger modulus, byte[] message, byte[] signature) {
        BigInteger root = new BigInteger(1, signature);
        return signature.length == (modulus.bitLength() + 7) / 8
                && root.compareTo(modulus) < 0
                && accepts(modulus.bitLength(), message)
                && root.modPow(RsaKey.EXPONENT, modulus).equals(encode(keyId, modulus.bitLength(), message));
    }

    /** EMSA-PKCS1-v1_5: 00 01 FF..FF 00 DigestInfo. */
    private static byte[] pkcs1(RsaHash used, int length, byte[] digest) {
        byte[] digestInfo = used.digestInfo();
        byte[] encoded = new byte[length];
        int infoAt = length - digest.length - digestInfo.length;
        encoded[1] = 1;
        Arrays.fill(encoded, 2, infoAt - 1, (byte) 0xff);
        System.arraycopy(digestInfo, 0, encoded, infoAt, digestInfo.length);
        System.arraycopy(digest, 0, encoded, length - digest.length, digest.length);
        return encoded;
    }

    /** EMSA-PSS: masked (00..00 01 salt), H(00*8, mHash, salt), BC. */
    private byte[] pss(RsaHash used, String keyId, int bits, byte[] digest) {
        byte[] salt = salt(keyId, digest, saltLength(used));
        byte[] inner = new byte[8 + used.length() + salt.length];
        System.arraycopy(digest, 0, inner, 8, digest.length);
        System.arraycopy(salt, 0, inner, 8 + digest.length, salt.length);
        byte[] seed = used.digest(inner);

        int length = (bits + 7) / 8;
        int maskedLength = length - used.length() - 1;
        byte[] encoded = Arrays.copyOf(mask(used, seed, maskedLength), length);
        encoded[maskedLength - salt.length - 1] ^= 1;
        for (int i = 0; i < salt.length; i++) {
            encoded[maskedLength - salt.length + i] ^= salt[i];
        }
        encoded[0] &= (byte) (0xff >>> (8 * length - bits));
        System.arraycopy(seed, 0, encoded, maskedLength, seed.length);
        encoded[length - 1] = (byte) 0xbc;
        return encoded;
    }

    /** At most two hashes, as no digest is longer. */
    private static byte[] salt(String keyId, byte[] digest, int length) {
        byte[] first =
                Transcript.of("pss-salt").field(keyId).field(digest).digest().toBytes();
        if (length <= first.length) {
            return Arrays.copyOf(first, length);
        }
        byte[] salt = Arrays.copyOf(first, length);
        byte[] second = Transcript.of("pss-salt/second")
                .field(keyId)
                .field(digest)
                .digest()
                .toBytes();
        System.arraycopy(second, 0, salt, first.length, length - first.length);
        return salt;
    }

    /** MGF1 (RFC 8017, B.2.1) with the message's hash. */
    private static byte[] mask(RsaHash used, byte[] seed, int length) {
        byte[] mask = new byte[length];
        byte[] block = Arrays.copyOf(seed, seed.length + 4);
        for (int done = 0, counter = 0; done < length; done += seed.length, counter++) {
            block[seed.length + 2] = (byte) (counter >>> 8);
            block[seed.length + 3] = (byte) counter;
            System.arraycopy(used.digest(block), 0, mask, done, Math.min(seed.length, length - done));
        }
        return mask;
    }
}
