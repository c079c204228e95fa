package org.maftia.wormhole.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.wormhole.Ttcb;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.Digest;
import org.maftia.wormhole.certificate.QuoteTag;
import org.maftia.wormhole.certificate.SigningKey;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.certificate.Ui;

/** The tools of others read what we build of a tag as the TPM's own attestation: {@code tpm2-tools}, which need no TPM for it. */
class OtherToolsTest {
    /** SubjectPublicKeyInfo of P-256 up to the point. */
    private static final byte[] P256_KEY =
            HexFormat.of().parseHex("3059301306072a8648ce3d020106082a8648ce3d030107034200" + "04");

    @TempDir
    Path directory;

    private String run(boolean succeeds, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor() == 0)
                .as(String.join(" ", command) + ": " + output)
                .isEqualTo(succeeds);
        return output;
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(directory.resolve(name), bytes);
    }

    private static String pem(SigningKey key) {
        byte[] encoded = Arrays.copyOf(P256_KEY, P256_KEY.length + SigningKey.LENGTH);
        System.arraycopy(key.toBytes(), 0, encoded, P256_KEY.length, SigningKey.LENGTH);
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(encoded)
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** TPMT_SIGNATURE. */
    private static byte[] signature(byte[] tag) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(0x0018);
        out.writeShort(0x000b);
        out.writeShort(32);
        out.write(tag, tag.length - 64, 32);
        out.writeShort(32);
        out.write(tag, tag.length - 32, 32);
        return bytes.toByteArray();
    }

    @Test
    void aLinkIsAQuoteForOtherToolsToo() throws IOException, InterruptedException {
        assumeTrue(Swtpm.isInstalled(), "swtpm is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/tpm2_checkquote")), "tpm2-tools are not installed");
        try (Swtpm machine = Swtpm.start()) {
            Stream group = ChainFixture.GROUP;
            Ttcb ttcb = TpmChain.begin(machine.connect(), group, 0, 0, new ChainPeers(Map.of()), ChainJournal.NONE)
                    .open();
            Ui ui = ttcb.createUi(group.with(5), 0, Digest.ZERO);
            AttestationKey key = new AttestationKey(ttcb.identity().identityKey());
            QuoteTag tag = QuoteTag.of(ui.seal());
            byte[] attestation = tag.attestation(key, ui.statement());
            write("key", pem(key.key()).getBytes(StandardCharsets.US_ASCII));
            write("message", attestation);
            write("signature", signature(ui.seal().tag()));

            String[] check = {"tpm2_checkquote", "-u", "key", "-m", "message", "-s", "signature", "-g", "sha256"};
            run(true, check);
            String printed = run(true, "tpm2_print", "-t", "TPMS_ATTEST", "message");
            assertThat(printed)
                    .contains("type: 8018")
                    .contains("resetCount: " + tag.clock().resets())
                    .contains("restartCount: " + tag.clock().restarts())
                    .contains("sizeofSelect: 3")
                    .contains("pcrSelect: 008000");
            attestation[attestation.length - 1] ^= 1;
            write("message", attestation);
            run(false, check);
        }
    }
}
