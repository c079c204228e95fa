package org.maftia.wormhole.tpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.wormhole.certificate.AttestationKey;
import org.maftia.wormhole.certificate.SigningKey;

/** Commands and responses byte by byte, as part 3 of the specification has them; {@link SwtpmTest} sends them. */
class TpmCodecTest {
    private static final String PASSWORD = "00000009 40000009 0000 00 0000";

    /** Answers from a list, and keeps what was sent. */
    private static final class Script implements TpmTransport {
        private final Deque<byte[]> replies = new ArrayDeque<>();
        private final Deque<String> sent = new ArrayDeque<>();

        private Script(String... replies) {
            for (String reply : replies) {
                this.replies.add(bytes(reply));
            }
        }

        @Override
        public int exchange(byte[] command, int length, byte[] response) throws IOException {
            sent.add(HexFormat.of().formatHex(command, 0, length));
            byte[] reply = replies.remove();
            System.arraycopy(reply, 0, response, 0, reply.length);
            return reply.length;
        }

        @Override
        public void close() {}
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    private static final String DONE = "8001 0000000a 00000000";
    private static final String DONE_WITH_SESSION = "8002 00000013 00000000 00000000 0000 01 0000";

    private static void assertSent(Script script, String... commands) {
        assertThat(script.sent)
                .containsExactlyElementsOf(Arrays.stream(commands)
                        .map(command -> command.replace(" ", ""))
                        .toList());
    }

    @Test
    void startAndStop() throws IOException {
        Script script = new Script(DONE, DONE);
        Tpm tpm = new Tpm(script);
        tpm.startup();
        tpm.shutdown();

        assertSent(script, "8001 0000000c 00000144 0000", "8001 0000000c 00000145 0000");
    }

    @Test
    void aRegisterIsExtendedReadAndQuoted() throws IOException {
        String digest = "11".repeat(32);
        String signature = "0018 000b 0020 " + "22".repeat(32) + " 001f " + "33".repeat(31);
        Script script = new Script(
                DONE_WITH_SESSION,
                "8001 0000003e 00000000 00000009 00000001 000b 03 008000 00000001 0020 " + "44".repeat(32),
                "8002 00000060 00000000 0000004d 0004 ff544347 " + signature + " 0000 01 0000");
        Tpm tpm = new Tpm(script);
        tpm.extend(15, bytes(digest));
        assertThat(tpm.register(15)).isEqualTo(bytes("44".repeat(32)));
        Tpm.Attested quote =
                tpm.quote(new Tpm.LoadedKey(0x80000000, new AttestationKey(TestKeys.key())), new byte[0], 1 << 15);

        assertThat(quote.attestation()).isEqualTo(bytes("ff544347"));
        assertThat(quote.signature()).isEqualTo(bytes("22".repeat(32) + "00" + "33".repeat(31)));
        assertSent(
                script,
                "8002 00000041 00000182 0000000f " + PASSWORD + " 00000001 000b " + digest,
                "8001 00000014 0000017e 00000001 000b 03 008000",
                "8002 00000029 00000158 80000000 " + PASSWORD + " 0000 0010 00000001 000b 03 008000");
    }

    @Test
    void aCounterIsDefinedRaisedReadAndCertified() throws IOException {
        String index = "01804d54";
        Script script = new Script(
                DONE_WITH_SESSION,
                DONE_WITH_SESSION,
                "8002 0000001d 00000000 0000000a 0008 0000000000000007 0000 01 0000",
                "8002 00000026 00000000 0000000e 0002 ff54 0018 000b 0001 05 0001 06 0000 01 0000 0000 01 0000");
        Tpm tpm = new Tpm(script);
        assertThat(tpm.define(NvCounter.STARTS)).isTrue();
        tpm.increment(NvCounter.STARTS);
        assertThat(tpm.read(NvCounter.STARTS)).isEqualTo(7);
        Tpm.Attested certified = tpm.certify(
                new Tpm.LoadedKey(0x80000001, new AttestationKey(TestKeys.key())), NvCounter.STARTS, bytes("abcd"));

        assertThat(certified.signature()[31]).isEqualTo((byte) 5);
        assertThat(certified.signature()[63]).isEqualTo((byte) 6);
        assertSent(
                script,
                "8002 0000002d 0000012a 40000001 " + PASSWORD + " 0000 000e " + index + " 000b 02060016 0000 0008",
                "8002 0000001f 00000134 " + index + index + PASSWORD,
                "8002 00000023 0000014e " + index + index + PASSWORD + " 0008 0000",
                "8002 00000038 00000184 80000001" + index + index
                        + " 00000012 40000009 0000 00 0000 40000009 0000 00 0000 0002 abcd 0018 000b 0008 0000");
    }

