package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.maftia.core.crypto.WycheproofVectors.bytes;
import static org.maftia.core.crypto.WycheproofVectors.rows;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;
import org.bouncycastle.math.ec.rfc7748.X25519;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.SharingFormula;
import org.maftia.core.wire.MalformedException;

/**
 * The vectors of Project Wycheproof: known ways to get verification wrong. Those of PSS are for verifiers that take any
 * salt; ours takes the one that key and message give, as a message has one signature.
 */
class WycheproofTest {
    @Test
    void ed25519AcceptsWhatIsValidOnly() {
        List<List<String>> rows = rows("wycheproof-ed25519.txt");
        assertThat(rows).hasSize(151);
        for (List<String> row : rows) {
            byte[] key = bytes(row.get(2));
            boolean accepted = Ed25519Certifier.isValidPublicKey(key)
                    && Ed25519Verifier.verify(
                            Ed25519.validatePublicKeyFullExport(key, 0), bytes(row.get(3)), bytes(row.get(4)));
            assertThat(accepted).as("vector %s", row.get(0)).isEqualTo(isValid(row));
        }
    }

    private static boolean isValid(List<String> row) {
        return row.get(1).equals("valid");
    }

    /** "Acceptable" there, for a missing NULL, is refused here: a message has one signature. */
    @ParameterizedTest
    @ValueSource(strings = {"wycheproof-rsa-2048-sha256.txt", "wycheproof-rsa-3072-sha256.txt"})
    void rsaAcceptsWhatIsValidOnly(String name) {
        List<List<String>> rows = rows(name);
        assertThat(rows).hasSizeGreaterThan(250);
        RsaThreshold threshold =
                new RsaThreshold(publicKey(new BigInteger(rows.getFirst().get(2), 16)));
        for (List<String> row : rows) {
            assertThat(threshold.verify(bytes(row.get(3)), bytes(row.get(4))))
                    .as("vector %s", row.get(0))
                    .isEqualTo(isValid(row));
        }
    }

    /** A key of which only the modulus matters, as for any outside verifier. */
    private static RsaKey publicKey(BigInteger modulus) {
        return new RsaKey(
                "outside",
                RsaEncoding.PKCS1_SHA256,
                new SharingFormula(new Formula.Leaf(0), false),
                modulus,
                BigInteger.TWO,
                BigInteger.TWO,
                List.of(),
                List.of(BigInteger.TWO));
    }

