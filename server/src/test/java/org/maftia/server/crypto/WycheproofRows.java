package org.maftia.server.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.maftia.core.protocol.Invariant;

/** Vectors of ECDSA on P-256: number, verdict, the two coordinates, message, signature; {@code -} stands for nothing. */
final class WycheproofRows {
    private WycheproofRows() {}

    static List<String[]> es256() throws IOException {
        try (InputStream in = Invariant.present(
                WycheproofRows.class.getResourceAsStream("/org/maftia/services/jose/wycheproof-es256.txt"),
                "the vectors are on the test class path")) {
            List<String[]> rows = new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .toList();
            assertThat(rows).hasSize(262);
            return rows;
        }
    }
}
