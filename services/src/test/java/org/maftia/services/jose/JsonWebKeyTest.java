package org.maftia.services.jose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.MalformedException;

/** Keys and messages that another library made. */
class JsonWebKeyTest {
    private static JsonWebKey read(JWK key) {
        return JsonWebKey.of(
                StrictJson.object(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8), "the key"));
    }

    private static CompactJws signed(JWSAlgorithm algorithm, JWSSigner signer, String payload) throws Exception {
        JWSObject object = new JWSObject(
                new JWSHeader.Builder(algorithm)
                        .type(new com.nimbusds.jose.JOSEObjectType("a-type"))
                        .build(),
                new Payload(payload));
        object.sign(signer);
        return CompactJws.decode(object.serialize());
    }

    @Test
    void whatAnotherLibrarySignsVerifiesUnderItsKeyAndNoOther() throws Exception {
        ECKey elliptic = new ECKeyGenerator(Curve.P_256).generate();
        ECKey other = new ECKeyGenerator(Curve.P_256).generate();
        RSAKey rsa = new RSAKeyGenerator(2_048).generate();
        CompactJws one = signed(JWSAlgorithm.ES256, new ECDSASigner(elliptic), "{\"text\":\"words\"}");
        assertThat(one.isSignedBy(read(elliptic))).isTrue();
        assertThat(one.isSignedBy(read(other))).isFalse();
        assertThat(one.isSignedBy(read(rsa))).isFalse();
        assertThat(one.type()).isEqualTo("a-type");
        assertThat(one.payload().text("text")).isEqualTo("words");
        assertThat(signed(JWSAlgorithm.RS256, new RSASSASigner(rsa), "{}").isSignedBy(read(rsa)))
                .isTrue();
        RSAKey pss = new RSAKey.Builder(rsa).algorithm(JWSAlgorithm.PS256).build();
        CompactJws salted = signed(JWSAlgorithm.PS256, new RSASSASigner(rsa), "{}");
        assertThat(salted.isSignedBy(read(pss))).isTrue();
        assertThat(salted.isSignedBy(read(rsa))).isFalse();
        assertThat(salted.isSignedBy(new JsonWebKey.RsaPss(
                        new RSAKeyGenerator(2_048).generate().toRSAPublicKey().getModulus())))
                .isFalse();
        for (JWK key : new JWK[] {elliptic, rsa, pss}) {
            assertThat(StrictJson.base64(read(key).thumbprint().toBytes()))
                    .isEqualTo(key.computeThumbprint().toString());
        }
    }

    /** An exception here would stop every replica, as anybody may bring a key: to an exchange, or in a proof of possession. */
    @Attack("requests with altered bytes")
    @Test
    void aModulusThatIsNoneOnlyVerifiesNothing() {
        BigInteger prime = BigInteger.ONE
                .shiftLeft(2_203)
                .subtract(BigInteger.ONE); // Mersenne's: no search, and no library's idea of a modulus
        BigInteger divisible = prime.multiply(BigInteger.valueOf(3));
        for (BigInteger modulus : List.of(prime, divisible, prime.pow(2))) {
            byte[] message = "words".getBytes(StandardCharsets.UTF_8);
            int length = (modulus.bitLength() + 7) / 8;
            byte[] ones = new byte[length];
            Arrays.fill(ones, (byte) 0xff);
            for (byte[] signature : List.of(new byte[length], ones, new byte[0], new byte[length + 1])) {
                assertThat(new JsonWebKey.Rsa(modulus).verifies(message, signature))
                        .isFalse();
                assertThat(new JsonWebKey.RsaPss(modulus).verifies(message, signature))
                        .isFalse();
            }
        }
    }

    @Test
    void keysOfStrangersAreJudged() throws Exception {
        RSAKey rsa = new RSAKeyGenerator(2_048).generate();
        ECKey elliptic = new ECKeyGenerator(Curve.P_256).generate();
        for (String wrong : new String[] {
            "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
            "{\"kty\":\"RSA\",\"n\":\"" + rsa.getModulus() + "\",\"e\":\"Aw\"}",
            "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" + elliptic.getX() + "\",\"y\":\"" + elliptic.getX() + "\"}",
            "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" + elliptic.getX() + "\",\"y\":\"" + elliptic.getY() + "\"}",
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + "A".repeat(43) + "\"}",
            "{\"kty\":\"oct\",\"k\":\"AQAB\"}",
            elliptic.toJSONString()
        }) {
            assertThatThrownBy(
                            () -> JsonWebKey.of(StrictJson.object(wrong.getBytes(StandardCharsets.UTF_8), "the key")))
                    .as(wrong)
                    .isInstanceOf(MalformedException.class);
        }
    }
}
