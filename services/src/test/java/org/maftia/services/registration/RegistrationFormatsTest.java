package org.maftia.services.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.maftia.services.registration.TestRegistry.text;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.maftia.core.crypto.Transcript;
import org.maftia.core.testing.Attack;
import org.maftia.core.wire.Codec;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;
import org.maftia.services.exchange.message.ExchangeToken;
import org.maftia.services.jose.CompactJws;
import org.maftia.services.registration.Registration.Fault;
import org.maftia.services.registration.Registration.Standing;

/** Golden encodings: replicas of two versions that differed in one of them would part. */
class RegistrationFormatsTest {
    private static final Digest CONTENT = Transcript.sha256(text("abc"));
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final Description DESCRIPTION = new Description("Caf\u00e9", "a/b", CONTENT, OptionalInt.of(3));
    private static final String DESCRIBED = "0005436166c3a90003612f62" + ABC + "0100000003";
    private static final String PLACED = "00".repeat(32) + "0000000000000002" + "0000000000000003" + "00000000000f4240";

    private static Registration placed(Standing standing) {
        return new Registration(Digest.ZERO, 2, 3, 1_000_000, standing);
    }

    private static <T extends Object> void assertGolden(Codec<T> codec, T value, String hex) {
        assertThat(HexFormat.of().formatHex(codec.encode(value))).isEqualTo(hex);
        assertThat(codec.encode(codec.decode(HexFormat.of().parseHex(hex)))).isEqualTo(codec.encode(value));
    }

    @Test
    void documents() {
        assertGolden(
                Document.CODEC,
                Document.of("Caf\u00e9", "a/b", text("abc")),
                "01" + "0005436166c3a90003612f62" + ABC + "0100000003616263");
        assertGolden(Document.CODEC, Document.ofDigest("", "", CONTENT), "01" + "00000000" + ABC + "00");
        assertGolden(
                SealedDocument.CODEC,
                new SealedDocument(new byte[SealedDocument.REFERENCE_LENGTH], new byte[] {7, 8}),
                "00".repeat(16) + "0708");
    }

    @Test
    void registrations() {
        Standing.Registered registered = new Standing.Registered(DESCRIPTION, 2, 1, 9);
        String standing = "02" + DESCRIBED + "0000000000000002" + "0000000000000001" + "0000000000000009";
        assertGolden(Registration.CODEC, placed(new Standing.Ordered()), PLACED + "01");
        assertGolden(Registration.CODEC, placed(registered), PLACED + standing);
        assertGolden(Registration.CODEC, placed(new Standing.Rejected(Fault.OTHER_CONTENT)), PLACED + "03" + "02");
        assertGolden(Waiting.CODEC, new Waiting(64, 500, null), "0040" + "000001f4" + "00");
        assertGolden(
                Waiting.CODEC,
                new Waiting(64, 500, new Waiting.Finding.Found(DESCRIPTION)),
                "0040" + "000001f4" + "01" + DESCRIBED);
        assertGolden(
                Waiting.CODEC,
                new Waiting(64, 500, new Waiting.Finding.Faulty(Fault.NO_DOCUMENT)),
                "0040" + "000001f4" + "02" + "01");
    }

    @Test
    void commandsAnswersAndQuestions() {
        assertGolden(RegistrationCommand.CODEC, new RegistrationCommand.Register(new byte[] {5}), "01" + "0000000105");
        assertGolden(RegistrationCommand.CODEC, new RegistrationCommand.Certify(CONTENT), "02" + ABC);
        assertGolden(
                RegistrationAnswer.CODEC,
                new RegistrationAnswer.Known(placed(new Standing.Ordered())),
                "01" + PLACED + "01");
        assertGolden(
                RegistrationAnswer.CODEC,
                new RegistrationAnswer.Certified(placed(new Standing.Ordered()), "a.b"),
                "02" + PLACED + "01" + "0003612e62");
        assertGolden(RegistrationAnswer.CODEC, new RegistrationAnswer.Unknown(), "03");
        assertGolden(RegistrationAnswer.CODEC, new RegistrationAnswer.Malformed(), "04");
        assertGolden(RegistrationAnswer.CODEC, new RegistrationAnswer.Busy(), "05");
        assertGolden(RegistrationQuestion.CODEC, new RegistrationQuestion.ById(CONTENT), "01" + ABC);
        assertGolden(RegistrationQuestion.CODEC, new RegistrationQuestion.ByContent(CONTENT), "02" + ABC);
    }

    private static Receipt receipt() {
        return new Receipt(Digest.ZERO, 2, 3, 1, DESCRIPTION, 2, 1);
    }

    @Test
    void receiptsSayWhatStandsInThePublicRecord() {
        assertThat(new String(receipt().payload(), StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":\"" + "00".repeat(32)
                        + "\",\"sequence\":2,\"index\":3,\"time\":1,\"title\":\"Caf\u00e9\",\"contentType\":\"a/b\",\"sha256\":\""
                        + ABC + "\",\"contentLength\":3,\"firstSequence\":2,\"since\":1}");
        CompactJws message = TestRegistry.message(receipt().signingInput(TestRegistry.KEY.thumbprint()));
        assertThat(Receipt.verify(message, TestRegistry.KEY)).isEqualTo(receipt());
    }

    /** Both are signed under one key; what says nothing about its kind would be either. */
    @Attack("registration: a statement of another service passes for a receipt, or the other way round")
    @Test
    void aReceiptIsNoTokenAndATokenIsNoReceipt() {
        ExchangeToken token = new ExchangeToken(Digest.ZERO, ExchangeToken.Outcome.ABORTED, Optional.empty(), 1, 2);
        CompactJws signedToken = TestRegistry.message(token.signingInput(TestRegistry.KEY.thumbprint()));
        CompactJws signedReceipt = TestRegistry.message(receipt().signingInput(TestRegistry.KEY.thumbprint()));
        assertThat(ExchangeToken.verify(signedToken, TestRegistry.KEY)).isEqualTo(token);
        assertThatThrownBy(() -> Receipt.verify(signedToken, TestRegistry.KEY))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("no receipt");
        assertThatThrownBy(() -> ExchangeToken.verify(signedReceipt, TestRegistry.KEY))
                .isInstanceOf(MalformedException.class);
    }

    @Attack("registration: a receipt is altered")
    @Test
    void anAlteredReceiptIsRefused() {
        String text = TestRegistry.message(receipt().signingInput(TestRegistry.KEY.thumbprint()))
                .toString();
        for (int i = 0; i < text.length(); i += 5) {
            char other = text.charAt(i) == 'A' ? 'B' : 'A';
            String altered = text.substring(0, i) + other + text.substring(i + 1);
            assertThatThrownBy(() -> Receipt.verify(CompactJws.decode(altered), TestRegistry.KEY))
                    .as("character " + i)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void textsAreLines() {
        for (String bad : new String[] {"a\nb", "\u001b[2J", "\u202e", "\u2028", "x".repeat(257)}) {
            assertThatThrownBy(() -> Document.ofDigest(bad, "", Digest.ZERO)).isInstanceOf(MalformedException.class);
        }
        assertThat(Document.ofDigest("\u00dcber \ud83d\ude80", "", Digest.ZERO).title())
                .hasSize(7);
    }
}
