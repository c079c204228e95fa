package org.maftia.server.sensor;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.maftia.core.wire.Digest;

/** SHA-256 of records; for one thread. */
final class RecordHash {
    private final MessageDigest digest;

    RecordHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    Digest of(byte[] bytes, int offset, int length) {
        digest.update(bytes, offset, length);
        return Digest.of(digest.digest());
    }
}
