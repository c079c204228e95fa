package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.hash2curve.HashToCurveProfile;
import org.bouncycastle.crypto.hash2curve.HashToEllipticCurve;
import org.bouncycastle.math.ec.ECCurve;
import org.bouncycastle.math.ec.ECPoint;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.MalformedException;

/**
 * A point of P-256 other than the identity; the curve has prime order, so every such point generates it. Immutable. The
 * only class that knows how the library hashes to this curve.
 *
 * <p>Source: SEC 1 for the encoding, RFC 9380 for hashing.
 */
final class NistPoint {
    /** Bytes of a point: sign of y, and x. */
    static final int LENGTH = 33;

    private static final int SCALAR_LENGTH = 32;

    private static final ECCurve CURVE = CustomNamedCurves.getByName("P-256").getCurve();

    /** The order of the curve, a prime of 256 bits. */
    static final BigInteger ORDER = CURVE.getOrder();

    /** Bits of the multiple of the order that hides a secret factor. */
    private static final int BLINDING_BITS = 64;

    private final ECPoint point;

    private NistPoint(ECPoint point) {
        this.point = point.normalize();
    }

    /**
     * A point whose logarithm nobody knows, the same for the same message and tag.
     *
     * @param tag for domain separation, RFC 9380, section 3.1
     */
    static NistPoint hashed(byte[] message, String tag) {
        // Made anew each time, as it keeps a digest that threads must not share.
        return of(HashToEllipticCurve.getInstance(HashToCurveProfile.P256_XMD_SHA_256, tag)
                .hashToCurve(message));
    }

    /** @throws MalformedException when it is the identity */
    private static NistPoint of(ECPoint point) {
        if (point.isInfinity()) {
            throw new MalformedException("the identity");
        }
        return new NistPoint(point);
    }

    /**
     * The point that these 33 bytes encode.
     *
     * @throws MalformedException when they are no compressed encoding of a point of the curve other than the identity
     */
    static NistPoint decoded(byte[] bytes) {
        if (bytes.length != LENGTH || (bytes[0] != 2 && bytes[0] != 3)) {
            throw new MalformedException("no compressed point of P-256");
        }
        NistPoint decoded;
        try {
            decoded = of(CURVE.decodePoint(bytes));
        } catch (IllegalArgumentException e) {
            // This type is all that the library says about any bytes that are no point.
            throw new MalformedException("not on the curve P-256");
        }
        if (!Arrays.equals(decoded.toBytes(), bytes)) {
            throw new MalformedException("not the canonical form of this point");
        }
        return decoded;
    }

    /** @throws MalformedException when the sum is the identity, of which two honest points have no chance */
    NistPoint plus(NistPoint other) {
        return of(point.add(other.point));
    }

    /**
     * The multiple by a secret. The library's time depends on the factor: what it sees is the factor plus a multiple of
     * the order that is another one for each point, so that repeated measurements do not add up.
     *
     * @param factor not 0 modulo the order
     * @throws MalformedException when the multiple is the identity
     */
    NistPoint times(BigInteger factor) {
        byte[] hidden = Transcript.of("p256/blinding")
                .field(RsaKey.toBytes(factor.mod(ORDER), SCALAR_LENGTH))
                .field(toBytes())
                .digest()
                .toBytes();
        BigInteger multiple = Uniform.expanded(hidden, BLINDING_BITS).setBit(BLINDING_BITS);
        return of(point.multiply(factor.mod(ORDER).add(multiple.multiply(ORDER))));
    }

    byte[] toBytes() {
        return point.getEncoded(true);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NistPoint that && that.point.equals(point);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(toBytes());
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
