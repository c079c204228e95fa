package org.maftia.core.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.Writer;

/**
 * Builds every hash in Maftia: a purpose, then fields, each behind its length, so that no two different sequences of
 * fields give the same input. SHA-256.
 */
public final class Transcript {
    private final Writer writer = new Writer(256);

    private Transcript(String purpose) {
        field(purpose);
    }

    /** Starts a hash for one purpose, such as {@code "request"}; a purpose has one list of fields. */
    public static Transcript of(String purpose) {
        return new Transcript("maftia/" + purpose);
    }

    public Transcript field(byte[] value) {
        writer.opaque32(value);
        return this;
    }

    public Transcript field(String value) {
        return field(value.getBytes(StandardCharsets.UTF_8));
    }

    public Transcript field(long value) {
        writer.u32(8).u64(value);
        return this;
    }

    public Transcript field(Digest value) {
        writer.u32(Digest.LENGTH).digest(value);
        return this;
    }

    public Digest digest() {
        return sha256(writer.toBytes());
    }

    /** Plain SHA-256, for what an outside standard defines so. */
    public static Digest sha256(byte[] bytes) {
        try {
            return Digest.of(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
