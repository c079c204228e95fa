package org.maftia.wormhole.certificate;

import java.util.Arrays;
import java.util.HexFormat;

/** A public key of P-256: x and y, 32 bytes each; equal by content. */
public final class SigningKey {
    public static final int LENGTH = EpochKeys.SIGNING_LENGTH;

    private final byte[] bytes;

    private SigningKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * @throws MalformedCertificateException if there are not exactly 64 bytes; whether they are a point is for {@link
     *     PublicSeal}
     */
    public static SigningKey of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new MalformedCertificateException("no key of P-256");
        }
        return new SigningKey(bytes.clone());
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SigningKey key && Arrays.equals(bytes, key.bytes);
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
