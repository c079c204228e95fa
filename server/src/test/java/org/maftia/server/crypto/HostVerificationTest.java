package org.maftia.server.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Ed25519Signature;
import org.maftia.core.crypto.HostVerification;
import org.maftia.core.testing.Attack;
import org.maftia.services.jose.JsonWebKey;

/** With a library of the host the same signatures are good as without: its yes is one of the group, its no decides nothing. */
class HostVerificationTest {
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);

    /** Of the field, and the order of the base point (RFC 8032, section 5.1). */
    private static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));

    private static final BigInteger L =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);

    private static final Point BASE = Point.decode(HexFormat.of().parseHex("58" + "66".repeat(31)));

    /** A generator of the eight points whose order divides the cofactor. */
    private static final Point SMALL =
            Point.decode(HexFormat.of().parseHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"));

    private static final Point NEUTRAL = new Point(BigInteger.ZERO, BigInteger.ONE);

    /** A point of the curve, slowly. */
    private record Point(BigInteger x, BigInteger y) {
        static Point decode(byte[] bytes) {
            byte[] big = new byte[32];
            for (int i = 0; i < 32; i++) {
                big[i] = bytes[31 - i];
            }
            BigInteger y = new BigInteger(1, big).clearBit(255);
            BigInteger square = y.multiply(y);
            BigInteger u = square.subtract(BigInteger.ONE).mod(P);
            BigInteger v = D.multiply(square).add(BigInteger.ONE).mod(P);
            BigInteger quotient = u.multiply(v.modInverse(P)).mod(P);
            BigInteger x = quotient.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
            if (!x.multiply(x).mod(P).equals(quotient)) {
                x = x.multiply(BigInteger.TWO.modPow(P.shiftRight(2), P)).mod(P);
            }
            return new Point(x.testBit(0) == ((bytes[31] & 0x80) != 0) ? x : P.subtract(x), y);
        }

        Point plus(Point other) {
            BigInteger product = D.multiply(x)
                    .multiply(other.x)
                    .multiply(y)
                    .multiply(other.y)
                    .mod(P);
            BigInteger numerator = x.multiply(other.y).add(y.multiply(other.x));
            BigInteger second = y.multiply(other.y).add(x.multiply(other.x));
            return new Point(
                    numerator
                            .multiply(BigInteger.ONE.add(product).modInverse(P))
                            .mod(P),
                    second.multiply(BigInteger.ONE.subtract(product).modInverse(P))
                            .mod(P));
        }

        Point times(BigInteger factor) {
            Point sum = NEUTRAL;
            for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
                sum = sum.plus(sum);
                sum = factor.testBit(bit) ? sum.plus(this) : sum;
            }
            return sum;
        }

        byte[] encoded() {
            byte[] bytes = little(y);
            bytes[31] |= (byte) (x.testBit(0) ? 0x80 : 0);
            return bytes;
        }
    }

    private static byte[] little(BigInteger number) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = number.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }

    @BeforeEach
    void theHostHasOpenSsl() {
        Assumptions.assumeTrue(NativeVerification.install().equals("openssl"), "this host has no libcrypto.so.3");
    }

    @Test
    void whatIsSignedIsGoodAndNothingElse() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        byte[] x = fixed(key.getW().getAffineX());
        byte[] y = fixed(key.getW().getAffineY());
        for (int round = 0; round < 20; round++) {
            Signature signature = Signature.getInstance(HostVerification.ECDSA);
            signature.initSign(pair.getPrivate());
            signature.update(MESSAGE);
            byte[] signed = signature.sign();
            BigInteger r = new BigInteger(1, Arrays.copyOf(signed, 32));
            BigInteger s = new BigInteger(1, Arrays.copyOfRange(signed, 32, 64));
            assertThat(HostVerification.isEcdsa(x, y, MESSAGE, r, s)).isTrue();
            assertThat(HostVerification.isEcdsa(x, y, MESSAGE, r, s.add(BigInteger.ONE)))
                    .isFalse();
            assertThat(HostVerification.isEcdsa(x, y, MESSAGE, r, s.shiftLeft(8)))
                    .isFalse();
            assertThat(HostVerification.isEcdsa(x, y, MESSAGE, r.negate(), s)).isFalse();
            assertThat(HostVerification.isEcdsa(x, y, new byte[0], r, s)).isFalse();
            assertThat(HostVerification.isEcdsa(y, x, MESSAGE, r, s)).isFalse(); // beside the curve
            assertThat(HostVerification.isEcdsa(Arrays.copyOf(x, 31), y, MESSAGE, r, s))
                    .isFalse();
        }
        byte[] secret = new byte[32];
        byte[] point = new byte[32];
        Ed25519.generatePublicKey(secret, 0, point, 0);
        byte[] signed = Ed25519Signature.sign(secret, MESSAGE);
        assertThat(HostVerification.isEdwards(point, MESSAGE, signed)).isTrue();
        assertThat(HostVerification.isEdwards(point, new byte[0], signed)).isFalse();
        assertThat(HostVerification.isEdwards(point, MESSAGE, Arrays.copyOf(signed, 63)))
                .isFalse();
        for (int at = 0; at < signed.length; at++) {
            signed[at] ^= 1;
            assertThat(HostVerification.isEdwards(point, MESSAGE, signed)).isFalse();
            signed[at] ^= 1;
        }
    }

    private static byte[] fixed(BigInteger number) {
        byte[] little = little(number);
        byte[] big = new byte[32];
        for (int i = 0; i < 32; i++) {
            big[i] = little[31 - i];
        }
        return big;
    }

    /** A signature that one replica takes and another refuses would part their states. */
    @Test
    @Attack("signatures of Ed25519 whose outcome could depend on the library that a host has")
    void whereTheEquationsDifferTheGroupsOwnDecides() throws GeneralSecurityException {
        BigInteger secret = new BigInteger(1, MESSAGE)
                .shiftLeft(100)
                .add(BigInteger.valueOf(5))
                .mod(L);
        byte[] key = BASE.times(secret).encoded();
        for (int order = 0; order < 8; order++) {
            for (long nonce : new long[] {0, 1, 77}) {
                Point r = BASE.times(BigInteger.valueOf(nonce)).plus(SMALL.times(BigInteger.valueOf(order)));
                byte[] first = r.encoded();
                BigInteger s = BigInteger.valueOf(nonce)
                        .add(hashed(first, key).multiply(secret))
                        .mod(L);
                for (BigInteger scalar : List.of(s, s.add(L), s.add(BigInteger.ONE))) {
                    byte[] signature = Arrays.copyOf(first, 64);
                    System.arraycopy(little(scalar), 0, signature, 32, 32);
                    boolean ofHost = HostVerification.isEdwards(key, MESSAGE, signature);
                    boolean ofGroup = Ed25519.verify(signature, 0, key, 0, MESSAGE, 0, MESSAGE.length);
                    assertThat(!ofHost || ofGroup)
                            .as("a yes of the host is one of the group")
                            .isTrue();
                    assertThat(new JsonWebKey.Edwards(key).verifies(MESSAGE, signature))
                            .isEqualTo(ofGroup);
                    assertThat(ofHost).isEqualTo(order == 0 && scalar.equals(s));
                }
            }
        }
    }

    private static BigInteger hashed(byte[] first, byte[] key) throws GeneralSecurityException {
        MessageDigest hash = MessageDigest.getInstance("SHA-512");
        hash.update(first);
        hash.update(key);
        byte[] digest = hash.digest(MESSAGE);
        BigInteger number = BigInteger.ZERO;
        for (int i = digest.length - 1; i >= 0; i--) {
            number = number.shiftLeft(8).or(BigInteger.valueOf(digest[i] & 0xff));
        }
        return number.mod(L);
    }

    @Test
    void vectorsOfWycheproof() throws IOException {
        for (String[] row : WycheproofRows.es256()) {
            JsonWebKey key = new JsonWebKey.Elliptic(bytes(row[2]), bytes(row[3]));
            assertThat(key.verifies(bytes(row[4]), bytes(row[5])))
                    .as("vector %s", row[0])
                    .isEqualTo(row[1].equals("valid"));
        }
    }

    private static byte[] bytes(String text) {
        return text.equals("-") ? new byte[0] : HexFormat.of().parseHex(text);
    }
}
