package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.bls.BLS12_381G1;
import org.bouncycastle.crypto.bls.BLS12_381Serialization;
import org.bouncycastle.math.ec.ECPoint;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.wire.MalformedException;

/** The group behaves as its definition says, and takes in nothing that is not in it. */
class CurvePointTest {
    private static final HexFormat HEX = HexFormat.of();

    private static final BigInteger FIELD = new BigInteger(
            "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", 16);

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The compressed form of x with a flag for the larger y, whether there is such a point or not. */
    private static byte[] compressed(BigInteger x, boolean larger) {
        byte[] bytes = RsaKey.toBytes(x, CurvePoint.LENGTH);
        bytes[0] |= (byte) (larger ? 0xa0 : 0x80);
        return bytes;
    }

    /** RFC 9380, appendix J.9.1: the messages, and x of P with the sign of y. */
    @Test
    void hashingGivesThePublishedPoints() {
        String suite = "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_";
        List<String> messages =
                List.of("", "abc", "abcdef0123456789", "q128_" + "q".repeat(128), "a512_" + "a".repeat(512));
        List<String> xs = List.of(
                "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1",
                "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903",
                "11e0b079dea29a68f0383ee94fed1b940995272407e3bb916bbf268c263ddd57a6a27200a784cbc248e84f357ce82d98",
                "15f68eaa693b95ccb85215dc65fa81038d69629f70aeee0d0f677cf22285e7bf58d7cb86eefe8f2e9bc3f8cb84fac488",
                "082aabae8b7dedb0e78aeb619ad3bfd9277a2f77ba7fad20ef6aabdc6c31d19ba5a6d12283553294c1825c4b3ca2dcfe");
        for (int i = 0; i < messages.size(); i++) {
            byte[] bytes = CurvePoint.hashed(ascii(messages.get(i)), suite).toBytes();
            bytes[0] &= 0x1f;
            assertThat(HEX.formatHex(bytes)).as("message %d", i).isEqualTo(xs.get(i));
        }
    }

    @Seeds(3)
    void multiplesFromATableAreTheMultiples(long seed) {
        CurvePoint point = CurvePoint.hashed(ascii("point " + seed), "suite");
        CurvePoint.Multiples multiples = new CurvePoint.Multiples(point);
        List<BigInteger> factors = new ArrayList<>(List.of(
                BigInteger.ZERO,
                BigInteger.TWO,
                BigInteger.valueOf(63),
                BigInteger.valueOf(64),
                BigInteger.valueOf(65),
                CurvePoint.ORDER.subtract(BigInteger.ONE),
                CurvePoint.ORDER,
                CurvePoint.ORDER.add(BigInteger.TEN),
                CurvePoint.ORDER.shiftLeft(3).negate().subtract(BigInteger.TEN)));
        SeededEntropy entropy = new SeededEntropy(seed);
        for (int i = 0; i < 50; i++) {
            factors.add(Uniform.below(CurvePoint.ORDER, entropy));
            factors.add(BigInteger.ONE.shiftLeft(5 * i));
        }
        for (BigInteger factor : factors) {
            assertThat(multiples.times(factor)).as("%s", factor).isEqualTo(point.times(factor));
            assertThat(CurvePoint.generatorTimes(factor)).isEqualTo(CurvePoint.GENERATOR.times(factor));
        }
    }

    @Test
    void theGeneratorIsTheStandardOne() {
        assertThat(CurvePoint.GENERATOR)
                .hasToString(
                        "97f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb");
    }

    @Seeds(50)
    void pointsMultiplyAsNumbersDo(long seed) {
        SeededEntropy entropy = new SeededEntropy(seed);
        BigInteger a = Uniform.below(CurvePoint.ORDER, entropy);
        BigInteger b = Uniform.below(CurvePoint.ORDER, entropy);
        CurvePoint g = CurvePoint.GENERATOR;
        assertThat(g.times(a).plus(g.times(b))).isEqualTo(g.times(a.add(b)));
        assertThat(g.times(a).minus(g.times(b))).isEqualTo(g.times(a.subtract(b)));
        assertThat(g.times(a).times(b)).isEqualTo(g.times(a.multiply(b)));
        assertThat(g.times(a).plus(g.times(a))).isEqualTo(g.times(a.shiftLeft(1)));
        assertThat(CurvePoint.decoded(g.times(a).toBytes())).isEqualTo(g.times(a));
    }