    /** The platform's, in which confidential messages and sealed files lie. */
    @Test
    void aesGcmOpensWhatIsValidOnly() throws GeneralSecurityException {
        List<List<String>> rows = rows("wycheproof-aes-256-gcm.txt");
        assertThat(rows).hasSize(66);
        for (List<String> row : rows) {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            SecretKeySpec key = new SecretKeySpec(bytes(row.get(2)), "AES");
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(128, bytes(row.get(3))));
            cipher.updateAAD(bytes(row.get(4)));
            if (isValid(row)) {
                assertThat(cipher.doFinal(bytes(row.get(6))))
                        .as("vector %s", row.get(0))
                        .isEqualTo(bytes(row.get(5)));
            } else {
                assertThatThrownBy(() -> cipher.doFinal(bytes(row.get(6))))
                        .as("vector %s", row.get(0))
                        .isInstanceOf(AEADBadTagException.class);
            }
        }
    }

    /** The library's, from which keys of confidential messages come and all numbers that stand for hashes. */
    @Test
    void hkdfGivesThePublishedKeys() {
        List<List<String>> rows = rows("wycheproof-hkdf-sha256.txt");
        assertThat(rows).hasSizeGreaterThan(80);
        for (List<String> row : rows) {
            HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
            generator.init(new HKDFParameters(bytes(row.get(2)), bytes(row.get(3)), bytes(row.get(4))));
            byte[] output = new byte[Integer.parseInt(row.get(5))];
            if (isValid(row)) {
                generator.generateBytes(output, 0, output.length);
                assertThat(output).as("vector %s", row.get(0)).isEqualTo(bytes(row.get(6)));
            } else {
                assertThatThrownBy(() -> generator.generateBytes(output, 0, output.length))
                        .as("vector %s", row.get(0))
                        .isInstanceOf(RuntimeException.class);
            }
        }
    }

    /** Share boxes: a public key that gives every secret the same result is none. */
    @Test
    void x25519AgreesAndRefusesPublicKeysOfLowOrder() {
        List<List<String>> rows = rows("wycheproof-x25519.txt");
        assertThat(rows).hasSizeGreaterThan(100);
        for (List<String> row : rows) {
            byte[] shared = new byte[X25519.POINT_SIZE];
            boolean agreed = X25519.calculateAgreement(bytes(row.get(3)), 0, bytes(row.get(2)), 0, shared, 0);
            assertThat(agreed).as("vector %s", row.get(0)).isEqualTo(isValid(row));
            assertThat(ShareBox.isValidPublicKey(bytes(row.get(2))))
                    .as("vector %s", row.get(0))
                    .isEqualTo(isValid(row));
            assertThat(shared).as("vector %s", row.get(0)).isEqualTo(bytes(row.get(4)));
        }
    }

    /** Points of the oblivious function come compressed; the valid ones here, which do not, are compressed first. */
    @Test
    void pointsOfP256AreTakenAndMultipliedAsPublished() {
        List<List<String>> rows = rows("wycheproof-p256-points.txt");
        assertThat(rows).hasSize(355);
        for (List<String> row : rows) {
            byte[] point = bytes(row.get(2));
            if (row.get(1).equals("invalid")) {
                assertThatThrownBy(() -> NistPoint.decoded(compressed(point)))
                        .as("vector %s", row.get(0))
                        .isInstanceOf(MalformedException.class);
            } else {
                byte[] product = NistPoint.decoded(compressed(point))
                        .times(new BigInteger(row.get(3), 16))
                        .toBytes();
                assertThat(Arrays.copyOfRange(product, 1, 33))
                        .as("vector %s", row.get(0))
                        .isEqualTo(bytes(row.get(4)));
            }
        }
    }

    /** The compressed form of 04, x, y, if y belongs to x; anything else as it is. */
    private static byte[] compressed(byte[] point) {
        if (point.length != 65 || point[0] != 4) {
            return point;
        }
        byte[] compressed = Arrays.copyOf(point, NistPoint.LENGTH);
        compressed[0] = (byte) (2 + (point[64] & 1));
        BigInteger y = new BigInteger(1, Arrays.copyOfRange(point, 33, 65));
        BigInteger x = new BigInteger(1, Arrays.copyOfRange(point, 1, 33));
        BigInteger p = new BigInteger("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", 16);
        BigInteger b = new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
        BigInteger square = x.pow(3).subtract(x.multiply(BigInteger.valueOf(3))).add(b);
        return square.subtract(y.pow(2)).mod(p).signum() == 0 ? compressed : point;
    }

    /** Encodings of both groups of the pairing: a point has one, and what is in neither group has none. */
    @Test
    void pointsOfThePairingAreTakenOnlyIfTheyAreSome() {
        List<List<String>> rows = rows("wycheproof-bls-points.txt");
        assertThat(rows).hasSize(71);
        for (List<String> row : rows) {
            assertThat(isPoint(bytes(row.get(2))) && isPointOfTwist(bytes(row.get(3))))
                    .as("vector %s", row.get(0))
                    .isEqualTo(isValid(row));
        }
    }

    private static boolean isPoint(byte[] bytes) {
        try {
            return CurvePoint.decoded(bytes).toBytes().length == CurvePoint.LENGTH;
        } catch (MalformedException e) {
            return false;
        }
    }

    private static boolean isPointOfTwist(byte[] bytes) {
        try {
            return CurvePoint.Twist.decoded(bytes).toBytes().length == CurvePoint.Twist.LENGTH;
        } catch (MalformedException e) {
            return false;
        }
    }
}
