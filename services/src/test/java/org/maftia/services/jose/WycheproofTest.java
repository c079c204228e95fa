package org.maftia.services.jose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.maftia.core.protocol.Invariant;
import org.maftia.core.wire.MalformedException;

/** The vectors of Project Wycheproof for signatures of strangers, and for the messages that they sign. */
class WycheproofTest {
    /** Two say PS384 in the message and PS256 in the key, and two have the key say {@code key_ops}: we are stricter. */
    private static final List<String> STRICTER = List.of("346", "349", "350");

    private static List<List<String>> rows(String name) throws IOException {
        try (InputStream in = Invariant.present(
                WycheproofTest.class.getResourceAsStream(name), "the vectors are on the test class path")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> List.of(line.split(" ", -1)))
                    .toList();
        }
    }

    private static byte[] bytes(String hex) {
        return hex.equals("-") ? new byte[0] : HexFormat.of().parseHex(hex);
    }

    private static boolean isValid(List<String> row) {
        return row.get(1).equals("valid");
    }

    /** ECDSA on P-256 with signatures of two numbers of 32 bytes, as in ES256. */
    @Test
    void ellipticSignaturesVerifyIfTheyAreValid() throws IOException {
        List<List<String>> rows = rows("wycheproof-es256.txt");
        assertThat(rows).hasSize(262);
        for (List<String> row : rows) {
            JsonWebKey key = new JsonWebKey.Elliptic(bytes(row.get(2)), bytes(row.get(3)));
            assertThat(key.verifies(bytes(row.get(4)), bytes(row.get(5))))
                    .as("vector %s", row.get(0))
                    .isEqualTo(isValid(row));
        }
    }

    /** PSS with SHA-256 and a salt of 32 bytes, as in PS256: any salt, as it is the signer's. */
    @ParameterizedTest
    @ValueSource(strings = {"wycheproof-pss-2048.txt", "wycheproof-pss-3072.txt"})
    void saltedSignaturesVerifyIfTheyAreValid(String name) throws IOException {
        List<List<String>> rows = rows(name);
        assertThat(rows).hasSize(108);
        for (List<String> row : rows) {
            JsonWebKey key = new JsonWebKey.RsaPss(new BigInteger(row.get(2), 16));
            assertThat(key.verifies(bytes(row.get(3)), bytes(row.get(4))))
                    .as("vector %s", row.get(0))
                    .isEqualTo(isValid(row));
        }
    }

    /** Whole messages under RS256, PS256 and ES256, with the keys as they were written. */
    @Test
    void messagesAreTakenUnderTheirKeyIfTheyAreValid() throws IOException {
        List<List<String>> rows = rows("wycheproof-jws.txt");
        assertThat(rows).hasSize(326);
        for (List<String> row : rows) {
            String message = row.get(3).equals("-") ? "" : row.get(3);
            assertThat(isTaken(row.get(2), message))
                    .as("vector %s", row.get(0))
                    .isEqualTo(isValid(row) && !STRICTER.contains(row.get(0)));
        }
    }

    private static boolean isTaken(String key, String message) {
        try {
            JsonWebKey read = JsonWebKey.of(StrictJson.object(key.getBytes(StandardCharsets.UTF_8), "the key"));
            return SignedText.decode(message, "alg", "typ", "kid").isSignedBy(read);
        } catch (MalformedException e) {
            return false;
        }
    }
}
