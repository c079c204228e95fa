package org.maftia.server.ceremony;

import java.util.HexFormat;
import org.maftia.core.crypto.Transcript;

/** SHA-256 in eight groups of eight digits: what people read to each other. */
final class Fingerprint {
    private static final int GROUP_LENGTH = 8;

    private Fingerprint() {}

    static String of(byte[] document) {
        String hex = HexFormat.of().formatHex(Transcript.sha256(document).toBytes());
        return hex.replaceAll("(.{" + GROUP_LENGTH + "})(?!$)", "$1 ");
    }
}
