package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.trust.Formula;
import org.maftia.core.trust.SharingFormula;

/** The vectors of Project Wycheproof: known ways to get verification wrong. */
class WycheproofTest {
    private record Vector(String number, boolean valid, String key, byte[] message, byte[] signature) {}

    private static List<Vector> vectors(String name) {
        try (InputStream in = Invariant.present(
                WycheproofTest.class.getResourceAsStream(name), "the vectors are on the test class path")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .map(field ->
                            new Vector(field[0], field[1].equals("valid"), field[2], bytes(field[3]), bytes(field[4])))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String hex) {
        return hex.equals("-") ? new byte[0] : HexFormat.of().parseHex(hex);
    }

    @Test
    void ed25519AcceptsWhatIsValidOnly() {
        List<Vector> vectors = vectors("wycheproof-ed25519.txt");
        assertThat(vectors).hasSize(151);
        for (Vector vector : vectors) {
            byte[] key = bytes(vector.key());
            boolean accepted = Ed25519Certifier.isValidPublicKey(key)
                    && Ed25519Verifier.verify(
                            Ed25519.validatePublicKeyFullExport(key, 0), vector.message(), vector.signature());
            assertThat(accepted).as("vector %s", vector.number()).isEqualTo(vector.valid());
        }
    }

    /** "Acceptable" there, for a missing NULL, is refused here: a message has one signature. */
    @Test
    void rsaAcceptsWhatIsValidOnly() {
        List<Vector> vectors = vectors("wycheproof-rsa-2048-sha256.txt");
        RsaThreshold threshold =
                new RsaThreshold(publicKey(new BigInteger(vectors.getFirst().key(), 16)));
        for (Vector vector : vectors) {
            assertThat(threshold.verify(vector.message(), vector.signature()))
                    .as("vector %s", vector.number())
                    .isEqualTo(vector.valid());
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
}