    /** The same group in the other library, which is too slow for use but knows nothing of the first. */
    @Seeds(20)
    void anIndependentImplementationAgrees(long seed) {
        BigInteger factor = Uniform.below(CurvePoint.ORDER, new SeededEntropy(seed));
        ECPoint generator = BLS12_381G1.getGenerator(BLS12_381G1.createCurve());
        assertThat(CurvePoint.GENERATOR.times(factor).toBytes())
                .isEqualTo(BLS12_381Serialization.compressG1(generator.multiply(factor)));
        byte[] hashed = CurvePoint.hashed(factor.toByteArray(), CurvePoint.suite("TEST"))
                .toBytes();
        ECPoint point = BLS12_381Serialization.decompressG1(hashed, BLS12_381G1.createCurve());
        assertThat(CurvePoint.decoded(hashed).times(factor).toBytes())
                .isEqualTo(BLS12_381Serialization.compressG1(point.multiply(factor)));
    }

    @Test
    void theOrderIsTheOrder() {
        CurvePoint g = CurvePoint.GENERATOR;
        assertThat(CurvePoint.ORDER.isProbablePrime(64)).isTrue();
        assertThat(g.times(CurvePoint.ORDER).isIdentity()).isTrue();
        assertThat(g.times(BigInteger.ZERO).isIdentity()).isTrue();
        assertThat(g.times(CurvePoint.ORDER.subtract(BigInteger.ONE)).plus(g).isIdentity())
                .isTrue();
        assertThat(g.times(BigInteger.ONE.negate()).plus(g).isIdentity()).isTrue();
    }

    @Test
    void operationsLeaveTheirOperandsAlone() {
        CurvePoint a = CurvePoint.GENERATOR.times(BigInteger.TWO);
        CurvePoint b = CurvePoint.GENERATOR.times(BigInteger.TEN);
        byte[] before = a.toBytes();
        a.plus(b);
        a.minus(b);
        b.minus(a);
        a.times(BigInteger.TEN);
        assertThat(a.toBytes()).isEqualTo(before);
    }

    @Test
    void theIdentityIsRefused() {
        byte[] identity = CurvePoint.GENERATOR.times(BigInteger.ZERO).toBytes();
        assertThat(HEX.formatHex(identity)).startsWith("c0").hasSize(96);
        assertThatThrownBy(() -> CurvePoint.decoded(identity)).isInstanceOf(MalformedException.class);
    }

    /** The curve has a cofactor of 126 bits: next to no point of it is in the group. */
    @Test
    void pointsOffTheCurveAndPointsOutsideTheGroupAreRefused() {
        List<String> reasons = new ArrayList<>();
        for (int x = 0; x < 64; x++) {
            byte[] bytes = compressed(BigInteger.valueOf(x), x % 2 == 0);
            try {
                CurvePoint.decoded(bytes);
            } catch (MalformedException e) {
                reasons.add(e.getMessage());
            }
        }
        assertThat(reasons).hasSize(64);
        assertThat(reasons.stream().filter(reason -> reason.contains("curve")).count())
                .isBetween(16L, 48L);
        assertThat(reasons.stream().filter(reason -> reason.contains("group")).count())
                .isBetween(16L, 48L);
    }

    @Test
    void onlyTheCanonicalEncodingIsAccepted() {
        byte[] good = CurvePoint.GENERATOR.toBytes();
        List<byte[]> bad = new ArrayList<>();
        bad.add(new byte[0]);
        bad.add(new byte[CurvePoint.LENGTH]);
        bad.add(Arrays.copyOf(good, 47));
        bad.add(Arrays.copyOf(good, 49));
        bad.add(Arrays.copyOf(good, 96));
        byte[] uncompressed = good.clone();
        uncompressed[0] &= 0x7f;
        bad.add(uncompressed);
        byte[] infinite = good.clone();
        infinite[0] |= 0x40;
        bad.add(infinite);
        // x + p fits in the 381 bits for small x only: then it would be a second name of the same point.
        for (int x = 0; x < 64; x++) {
            bad.add(compressed(FIELD.add(BigInteger.valueOf(x)), false));
        }
        for (byte[] bytes : bad) {
            assertThatThrownBy(() -> CurvePoint.decoded(bytes)).isInstanceOf(MalformedException.class);
        }
        assertThat(CurvePoint.decoded(good)).isEqualTo(CurvePoint.GENERATOR);
    }
}
