package org.maftia.wormhole.certificate;

import java.util.Arrays;
import java.util.HexFormat;

/** 32 bytes that stand for a message, a value or a nonce; equal by content, never changed. */
public final class Digest {
    public static final int LENGTH = 32;

    /** Where a certificate has room for a digest and there is none. */
    public static final Digest ZERO = new Digest(new byte[LENGTH]);

    private final byte[] bytes;

    private Digest(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Copies 32 bytes.
     *
     * @throws IllegalArgumentException if there are not exactly 32
     */
    public static Digest of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.length);
        }
        return new Digest(bytes.clone());
    }

    /** Copies the 32 bytes that begin at an offset. */
    public static Digest at(byte[] bytes, int offset) {
        return new Digest(Arrays.copyOfRange(bytes, offset, offset + LENGTH));
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, LENGTH);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digest digest && Arrays.equals(bytes, digest.bytes);
    }

    @Override
    public int hashCode() {
        return BigEndian.u32(bytes, 0);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
