package org.maftia.core.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** A SHA-256 value: 32 bytes as four words, immutable, ordered as unsigned bytes are. */
public record Digest(long a, long b, long c, long d) implements Comparable<Digest> {
    public static final int LENGTH = 32;

    public static final Digest ZERO = new Digest(0, 0, 0, 0);

    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** The digest whose 32 bytes these are. */
    public static Digest of(byte[] bytes) {
        if (bytes.length != LENGTH) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + bytes.length);
        }
        return at(bytes, 0);
    }

    static Digest at(byte[] bytes, int offset) {
        return new Digest(
                (long) U64.get(bytes, offset),
                (long) U64.get(bytes, offset + 8),
                (long) U64.get(bytes, offset + 16),
                (long) U64.get(bytes, offset + 24));
    }

    /** Writes its 32 bytes there. */
    public void copyTo(byte[] bytes, int offset) {
        U64.set(bytes, offset, a);
        U64.set(bytes, offset + 8, b);
        U64.set(bytes, offset + 16, c);
        U64.set(bytes, offset + 24, d);
    }

    public byte[] toBytes() {
        byte[] bytes = new byte[LENGTH];
        copyTo(bytes, 0);
        return bytes;
    }

    @Override
    public int compareTo(Digest other) {
        int order = Long.compareUnsigned(a, other.a);
        order = order != 0 ? order : Long.compareUnsigned(b, other.b);
        order = order != 0 ? order : Long.compareUnsigned(c, other.c);
        return order != 0 ? order : Long.compareUnsigned(d, other.d);
    }

    /** The bits are uniform already, so one word is a good hash. */
    @Override
    public int hashCode() {
        return Long.hashCode(a);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
