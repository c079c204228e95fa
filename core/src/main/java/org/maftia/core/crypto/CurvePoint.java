package org.maftia.core.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.maftia.core.wire.MalformedException;
import supranational.blst.P1;
import supranational.blst.P1_Affine;
import supranational.blst.P2;
import supranational.blst.P2_Affine;
import supranational.blst.PT;
import supranational.blst.Scalar;

/**
 * An element of G1 of BLS12-381, the subgroup of prime order. Immutable: what the native library changes in place is a
 * copy, so points may be shared by threads. With its {@link Twist} the only class that knows the library.
 *
 * <p>Source: the curves and their encoding as in draft-irtf-cfrg-pairing-friendly-curves; hashing RFC 9380.
 */
final class CurvePoint {
    /** The order of the group, a prime of 255 bits. */
    static final BigInteger ORDER =
            new BigInteger("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16);

    /** Bytes of a point: compressed, the first three bits are flags. */
    static final int LENGTH = 48;

    /** Bytes of a number below the order, big-endian. */
    static final int SCALAR_LENGTH = 32;

    static final CurvePoint GENERATOR = new CurvePoint(P1.generator());

    static final CurvePoint IDENTITY = new CurvePoint(new P1());

    /** Never changed after construction. */
    private final P1 point;

    /** Null until somebody asks: to find it takes an inversion, and keys are hashed again and again. */
    private volatile byte @Nullable [] encoded;

    private CurvePoint(P1 point) {
        this.point = point;
    }

    /**
     * A point whose logarithm nobody knows, the same for the same message and suite.
     *
     * @param suite the domain separation tag of RFC 9380, section 3.1
     */
    static CurvePoint hashed(byte[] message, String suite) {
        return new CurvePoint(new P1().hash_to(message, suite));
    }

    /**
     * The point that these 48 bytes encode. Refused are points off the curve, points of the curve outside the subgroup
     * (whose small factors would leak a share), the identity (which tells nothing of a share), and second encodings.
     *
     * @throws MalformedException when the bytes are no canonical encoding of a point other than the identity
     */
    static CurvePoint decoded(byte[] bytes) {
        // The flag for the compressed form; without it the library would look for twice the bytes.
        if (bytes.length != LENGTH || bytes[0] >= 0) {
            throw new MalformedException("no compressed point");
        }
        P1_Affine affine;
        try {
            affine = new P1_Affine(bytes);
        } catch (RuntimeException e) {
            // All that the library says is this type, about any bytes that are no point of the curve.
            throw new MalformedException("not on the curve");
        }
        // Its own test of the subgroup is skipped by its decoder, and accepts the identity.
        if (!affine.on_curve() || affine.is_inf() || !affine.in_group()) {
            throw new MalformedException("not in the group, or the identity");
        }
        if (!Arrays.equals(affine.compress(), bytes)) {
            throw new MalformedException("not the shortest way to write this point");
        }
        CurvePoint decoded = new CurvePoint(affine.to_jacobian());
        decoded.encoded = bytes.clone();
        return decoded;
    }

    CurvePoint plus(CurvePoint other) {
        return new CurvePoint(point.dup().add(other.point));
    }

    CurvePoint minus(CurvePoint other) {
        return new CurvePoint(other.point.dup().neg().add(point));
    }

    /** The multiple; the factor, of any sign and size, counts modulo the order. */
    CurvePoint times(BigInteger factor) {
        return new CurvePoint(point.dup().mult(fixedLength(factor)));
    }

    /** As a scalar of fixed length: the time tells nothing of leading zeros. */
    private static Scalar fixedLength(BigInteger factor) {
        return new Scalar().from_bendian(scalar(factor.mod(ORDER)));
    }

    /** A number below the order in 32 bytes. */
    static byte[] scalar(BigInteger value) {
        return RsaKey.toBytes(value, SCALAR_LENGTH);
    }

    /** The generator, by numbers that anybody may know. */
    static CurvePoint generatorTimes(BigInteger publicFactor) {
        return OfGenerator.MULTIPLES.times(publicFactor);
    }

    /** Made when it is first used. */
    private static final class OfGenerator {
        static final Multiples MULTIPLES = new Multiples(GENERATOR);
    }

    boolean isIdentity() {
        return point.is_inf();
    }

    byte[] toBytes() {
        byte[] known = encoded;
        if (known == null) {
            known = point.compress();
            encoded = known;
        }
        return known.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CurvePoint that && that.point.is_equal(point);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(toBytes());
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }

    /** A suite of RFC 9380 for one purpose; the purposes of a curve must not share tags. */
    static String suite(String purpose) {
        return "MAFTIA-" + purpose + "-V01-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
    }

    /** The field element that a digest stands for: 48 bytes of HKDF-Expand, modulo the order (RFC 9380, section 5.1). */
    static BigInteger scalarOf(Transcript transcript) {
        return Uniform.expanded(transcript.digest().toBytes(), 384).mod(ORDER);
    }

    /**
     * Multiples of one point by numbers <em>that anybody may know</em>, three times as fast as {@link #times}: those of the point by
     * every digit at every place lie in a table, at first use made in some ten milliseconds, of 400 kB, and are only added. The time
     * that takes, and the places in memory, tell of the number, so no secret may be one. May be used by several threads.
     */
    static final class Multiples {
        /** With one bit more the table is twice as long, and a multiple takes a seventh less. */
        private static final int DIGIT_BITS = 6;

        private static final int DIGITS = (ORDER.bitLength() + DIGIT_BITS - 1) / DIGIT_BITS;

        private final CurvePoint point;

        /** Null until it is needed: a client never needs it. */
        private volatile P1_Affine @Nullable [][] table;

        Multiples(CurvePoint point) {
            this.point = point;
        }

        /** The same as {@link CurvePoint#times}. */
        CurvePoint times(BigInteger publicFactor) {
            P1_Affine[][] known = table;
            if (known == null) {
                known = made();
                table = known;
            }
            BigInteger factor = publicFactor.mod(ORDER);
            P1 sum = new P1();
            for (int place = 0; place < DIGITS; place++) {
                int digit = 0;
                for (int bit = DIGIT_BITS - 1; bit >= 0; bit--) {
                    digit = 2 * digit + (factor.testBit(place * DIGIT_BITS + bit) ? 1 : 0);
                }
                if (digit > 0) {
                    sum.add(known[place][digit - 1]);
                }
            }
            return new CurvePoint(sum);
        }

        /** By place and digit, but for the digit 0. */
        private P1_Affine[][] made() {
            P1_Affine[][] made = new P1_Affine[DIGITS][(1 << DIGIT_BITS) - 1];
            P1 ofPlace = point.point.dup();
            for (P1_Affine[] row : made) {
                P1 multiple = ofPlace.dup();
                for (int i = 0; i < row.length; i++) {
                    row[i] = multiple.to_affine();
                    multiple.add(ofPlace);
                }
                ofPlace = multiple;
            }
            return made;
        }
    }

    /**
     * An element of G2, the other argument of the pairing e, on the twist of the curve. Immutable like the points of G1,
     * and refused alike when it is none. It answers the one question that a pairing is for here, and nothing else.
     */
    static final class Twist {
        /** Bytes of an element: compressed, twice those of G1. */
        static final int LENGTH = 96;

        static final Twist GENERATOR = new Twist(P2.generator());

        static final Twist IDENTITY = new Twist(new P2());

        /** Never changed after construction. */
        private final P2 point;

        private Twist(P2 point) {
            this.point = point;
        }

        /**
         * The element that these 96 bytes encode.
         *
         * @throws MalformedException when the bytes are no canonical encoding of an element other than the identity
         */
        static Twist decoded(byte[] bytes) {
            if (bytes.length != LENGTH || bytes[0] >= 0) {
                throw new MalformedException("no compressed point of the twist");
            }
            P2_Affine affine;
            try {
                affine = new P2_Affine(bytes);
            } catch (RuntimeException e) {
                // As for G1: the library says no more than this about bytes that are no point.
                throw new MalformedException("not on the twist");
            }
            if (!affine.on_curve() || affine.is_inf() || !affine.in_group()) {
                throw new MalformedException("not in the second group, or the identity");
            }
            if (!Arrays.equals(affine.compress(), bytes)) {
                throw new MalformedException("not the shortest way to write this point");
            }
            return new Twist(affine.to_jacobian());
        }

        Twist plus(Twist other) {
            return new Twist(point.dup().add(other.point));
        }

        /** The multiple; the factor, of any sign and size, counts modulo the order. */
        Twist times(BigInteger factor) {
            return new Twist(point.dup().mult(fixedLength(factor)));
        }

        /** Whether e(left, this) = e(right, other). Two pairings, of which the slower half is made once for both. */
        boolean pairs(CurvePoint left, CurvePoint right, Twist other) {
            return PT.finalverify(new PT(left.point, point), new PT(right.point, other.point));
        }

        byte[] toBytes() {
            return point.compress();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Twist that && that.point.is_equal(point);
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
}
