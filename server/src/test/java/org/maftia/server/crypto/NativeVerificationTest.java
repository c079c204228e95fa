package org.maftia.server.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** ECDSA verified by the host's OpenSSL, against Java's own and the vectors of Project Wycheproof. */
class NativeVerificationTest {
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);
    private static final String HEADER = "3059301306072a8648ce3d020106082a8648ce3d03010703420004";

    private static Provider provider() {
        var provider = NativeVerification.available();
        Assumptions.assumeTrue(provider.isPresent(), "this host has no libcrypto.so.3");
        return provider.orElseThrow();
    }

    private static KeyPair pair(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static byte[] signed(String algorithm, KeyPair pair) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(pair.getPrivate());
        signature.update(MESSAGE);
        return signature.sign();
    }

    private static boolean verifies(Signature verifier, PublicKey key, byte[] message, byte[] signature)
            throws GeneralSecurityException {
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(signature);
    }

    @Test
    void whatJavaSignsVerifiesAndNothingElse() throws GeneralSecurityException {
        Provider provider = provider();
        KeyPair pair = pair("secp256r1");
        PublicKey other = pair("secp256r1").getPublic();
        for (String algorithm : NativeVerification.ALGORITHMS) {
            Signature verifier = Signature.getInstance(algorithm, provider);
            for (int round = 0; round < 20; round++) {
                byte[] signature = signed(algorithm, pair);
                assertThat(verifies(verifier, pair.getPublic(), MESSAGE, signature))
                        .isTrue();
                assertThat(verifies(verifier, other, MESSAGE, signature)).isFalse();
                assertThat(verifies(verifier, pair.getPublic(), new byte[] {1}, signature))
                        .isFalse();
                for (int at = 0; at < signature.length; at++) {
                    signature[at] ^= 1;
                    assertThat(verifies(verifier, pair.getPublic(), MESSAGE, signature))
                            .isFalse();
                    signature[at] ^= 1;
                }
            }
            assertThat(verifies(verifier, pair.getPublic(), MESSAGE, new byte[0]))
                    .isFalse();
            byte[] longer = java.util.Arrays.copyOf(signed(algorithm, pair), 100);
            assertThat(verifies(verifier, pair.getPublic(), MESSAGE, longer)).isFalse();
        }
    }

    @Test
    void vectorsOfWycheproof() throws IOException, GeneralSecurityException {
        Signature verifier = Signature.getInstance(NativeVerification.ALGORITHMS.getLast(), provider());
        for (String[] row : WycheproofRows.es256()) {
            PublicKey key = KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(HexFormat.of().parseHex(HEADER + row[2] + row[3])));
            byte[] message = row[4].equals("-") ? new byte[0] : HexFormat.of().parseHex(row[4]);
            byte[] signature = row[5].equals("-") ? new byte[0] : HexFormat.of().parseHex(row[5]);
            assertThat(verifies(verifier, key, message, signature))
                    .as("vector %s", row[0])
                    .isEqualTo(row[1].equals("valid"));
        }
    }

    @Test
    void otherCurvesAndSigningStayWithJava() throws GeneralSecurityException {
        provider();
        assertThat(NativeVerification.install()).isEqualTo("openssl");
        assertThat(NativeVerification.install()).isEqualTo("openssl");
        for (String curve : List.of("secp256r1", "secp384r1")) {
            KeyPair pair = pair(curve);
            Signature verifier = Signature.getInstance(NativeVerification.ALGORITHMS.getFirst());
            boolean good = verifies(
                    verifier, pair.getPublic(), MESSAGE, signed(NativeVerification.ALGORITHMS.getFirst(), pair));
            assertThat(good).isTrue();
            assertThat(verifier.getProvider().getName().equals(NativeVerification.NAME))
                    .isEqualTo(curve.equals("secp256r1"));
        }
    }

    @Test
    void refusesWhatIsNoPointOfTheCurve() throws GeneralSecurityException {
        Signature verifier = Signature.getInstance(NativeVerification.ALGORITHMS.getFirst(), provider());
        PublicKey beside = new PublicKey() {
            private static final long serialVersionUID = 1;

            @Override
            public String getAlgorithm() {
                return "EC";
            }

            @Override
            public String getFormat() {
                return "X.509";
            }

            @Override
            public byte[] getEncoded() {
                return HexFormat.of().parseHex(HEADER + "01".repeat(64));
            }
        };
        assertThatThrownBy(() -> verifier.initVerify(beside)).isInstanceOf(InvalidKeyException.class);
    }
}
