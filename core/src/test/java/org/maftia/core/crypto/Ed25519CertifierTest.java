package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.Digest;

class Ed25519CertifierTest {
    /** The order of the base point: 2^252 + 27742317777372353535851937790883648493. */
    private static final BigInteger ORDER =
            BigInteger.ONE.shiftLeft(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private static final Digest DIGEST = Transcript.of("test").field("digest").digest();

    private final List<byte[]> privateKeys = new ArrayList<>();
    private final List<byte[]> publicKeys = new ArrayList<>();
    private final List<Ed25519Certifier> certifiers = new ArrayList<>();

    Ed25519CertifierTest() {
        SeededEntropy entropy = new SeededEntropy(1);
        for (int i = 0; i < 4; i++) {
            privateKeys.add(entropy.bytes(32));
            publicKeys.add(Ed25519Certifier.publicKey(privateKeys.get(i)));
        }
        privateKeys.forEach(key -> certifiers.add(new Ed25519Certifier(key, publicKeys)));
    }

    /** RFC 8032, section 7.1: tests 1 to 3 and the hash of "abc". */
    @Test
    void theStandardsVectorsHold() {
        vector(
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
                "",
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                        + "d25bf5f0595bbe24655141438e7a100b");
        vector(
                "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
                "72",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                        + "387b2eaeb4302aeeb00d291612bb0c00");
        vector(
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
                "af82",
                "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                        + "4a7c15e9716ed28dc027beceea1ec40a");
    }

    private static void vector(String privateKey, String publicKey, String message, String signature) {
        byte[] key = HexFormat.of().parseHex(privateKey);
        byte[] point = Ed25519Certifier.publicKey(key);
        assertThat(HexFormat.of().formatHex(point)).isEqualTo(publicKey);
        assertThat(Ed25519Certifier.isValidPublicKey(point)).isTrue();
        byte[] made = new byte[64];
        byte[] bytes = HexFormat.of().parseHex(message);
        Ed25519.sign(key, 0, bytes, 0, bytes.length, made, 0);
        assertThat(HexFormat.of().formatHex(made)).isEqualTo(signature);
    }

    @Seeds(10)
    void signaturesEqualThoseOfThePlatform(long seed) throws GeneralSecurityException {
        byte[] privateKey = new SeededEntropy(seed).bytes(32);
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(KeyFactory.getInstance("Ed25519")
                .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, privateKey)));
        signer.update(DIGEST.toBytes());
        Ed25519Certifier certifier = new Ed25519Certifier(privateKey, List.of(Ed25519Certifier.publicKey(privateKey)));
        assertThat(certifier.sign(DIGEST)).isEqualTo(signer.sign());
    }

    @Test
    void everyReplicaAcceptsASignatureAsThatOfItsSignerOnly() {
        for (int signer = 0; signer < 4; signer++) {
            byte[] signature = certifiers.get(signer).sign(DIGEST);
            for (int claimed = -1; claimed <= 4; claimed++) {
                for (Ed25519Certifier verifier : certifiers) {
                    assertThat(verifier.verify(claimed, DIGEST, signature)).isEqualTo(claimed == signer);
                }
            }
            assertThat(certifiers.getFirst().verify(signer, Digest.ZERO, signature))
                    .isFalse();
        }
    }

    @Test
    void aFlippedBitAndAWrongLengthAreRefused() {
        byte[] signature = certifiers.get(1).sign(DIGEST);
        for (int bit = 0; bit < 512; bit++) {
            byte[] changed = signature.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(certifiers.getFirst().verify(1, DIGEST, changed)).isFalse();
        }
        for (int length : new int[] {0, 63, 65, 128}) {
            assertThat(certifiers.getFirst().verify(1, DIGEST, Arrays.copyOf(signature, length)))
                    .isFalse();
        }
    }

    @Test
    void aScalarNotBelowTheOrderIsRefused() {
        byte[] signature = certifiers.get(2).sign(DIGEST);
        BigInteger scalar = new BigInteger(1, reversed(Arrays.copyOfRange(signature, 32, 64)));
        for (int times = 1; times < 15; times++) {
            BigInteger larger = scalar.add(ORDER.multiply(BigInteger.valueOf(times)));
            byte[] malleable = signature.clone();
            System.arraycopy(reversed(RsaKey.toBytes(larger, 32)), 0, malleable, 32, 32);
            assertThat(certifiers.getFirst().verify(2, DIGEST, malleable)).isFalse();
        }
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return reversed;
    }

    /** Points of small order verify with anything, and points beyond p have a second encoding. */
    @Test
    void keysOfSmallOrderAndOtherEncodingsAreRefused() {
        List<String> keys = List.of(
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000080",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0100000000000000000000000000000000000000000000000000000000000080");
        for (String hex : keys) {
            byte[] key = HexFormat.of().parseHex(hex);
            assertThat(Ed25519Certifier.isValidPublicKey(key)).isFalse();
            List<byte[]> group = new ArrayList<>(publicKeys);
            group.set(3, key);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Ed25519Certifier(privateKeys.getFirst(), group))
                    .withMessageContaining("signer 3");
        }
        assertThat(Ed25519Certifier.isValidPublicKey(new byte[31])).isFalse();
    }

    @Test
    void aKeyOutsideTheGroupIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Ed25519Certifier(privateKeys.getFirst(), publicKeys.subList(1, 4)));
        assertThatIllegalArgumentException().isThrownBy(() -> Ed25519Certifier.publicKey(new byte[33]));
    }

    @Test
    void aCertificateVerifiesIffAllItsSignaturesDo() {
        TreeMap<Integer, byte[]> signatures = new TreeMap<>();
        for (int signer : List.of(0, 2, 3)) {
            signatures.put(signer, certifiers.get(signer).sign(DIGEST));
        }
        Certificate certificate = Certificate.of(signatures);
        Certificate decoded = Certificate.CODEC.decode(Certificate.CODEC.encode(certificate));
        assertThat(decoded.verify(certifiers.get(1), DIGEST)).isTrue();
        assertThat(decoded.verify(certifiers.get(1), Digest.ZERO)).isFalse();
        Certificate shifted = new Certificate(ReplicaSet.of(1, 2, 3), certificate.signatures());
        assertThat(shifted.verify(certifiers.get(1), DIGEST)).isFalse();
        Certificate beyond = new Certificate(ReplicaSet.of(0, 2, 63), certificate.signatures());
        assertThat(beyond.verify(certifiers.get(1), DIGEST)).isFalse();
    }
}
