package org.maftia.core.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Reads the canonical encoding of {@link Writer} from untrusted bytes. Every length is checked against its declared
 * maximum and against what is left, before anything of that length is allocated.
 */
public final class Reader {
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] bytes;
    private final int limit;
    private int position;

    /** Reads the array without copying it; the caller must not change it meanwhile. */
    public Reader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public Reader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.position = offset;
        this.limit = Math.addExact(offset, length);
        if (offset < 0 || length < 0 || limit > bytes.length) {
            throw new IllegalArgumentException("range outside the array");
        }
    }

    public int remaining() {
        return limit - position;
    }

    /** Refuses bytes that follow the value. */
    public void end() {
        if (position != limit) {
            throw new MalformedException(remaining() + " bytes too many");
        }
    }

    public int u8() {
        need(1);
        return bytes[position++] & 0xff;
    }

    public boolean bool() {
        int value = u8();
        if (value > 1) {
            throw new MalformedException("no boolean: " + value);
        }
        return value == 1;
    }

    public int u16() {
        need(2);
        int value = (short) U16.get(bytes, position) & 0xffff;
        position += 2;
        return value;
    }

    public long u32() {
        need(4);
        long value = (int) U32.get(bytes, position) & 0xffff_ffffL;
        position += 4;
        return value;
    }

    public long u64() {
        need(8);
        long value = (long) U64.get(bytes, position);
        position += 8;
        return value;
    }

    /** A 64-bit number that the protocol counts with: slots, epochs, positions. Refuses what is negative as a long. */
    public long count() {
        long value = u64();
        if (value < 0) {
            throw new MalformedException("number above 2^63");
        }
        return value;
    }

    /** The index of a replica in a group of {@code size}. */
    public int replica(int size) {
        int value = u8();
        if (value >= size) {
            throw new MalformedException("no replica has index " + value);
        }
        return value;
    }

    public Digest digest() {
        need(Digest.LENGTH);
        Digest digest = Digest.at(bytes, position);
        position += Digest.LENGTH;
        return digest;
    }

    public byte[] fixed(int length) {
        need(length);
        byte[] value = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return value;
    }

    public byte[] opaque8(int max) {
        return fixed(bounded(u8(), max));
    }

    public byte[] opaque16(int max) {
        return fixed(bounded(u16(), max));
    }

    public byte[] opaque32(int max) {
        return fixed(bounded(u32(), max));
    }

    /** Hands on all that is left, without a copy in between. */
    public Writer drainTo(Writer writer) {
        writer.fixed(bytes, position, remaining());
        position = limit;
        return writer;
    }

    /** Passes over what {@link #opaque32} would read, with the same checks and without a copy. */
    public void passOpaque32(int max) {
        int length = bounded(u32(), max);
        need(length);
        position += length;
    }

    /** UTF-8 of at most {@code max} bytes; refuses what is no UTF-8. */
    public String string(int max) {
        int length = bounded(u16(), max);
        need(length);
        int start = position;
        position += length;
        if (isAscii(start, position)) { // nearly all names are, and a decoder for each is expensive
            return new String(bytes, start, length, StandardCharsets.US_ASCII);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, start, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("no UTF-8");
        }
    }

    private boolean isAscii(int start, int end) {
        for (int i = start; i < end; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * A vector behind a count of four bytes.
     *
     * @param elementLengthMin the fewest bytes an element takes, at least 1: bounds the count before allocation
     */
    public <T> List<T> list(int max, int elementLengthMin, Function<Reader, T> element) {
        int count = bounded(u32(), max);
        if ((long) count * elementLengthMin > remaining()) {
            throw new MalformedException(count + " elements do not fit in " + remaining() + " bytes");
        }
        List<T> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            values.add(element.apply(this));
        }
        return Collections.unmodifiableList(values);
    }

    private static int bounded(long length, int max) {
        if (length > max) {
            throw new MalformedException("length " + length + " above the maximum " + max);
        }
        return (int) length;
    }

    private void need(int count) {
        if (limit - position < count) {
            throw new MalformedException("ends " + (count - remaining()) + " bytes early");
        }
    }
}
