package org.maftia.wormhole.certificate;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A key of a TPM that signs nothing but what the TPM says of itself: ECDSA on P-256, restricted, a primary key of the
 * endorsement hierarchy, made of the one template that stands here. Its public half alone says its whole name.
 *
 * <p>TPM 2.0 Library, part 2, clause 12.2.4 (TPMT_PUBLIC), and part 1, clause 16 (names).
 */
public final class AttestationKey {
    /** TPM_RH_ENDORSEMENT. Under any other hierarchy the TPM disguises its counts of resets. */
    public static final int HIERARCHY = 0x4000000b;

    /** Bytes of a name: the algorithm, then SHA-256. */
    public static final int NAME_LENGTH = 34;

    private static final int ECC = 0x0023;
    private static final int SHA256 = 0x000b;
    private static final int NONE = 0x0010;
    private static final int ECDSA = 0x0018;
    private static final int P256 = 0x0003;

    /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign. */
    private static final int ATTRIBUTES = 0x50472;

    private static final int LENGTH = 20;

    private final SigningKey key;
    private final PublicSeal seal;
    private final byte[] name;
    private final byte[] qualifiedName;

    /**
     * The key of such a TPM that has these coordinates.
     *
     * @throws MalformedCertificateException if they are no point of the curve
     */
    public AttestationKey(SigningKey key) {
        this.key = key;
        this.seal = new PublicSeal(key);
        this.name = name(publicArea(key));
        byte[] hierarchy = new byte[4 + NAME_LENGTH];
        BigEndian.u32(hierarchy, 0, HIERARCHY);
        System.arraycopy(name, 0, hierarchy, 4, NAME_LENGTH);
        this.qualifiedName = name(hierarchy);
    }

    public SigningKey key() {
        return key;
    }

    public byte[] name() {
        return name.clone();
    }

    /** The name together with those above it, as attestations carry it. */
    byte[] qualifiedName() {
        return qualifiedName;
    }

    /** Whether the key has signed these bytes; the signature is r | s. */
    public boolean hasSigned(byte[] attestation, byte[] signature, int signatureAt) {
        return seal.verify(attestation, 0, attestation.length, signature, signatureAt);
    }

    /** What the TPM makes the key of: the public area without its point. */
    public static byte[] template() {
        byte[] bytes = new byte[LENGTH + 4];
        parameters(bytes);
        return bytes; // two empty coordinates
    }

    private static void parameters(byte[] bytes) {
        BigEndian.u16(bytes, 0, ECC);
        BigEndian.u16(bytes, 2, SHA256);
        BigEndian.u32(bytes, 4, ATTRIBUTES);
        BigEndian.u16(bytes, 8, 0); // no policy
        BigEndian.u16(bytes, 10, NONE); // encrypts nothing
        BigEndian.u16(bytes, 12, ECDSA);
        BigEndian.u16(bytes, 14, SHA256);
        BigEndian.u16(bytes, 16, P256);
        BigEndian.u16(bytes, 18, NONE); // derives nothing
    }

    /** TPMT_PUBLIC. */
    private static byte[] publicArea(SigningKey key) {
        byte[] bytes = new byte[LENGTH + 2 * (2 + 32)];
        parameters(bytes);
        byte[] point = key.toBytes();
        BigEndian.u16(bytes, LENGTH, 32);
        System.arraycopy(point, 0, bytes, LENGTH + 2, 32);
        BigEndian.u16(bytes, LENGTH + 34, 32);
        System.arraycopy(point, 32, bytes, LENGTH + 36, 32);
        return bytes;
    }

    /** The name of an object with this public area. */
    public static byte[] name(byte[] publicArea) {
        byte[] name = new byte[NAME_LENGTH];
        BigEndian.u16(name, 0, SHA256);
        System.arraycopy(sha256(publicArea), 0, name, 2, 32);
        return name;
    }

    static byte[] sha256(byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                digest.update(part);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
