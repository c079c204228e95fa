package org.maftia.core.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.Seeds;

class ShareBoxTest {
    private static final byte[] SECRET = "the share".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TRANSCRIPT = Transcript.sha256(new byte[0]).toBytes();

    /** RFC 9180, A.1.1: the key pairs that DeriveKeyPair makes of ikmE and ikmR. */
    @Test
    void keyPairsAreThoseOfTheStandard() {
        keyPair(
                "7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234",
                "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
                "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
        keyPair(
                "6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
                "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
                "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
    }

    private static void keyPair(String seed, String privateKey, String publicKey) {
        ShareBox box = ShareBox.generate(count -> HexFormat.of().parseHex(seed));
        // A private key is kept clamped (RFC 7748, section 5), which the standard's text does on use.
        byte[] clamped = HexFormat.of().parseHex(privateKey);
        clamped[0] &= (byte) 0xf8;
        clamped[31] = (byte) (clamped[31] & 0x7f | 0x40);
        assertThat(box.privateKey()).isEqualTo(clamped);
        assertThat(HexFormat.of().formatHex(box.publicKey())).isEqualTo(publicKey);
    }

    /** RFC 9180, A.1.1: the shared secret, of the opener below. */
    @Test
    void theIndependentOpenerKnowsTheStandardsSharedSecret() throws GeneralSecurityException {
        byte[] encapsulation =
                HexFormat.of().parseHex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431");
        byte[] privateKey = HexFormat.of().parseHex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8");
        byte[] publicKey = HexFormat.of().parseHex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d");
        assertThat(HexFormat.of().formatHex(decapsulate(encapsulation, privateKey, publicKey)))
                .isEqualTo("fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc");
    }

    @Seeds(10)
    void whatIsSealedOpensByTheStandardsText(long seed) throws GeneralSecurityException {
        SeededEntropy entropy = new SeededEntropy(seed);
        ShareBox box = ShareBox.generate(entropy);
        byte[] secret = entropy.bytes((int) seed * 100);
        byte[] sealed = ShareBox.seal(box.publicKey(), "shares", TRANSCRIPT, secret, entropy);
        assertThat(sealed).hasSize(secret.length + ShareBox.OVERHEAD);
        assertThat(box.open("shares", TRANSCRIPT, sealed)).hasValue(secret);
        assertThat(ShareBox.of(box.privateKey()).open("shares", TRANSCRIPT, sealed))
                .hasValue(secret);
        assertThat(open(box.privateKey(), box.publicKey(), "maftia/shares", TRANSCRIPT, sealed))
                .isEqualTo(secret);
    }

    @Test
    void anotherBoxPurposeTranscriptOrByteOpensNothing() {
        SeededEntropy entropy = new SeededEntropy(3);
        ShareBox box = ShareBox.generate(entropy);
        byte[] sealed = ShareBox.seal(box.publicKey(), "shares", TRANSCRIPT, SECRET, entropy);
        assertThat(ShareBox.generate(entropy).open("shares", TRANSCRIPT, sealed))
                .isEmpty();
        assertThat(box.open("share", TRANSCRIPT, sealed)).isEmpty();
        assertThat(box.open("shares", new byte[32], sealed)).isEmpty();
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThat(box.open("shares", TRANSCRIPT, changed)).isEmpty();
            assertThat(box.open("shares", TRANSCRIPT, Arrays.copyOf(sealed, i))).isEmpty();
        }
        assertThat(box.open("shares", TRANSCRIPT, new byte[sealed.length])).isEmpty();
        box.close();
        assertThat(box.open("shares", TRANSCRIPT, sealed)).isEmpty();
    }

    @Test
    void keysWhoseSecretAllKnowAreRefused() {
        byte[] one = new byte[32];
        one[0] = 1;
        for (byte[] key : new byte[][] {new byte[32], one, new byte[31]}) {
            assertThat(ShareBox.isValidPublicKey(key)).isFalse();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ShareBox.seal(key, "shares", TRANSCRIPT, SECRET, new SeededEntropy(1)));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> ShareBox.of(new byte[31]));
    }

    /** RFC 9180, sections 4.1 and 5.1 in base mode, from the platform's primitives. */
    private static byte[] open(byte[] privateKey, byte[] publicKey, String info, byte[] associated, byte[] sealed)
            throws GeneralSecurityException {
        byte[] sharedSecret = decapsulate(Arrays.copyOf(sealed, 32), privateKey, publicKey);
        byte[] suite = concat("HPKE".getBytes(StandardCharsets.US_ASCII), new byte[] {0, 0x20, 0, 1, 0, 2});
        byte[] context = concat(
                new byte[] {0},
                labeledExtract(suite, new byte[0], "psk_id_hash", new byte[0]),
                labeledExtract(suite, new byte[0], "info_hash", info.getBytes(StandardCharsets.UTF_8)));
        byte[] secret = labeledExtract(suite, sharedSecret, "secret", new byte[0]);
        byte[] key = labeledExpand(suite, secret, "key", context, 32);
        byte[] nonce = labeledExpand(suite, secret, "base_nonce", context, 12);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        cipher.updateAAD(associated);
        return cipher.doFinal(sealed, 32, sealed.length - 32);
    }

    private static byte[] decapsulate(byte[] encapsulation, byte[] privateKey, byte[] publicKey)
            throws GeneralSecurityException {
        KeyFactory factory = KeyFactory.getInstance("X25519");
        PrivateKey own = factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey));
        PublicKey other =
                factory.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, littleEndian(encapsulation)));
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(own);
        agreement.doPhase(other, true);
        byte[] suite = concat("KEM".getBytes(StandardCharsets.US_ASCII), new byte[] {0, 0x20});
        byte[] prk = labeledExtract(suite, new byte[0], "eae_prk", agreement.generateSecret());
        return labeledExpand(suite, prk, "shared_secret", concat(encapsulation, publicKey), 32);
    }

    private static BigInteger littleEndian(byte[] bytes) {
        byte[] reversed = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            reversed[i] = bytes[bytes.length - 1 - i];
        }
        return new BigInteger(1, reversed).clearBit(255);
    }

    private static byte[] labeledExtract(byte[] suite, byte[] salt, String label, byte[] input)
            throws GeneralSecurityException {
        byte[] key = salt.length == 0 ? new byte[32] : salt;
        return hmac(key, concat(version(), suite, label.getBytes(StandardCharsets.US_ASCII), input));
    }

    /** One block suffices for what is used here. */
    private static byte[] labeledExpand(byte[] suite, byte[] prk, String label, byte[] info, int length)
            throws GeneralSecurityException {
        byte[] labeled = concat(
                new byte[] {0, (byte) length}, version(), suite, label.getBytes(StandardCharsets.US_ASCII), info);
        return Arrays.copyOf(hmac(prk, concat(labeled, new byte[] {1})), length);
    }

    private static byte[] version() {
        return "HPKE-v1".getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] hmac(byte[] key, byte[] input) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(input);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