    @Test
    void theKeyIsMadeOfTheTemplate() throws IOException {
        Script script = new Script("8001 0000000a 00000101");

        assertThatThrownBy(() -> new Tpm(script).attestationKey())
                .isInstanceOf(TpmException.class)
                .hasMessage(
                        "the TPM refuses TPM2_CreatePrimary: it is in failure mode; only a reset of the machine helps"
                                + " (0x101)");
        assertSent(
                script,
                "8002 00000041 00000131 4000000b " + PASSWORD + " 0004 0000 0000"
                        + " 0018 0023 000b 00050472 0000 0010 0018 000b 0003 0010 0000 0000 0000 00000000");
    }

    @Test
    void whatTheTpmIsNotReadyForIsAskedAgain() throws IOException {
        Script script = new Script("8001 0000000a 00000922", "8001 0000000a 0000090a", DONE);
        new Tpm(script).shutdown();

        assertThat(script.sent).hasSize(3);
    }

    @Test
    void aLockoutIsNotAskedAgain() {
        Script script = new Script("8001 0000000a 00000921");

        assertThatThrownBy(() -> new Tpm(script).increment(NvCounter.STARTS))
                .isInstanceOf(TpmException.class)
                .hasMessageContaining("it is locked after unclean stops or wrong passwords");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8001 0000000a 00000000", // nothing at all
                "8001 0000000c 00000000 0001", // a length that is too long
                "8001 0000000c 00000000 ffff", // one that lies
                "8001 0000000c 00000000 0000" // none
            })
    void aResponseThatEndsEarlyIsAnError(String reply) {
        assertThatThrownBy(() -> new Tpm(new Script(reply)).random(new byte[8])).isInstanceOf(IOException.class);
    }

    @Test
    void moreThanWasAskedForIsAnError() {
        assertThatThrownBy(
                        () -> new Tpm(new Script("8001 0000002d 00000000 0021" + "00".repeat(33))).random(new byte[32]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("33 bytes where at most 32");
    }

    @Test
    void everyCodeHasASentence() {
        List<Integer> codes = List.of(
                0x100, 0x101, 0x120, 0x12f, 0x130, 0x143, 0x146, 0x149, 0x14a, 0x14b, 0x14c, 0x902, 0x903, 0x907, 0x908,
                0x909, 0x90a, 0x910, 0x918, 0x920, 0x921, 0x922, 0x923, 0x18b, 0x1c4, 0x2d5, 0x98e, 0x9a2);
        for (int code : codes) {
            assertThat(TpmErrors.sentence(code)).as(Integer.toHexString(code)).doesNotContain("no sentence");
        }
        assertThat(TpmErrors.sentence(0x98e)).startsWith("session 1: ");
        assertThat(TpmErrors.sentence(0x18b)).startsWith("handle 1: ");
        assertThat(TpmErrors.sentence(0x2d5)).startsWith("parameter 2: ");
        assertThat(TpmErrors.sentence(0x14f)).contains("no sentence");
    }

    private static final class TestKeys {
        /** The base point of the curve, as good as any. */
        static SigningKey key() {
            return SigningKey.of(bytes("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                    + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"));
        }
    }
}
