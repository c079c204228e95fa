package org.maftia.server.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.bouncycastle.crypto.agreement.DHStandardGroups;
import org.bouncycastle.crypto.agreement.srp.SRP6StandardGroups;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.RsaDealer;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.RsaKey;
import org.maftia.core.crypto.RsaSigner;
import org.maftia.core.crypto.RsaThreshold;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.TestKeys;

/**
 * What outsiders verify with: {@code openssl dgst -verify}, the platform, and a library for JSON web tokens. Keys of the
 * lengths in use, over nested gates, from safe primes that everybody knows, as RFC 2409, 3526 and 5054 publish them: so
 * no test searches for any. The shares come from the fastest back end of this host.
 */
class OutsideVerifiersTest {
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);
    private static final ModularPower POWER = ModularPowers.fastest(new SeededEntropy(1));

    @TempDir
    private Path directory = Path.of("");

    private static RsaDealer.Dealing dealing(RsaEncoding encoding, int bits) {
        BigInteger p = bits == 2048 ? DHStandardGroups.rfc2409_1024.getP() : DHStandardGroups.rfc3526_1536.getP();
        BigInteger q = bits == 2048 ? SRP6StandardGroups.rfc5054_1024.getN() : SRP6StandardGroups.rfc5054_1536.getN();
        RsaDealer.Dealing dealing =
                RsaDealer.deal("test", encoding, TestKeys.grid(), p, q, new SeededEntropy(bits), POWER);
        assertThat(dealing.key().modulus().bitLength()).isEqualTo(bits);
        return dealing;
    }

    private static byte[] sign(RsaDealer.Dealing dealing, byte[] message) {
        RsaThreshold threshold = new RsaThreshold(dealing.key(), POWER);
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int leaf : threshold.designated(7)) {
            RsaSigner signer =
                    threshold.signer(dealing.sharesOf(threshold.scheme().owner(leaf)), POWER);
            byte[] share = signer.share(message, leaf);
            assertThat(threshold.verifyShare(message, leaf, share, signer.prove(message, leaf)))
                    .isTrue();
            shares.put(leaf, share);
        }
        return threshold.combine(message, shares).orElseThrow();
    }

    private static RSAPublicKey publicKey(RsaKey key) throws GeneralSecurityException {
        return (RSAPublicKey)
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(key.modulus(), RsaKey.EXPONENT));
    }

    @ParameterizedTest
    @CsvSource({"PKCS1_SHA256, 2048", "PKCS1_SHA256, 3072", "PSS_SHA256, 2048", "PSS_SHA256, 3072"})
    void everybodyAcceptsWhatTheGroupSignsAndNothingElse(RsaEncoding encoding, int bits) throws Exception {
        RsaDealer.Dealing dealing = dealing(encoding, bits);
        byte[] signature = sign(dealing, MESSAGE);
        byte[] changed = signature.clone();
        changed[17] ^= 1;
        assertThat(platformAccepts(dealing.key(), signature)).isTrue();
        assertThat(platformAccepts(dealing.key(), changed)).isFalse();
        Assumptions.assumeTrue(run("openssl", "version") == 0, "this host has no openssl command");
        assertThat(openSslAccepts(dealing.key(), signature)).isTrue();
        assertThat(openSslAccepts(dealing.key(), changed)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"PKCS1_SHA256, 2048", "PKCS1_SHA256, 3072", "PSS_SHA256, 2048", "PSS_SHA256, 3072"})
    void aTokenVerifiesInALibraryForThem(RsaEncoding encoding, int bits) throws Exception {
        RsaDealer.Dealing dealing = dealing(encoding, bits);
        JWSHeader header = new JWSHeader(encoding.isPss() ? JWSAlgorithm.PS256 : JWSAlgorithm.RS256);
        Payload payload = new Payload("{\"sub\":\"alice\"}");
        String input = header.toBase64URL() + "." + payload.toBase64URL();
        byte[] signature = sign(dealing, input.getBytes(StandardCharsets.US_ASCII));
        JWSObject token = JWSObject.parse(input + "." + Base64URL.encode(signature));
        RSASSAVerifier verifier = new RSASSAVerifier(publicKey(dealing.key()));
        assertThat(token.verify(verifier)).isTrue();
        signature[17] ^= 1;
        assertThat(JWSObject.parse(input + "." + Base64URL.encode(signature)).verify(verifier))
                .isFalse();
    }

    private static boolean platformAccepts(RsaKey key, byte[] signature) throws GeneralSecurityException {
        Signature verifier;
        if (key.encoding().isPss()) {
            verifier = Signature.getInstance("RSASSA-PSS");
            verifier.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        } else {
            verifier = Signature.getInstance("SHA256withRSA");
        }
        verifier.initVerify(publicKey(key));
        verifier.update(MESSAGE);
        return verifier.verify(signature);
    }

    private boolean openSslAccepts(RsaKey key, byte[] signature) throws Exception {
        Path keyFile = Files.writeString(directory.resolve("key.pem"), pem(key));
        Path message = Files.write(directory.resolve("message"), MESSAGE);
        Path file = Files.write(directory.resolve("signature"), signature);
        List<String> command = new ArrayList<>(List.of("openssl", "dgst", "-sha256", "-verify", keyFile.toString()));
        if (key.encoding().isPss()) {
            command.addAll(List.of("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"));
        }
        command.addAll(List.of("-signature", file.toString(), message.toString()));
        return run(command.toArray(String[]::new)) == 0;
    }

    private static String pem(RsaKey key) throws GeneralSecurityException {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(publicKey(key).getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** The exit code; a command that is not there counts as failed. */
    private static int run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        }
    }
}
