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
    /** A longer field goes into the hash as it is: gathering it first would copy it, twice if the room grows. */
    private static final int GATHERED_MAX = 128;

    /** Never used itself: a copy costs a tenth of a search through the providers. */
    private static final MessageDigest SHA_256 = search();

    private final MessageDigest hash = fresh();
    private final Writer gathered = new Writer(256);

    private Transcript(String purpose) {
        field(purpose);
    }

    /** Starts a hash for one purpose, such as {@code "request"}; a purpose has one list of fields. */
    public static Transcript of(String purpose) {
        return new Transcript("maftia/" + purpose);
    }

    public Transcript field(byte[] value) {
        gathered.u32(value.length);
        if (value.length > GATHERED_MAX) {
            gathered.drainTo(hash);
            hash.update(value);
        } else {
            gathered.fixed(value);
        }
        return this;
    }

    public Transcript field(String value) {
        return field(value.getBytes(StandardCharsets.UTF_8));
    }

    public Transcript field(long value) {
        gathered.u32(8).u64(value);
        return this;
    }

    public Transcript field(Digest value) {
        gathered.u32(Digest.LENGTH).digest(value);
        return this;
    }

    /** The hash of all fields; ends their list. */
    public Digest digest() {
        gathered.drainTo(hash);
        return Digest.of(hash.digest());
    }

    /**
     * A hash of so many digests for one purpose, which {@link #of} and {@link #field(Digest)} would give, too: where trees are built, the
     * objects of a transcript cost more than the hash.
     *
     * @param purpose as in {@link #of}
     * @param fields how many digests it takes
     */
    public static Form form(String purpose, int fields) {
        return new Form(purpose, fields);
    }

    /** See {@link #form}. Any thread may use it. */
    public static final class Form {
        private static final int FIELD_LENGTH = 4 + Digest.LENGTH;

        private final byte[] template;
        private final int begin;

        private Form(String purpose, int fields) {
            Writer writer = new Writer(256);
            writer.opaque32(("maftia/" + purpose).getBytes(StandardCharsets.UTF_8));
            this.begin = writer.length();
            for (int i = 0; i < fields; i++) {
                writer.u32(Digest.LENGTH).digest(Digest.ZERO);
            }
            this.template = writer.toBytes();
        }

        /** Of one digest. */
        public Digest digest(Digest only) {
            byte[] bytes = template.clone();
            only.copyTo(bytes, begin + 4);
            return Digest.of(fresh().digest(bytes));
        }

        /** Of two. */
        public Digest digest(Digest first, Digest second) {
            byte[] bytes = template.clone();
            first.copyTo(bytes, begin + 4);
            second.copyTo(bytes, begin + FIELD_LENGTH + 4);
            return Digest.of(fresh().digest(bytes));
        }
    }

    /** Plain SHA-256, for what an outside standard defines so. */
    public static Digest sha256(byte[] bytes) {
        return Digest.of(fresh().digest(bytes));
    }

    private static MessageDigest fresh() {
        try {
            return (MessageDigest) SHA_256.clone();
        } catch (CloneNotSupportedException e) {
            return search(); // a provider may have no copies
        }
    }

    private static MessageDigest search() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
