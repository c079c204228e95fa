package org.maftia.core.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.maftia.core.protocol.Invariant;

/** Reads the vectors of Project Wycheproof as they lie here: a line each, fields between blanks, the source above. */
final class WycheproofVectors {
    private WycheproofVectors() {}

    /** The first field is the vector's number there, the second its result. */
    static List<List<String>> rows(String name) {
        try (InputStream in = Invariant.present(
                WycheproofVectors.class.getResourceAsStream(name), "the vectors are on the test class path")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> List.of(line.split(" ", -1)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] bytes(String hex) {
        return hex.equals("-") ? new byte[0] : HexFormat.of().parseHex(hex);
    }
}
