package org.maftia.wormhole.certificate;

import java.util.Arrays;
import java.util.HexFormat;

/** Public keys of one epoch of one component: P-256 for seals, X25519 for what is wrapped to it. */
public final class EpochKeys {
    /** Affine coordinates x and y, 32 bytes each. */
    public static final int SIGNING_LENGTH = 64;

    /** The u-coordinate, little-endian as RFC 7748 has it. */
    public static final int AGREEMENT_LENGTH = 32;

    public static final int LENGTH = SIGNING_LENGTH + AGREEMENT_LENGTH;

    private final byte[] bytes;

    private EpochKeys(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @throws MalformedCertificateException if there are not exactly 96 bytes
     */
    public static EpochKeys of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new MalformedCertificateException("no keys of an epoch");
        }
        return new EpochKeys(bytes.clone());
    }

    public static EpochKeys at(byte[] bytes, int offset) {
        return new EpochKeys(Arrays.copyOfRange(bytes, offset, offset + LENGTH));
    }

    public SigningKey signing() {
        return SigningKey.of(Arrays.copyOf(bytes, SIGNING_LENGTH));
    }

    public byte[] agreement() {
        return Arrays.copyOfRange(bytes, SIGNING_LENGTH, LENGTH);
    }

    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EpochKeys keys && Arrays.equals(bytes, keys.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
