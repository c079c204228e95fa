package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.TestKeys;

class RsaEncodingTest {
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);

    private static final Map<Integer, List<BigInteger>> PRIMES = new TreeMap<>();

    static boolean platformAccepts(RsaKey key, byte[] message, byte[] signature) throws GeneralSecurityException {
        PublicKey publicKey =
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(key.modulus(), RsaKey.EXPONENT));
        String hash = key.encoding().hash();
        Signature verifier =
                Signature.getInstance(key.encoding().isPss() ? "RSASSA-PSS" : hash.replace("-", "") + "withRSA");
        if (key.encoding().isPss()) {
            verifier.setParameter(new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), 32, 1));
        }
        verifier.initVerify(publicKey);
        verifier.update(message);
        return verifier.verify(signature);
    }

    /** A key of which the primes are searched once for all encodings. */
    private static RsaDealer.Dealing deal(RsaEncoding encoding, int bits) {
        List<BigInteger> primes = PRIMES.computeIfAbsent(bits, key -> List.of(prime(key / 2, 1), prime(key / 2, 2)));
        return RsaDealer.deal(
                "test",
                encoding,
                TestKeys.threshold(2, 4),
                primes.getFirst(),
                primes.getLast(),
                new SeededEntropy(3),
                ModularPower.JAVA);
    }

    private static BigInteger prime(int bits, long seed) {
        return SafePrimes.generate(bits, new SeededEntropy(seed), ModularPower.JAVA, SafePrimes.Progress.NONE);
    }

    @ParameterizedTest
    @EnumSource(names = ".*_SHA.*", mode = EnumSource.Mode.MATCH_ANY)
    void thePlatformAcceptsEveryEncoding(RsaEncoding encoding) throws GeneralSecurityException {
        // Odd lengths: PSS encodes one bit less than the modulus has, which may be a byte less.
        for (int bits : new int[] {1024, 1026, 1032}) {
            RsaDealer.Dealing dealing = deal(encoding, bits);
            RsaThreshold threshold = new RsaThreshold(dealing.key());
            byte[] signature = threshold
                    .combine(MESSAGE, RsaThresholdTest.shares(threshold, dealing, MESSAGE))
                    .orElseThrow();
            assertThat(signature).hasSize((bits + 7) / 8);
            assertThat(platformAccepts(dealing.key(), MESSAGE, signature)).isTrue();
            signature[signature.length - 1] ^= 1;
            assertThat(platformAccepts(dealing.key(), MESSAGE, signature)).isFalse();
            assertThat(threshold.verify(MESSAGE, signature)).isFalse();
        }
    }

    /** Who hashed already gets the signature that who did not would get, and a salt as long as the digest. */
    @ParameterizedTest
    @EnumSource
    void thePlatformAcceptsSignedDigests(RsaHash hash) throws GeneralSecurityException {
        byte[] digest = hash.digest(MESSAGE);
        for (RsaEncoding encoding : List.of(RsaEncoding.PKCS1_DIGEST, RsaEncoding.PSS_DIGEST)) {
            RsaDealer.Dealing dealing = deal(encoding, 1056);
            RsaThreshold threshold = new RsaThreshold(dealing.key());
            byte[] message = hash.message(digest);
            byte[] signature = threshold
                    .combine(message, RsaThresholdTest.shares(threshold, dealing, message))
                    .orElseThrow();
            assertThat(threshold.verify(message, signature)).isTrue();
            BigInteger modulus = dealing.key().modulus();
            assertThat(encoding.verifies("test", modulus, message, signature)).isTrue();
            assertThat(encoding.verifies("test", modulus, MESSAGE, signature)).isFalse();
            assertThat(encoding.verifies("test", modulus, message, Arrays.copyOf(signature, 131)))
                    .isFalse();
            signature[131] ^= 1;
            assertThat(encoding.verifies("test", modulus, message, signature)).isFalse();
            signature[131] ^= 1;
            Signature verifier = Signature.getInstance(
                    encoding.isPss() ? "RSASSA-PSS" : hash.algorithm().replace("-", "") + "withRSA");
            if (encoding.isPss()) {
                verifier.setParameter(new PSSParameterSpec(
                        hash.algorithm(), "MGF1", new MGF1ParameterSpec(hash.algorithm()), hash.length(), 1));
            }
            verifier.initVerify(KeyFactory.getInstance("RSA")
                    .generatePublic(new RSAPublicKeySpec(dealing.key().modulus(), RsaKey.EXPONENT)));
            verifier.update(MESSAGE);
            assertThat(verifier.verify(signature)).isTrue();
        }
    }

    @Test
    void whatIsNoDigestIsNotSignedByAKeyOfDigests() {
        byte[] digest = RsaHash.SHA512.digest(MESSAGE);
        byte[] message = RsaHash.SHA512.message(digest);
        RsaThreshold room = new RsaThreshold(deal(RsaEncoding.PSS_DIGEST, 1056).key());
        RsaThreshold tooShort =
                new RsaThreshold(deal(RsaEncoding.PSS_DIGEST, 1024).key());
        assertThat(room.accepts(message)).isTrue();
        assertThat(tooShort.accepts(message)).isFalse();
        assertThat(tooShort.accepts(RsaHash.SHA256.message(RsaHash.SHA256.digest(MESSAGE))))
                .isTrue();
        for (byte[] bad : List.of(
                new byte[0], MESSAGE, digest, Arrays.copyOf(message, 64), Arrays.copyOf(message, 66), new byte[33])) {
            assertThat(room.accepts(bad)).isFalse();
            assertThat(room.verify(bad, new byte[132])).isFalse();
            assertThatIllegalArgumentException().isThrownBy(() -> room.encode(bad));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> RsaHash.SHA256.message(digest));
    }

    @Test
    void theEncodingOfAMessageIsKnown() {
        // SHA-256 of "abc" (FIPS 180-4) behind the prefix of RFC 8017, 9.2.
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        String expected = "1" + "ff".repeat(10) + "00" + "3031300d060960864801650304020105000420"
                + "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assertThat(RsaEncoding.PKCS1_SHA256.encode("any", 512, abc).toString(16))
                .isEqualTo(expected);
    }

    @Test
    void theSaltDependsOnTheKeySoThatTheEncodingDoes() {
        BigInteger first = RsaEncoding.PSS_SHA256.encode("a", 1024, MESSAGE);
        assertThat(RsaEncoding.PSS_SHA256.encode("a", 1024, MESSAGE)).isEqualTo(first);
        assertThat(RsaEncoding.PSS_SHA256.encode("b", 1024, MESSAGE)).isNotEqualTo(first);
        assertThat(first.bitLength()).isLessThan(1024);
    }

    @Test
    void aModulusWithoutRoomForTheEncodingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> deal(RsaEncoding.PSS_SHA256, 512));
        assertThatIllegalArgumentException().isThrownBy(() -> deal(RsaEncoding.PKCS1_SHA512, 640));
    }

    @Test
    void numbersInFilesDoNotChange() {
        StringBuilder codes = new StringBuilder();
        for (RsaEncoding encoding : RsaEncoding.values()) {
            assertThat(RsaEncoding.of(encoding.code())).isEqualTo(encoding);
            codes.append(encoding.code()).append(encoding).append(' ');
        }
        assertThat(codes)
                .hasToString("1PKCS1_SHA256 2PKCS1_SHA384 3PKCS1_SHA512 4PSS_SHA256 5PSS_SHA384 6PSS_SHA512"
                        + " 7PKCS1_DIGEST 8PSS_DIGEST ");
    }
}
