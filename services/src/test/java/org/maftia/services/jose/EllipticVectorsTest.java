package org.maftia.services.jose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.maftia.core.protocol.Invariant;

/** The vectors of Project Wycheproof for ECDSA on P-256 with signatures of two numbers of 32 bytes, as in ES256. */
class EllipticVectorsTest {
    private static List<List<String>> rows() throws IOException {
        try (InputStream in = Invariant.present(
                EllipticVectorsTest.class.getResourceAsStream("wycheproof-es256.txt"),
                "the vectors are on the test class path")) {
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

    @Test
    void whatIsValidVerifiesAndNothingElse() throws IOException {
        List<List<String>> rows = rows();
        assertThat(rows).hasSize(262);
        for (List<String> row : rows) {
            JsonWebKey key = new JsonWebKey.Elliptic(bytes(row.get(2)), bytes(row.get(3)));
            assertThat(key.verifies(bytes(row.get(4)), bytes(row.get(5))))
                    .as("vector %s", row.get(0))
                    .isEqualTo(row.get(1).equals("valid"));
        }
    }
}
