package org.maftia.server.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.core.crypto.ModularPower;
import org.maftia.core.crypto.RsaDealer;
import org.maftia.core.crypto.RsaEncoding;
import org.maftia.core.crypto.RsaKey;
import org.maftia.core.crypto.RsaSigner;
import org.maftia.core.crypto.RsaThreshold;
import org.maftia.core.testing.SeededEntropy;
import org.maftia.core.testing.TestKeys;

/** What outsiders run: {@code openssl dgst -verify}. The shares come from the fastest back end of this host. */
class OpenSslAcceptanceTest {
    private static final byte[] MESSAGE = "to be signed".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void openSslVerifiesSignaturesOfBothPaddings() throws Exception {
        Assumptions.assumeTrue(run("openssl", "version") == 0, "this host has no openssl command");
        verifies(RsaEncoding.PKCS1_SHA256, List.of());
        verifies(RsaEncoding.PSS_SHA256, List.of("-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"));
    }

    private void verifies(RsaEncoding encoding, List<String> options) throws Exception {
        RsaDealer.Dealing dealing = TestKeys.deal(encoding, TestKeys.grid(), 1024, 1);
        Path key = Files.writeString(directory.resolve("key.pem"), pem(dealing.key()));
        Path message = Files.write(directory.resolve("message"), MESSAGE);
        byte[] signature = sign(dealing);
        Path file = Files.write(directory.resolve("signature"), signature);
        List<String> command =
                new ArrayList<>(List.of("openssl", "dgst", "-sha256", "-verify", key.toString(), "-signature", ""));
        command.set(command.size() - 1, file.toString());
        command.addAll(options);
        command.add(message.toString());
        assertThat(run(command.toArray(String[]::new))).isZero();
        signature[17] ^= 1;
        Files.write(file, signature);
        assertThat(run(command.toArray(String[]::new))).isNotZero();
    }

    private static byte[] sign(RsaDealer.Dealing dealing) {
        ModularPower power = ModularPowers.fastest(new SeededEntropy(1));
        RsaThreshold threshold = new RsaThreshold(dealing.key(), power);
        assertThat(dealing.rehearse(power)).isTrue();
        SortedMap<Integer, byte[]> shares = new TreeMap<>();
        for (int leaf : threshold.designated(7)) {
            RsaSigner signer =
                    threshold.signer(dealing.sharesOf(threshold.scheme().owner(leaf)), power);
            shares.put(leaf, signer.share(MESSAGE, leaf));
            assertThat(threshold.verifyShare(MESSAGE, leaf, signer.share(MESSAGE, leaf), signer.prove(MESSAGE, leaf)))
                    .isTrue();
        }
        return threshold.combine(MESSAGE, shares).orElseThrow();
    }

    private static String pem(RsaKey key) throws GeneralSecurityException {
        byte[] der = KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(key.modulus(), RsaKey.EXPONENT))
                .getEncoded();
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
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
