package org.maftia.core.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Writes the canonical encoding: fixed-width big-endian numbers and length-prefixed vectors, in the style of the TLS
 * presentation language (RFC 8446, section 3). A value out of its declared range is the caller's error.
 */
public final class Writer {
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final byte[] NOTHING = new byte[0];

    private byte[] buffer;
    private int length;

    public Writer() {
        this(128);
    }

    public Writer(int expectedLength) {
        buffer = new byte[Math.max(16, expectedLength)];
    }

    public int length() {
        return length;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(buffer, length);
    }

    /** The bytes, without a copy where they fill the expected room exactly. Ends the writer. */
    public byte[] finish() {
        byte[] bytes = length == buffer.length ? buffer : toBytes();
        buffer = NOTHING;
        length = 0;
        return bytes;
    }

    /** Forgets what was written and keeps the room for it: what is written again and again need not grow each time. */
    public Writer restart() {
        length = 0;
        return this;
    }

    /** Feeds what was written to a hash, without a copy, and forgets it. */
    public void drainTo(MessageDigest hash) {
        hash.update(buffer, 0, length);
        length = 0;
    }

    public Writer u8(int value) {
        range(value, 0xff);
        reserve(1);
        buffer[length++] = (byte) value;
        return this;
    }

    public Writer bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    public Writer u16(int value) {
        range(value, 0xffff);
        reserve(2);
        U16.set(buffer, length, (short) value);
        length += 2;
        return this;
    }

    /** An unsigned number below 2^32. */
    public Writer u32(long value) {
        range(value, 0xffff_ffffL);
        reserve(4);
        U32.set(buffer, length, (int) value);
        length += 4;
        return this;
    }

    /** Any 64 bits. */
    public Writer u64(long value) {
        reserve(8);
        U64.set(buffer, length, value);
        length += 8;
        return this;
    }

    public Writer digest(Digest digest) {
        reserve(Digest.LENGTH);
        digest.copyTo(buffer, length);
        length += Digest.LENGTH;
        return this;
    }

    /** Bytes whose number the reader knows; no length is written. */
    public Writer fixed(byte[] bytes) {
        return fixed(bytes, 0, bytes.length);
    }

    /** Some of the bytes, from an offset on. */
    Writer fixed(byte[] bytes, int offset, int count) {
        reserve(count);
        System.arraycopy(bytes, offset, buffer, length, count);
        length += count;
        return this;
    }

    /** At most 255 bytes behind a length of one byte. */
    public Writer opaque8(byte[] bytes) {
        return u8(bytes.length).fixed(bytes);
    }

    /** At most 65,535 bytes behind a length of two bytes. */
    public Writer opaque16(byte[] bytes) {
        return u16(bytes.length).fixed(bytes);
    }

    /** Bytes behind a length of four bytes; the reader declares the maximum. */
    public Writer opaque32(byte[] bytes) {
        return u32(bytes.length).fixed(bytes);
    }

    /** What somebody writes here, behind its length in four bytes: as {@link #opaque32}, without a copy of it. */
    public Writer nested32(Consumer<Writer> content) {
        int start = length;
        u32(0);
        content.accept(this);
        U32.set(buffer, start, length - start - Integer.BYTES);
        return this;
    }

    /** UTF-8 behind a length of two bytes. */
    public Writer string(String value) {
        return opaque16(value.getBytes(StandardCharsets.UTF_8));
    }

    /** A vector behind a count of four bytes. */
    public <T> Writer list(List<T> values, BiConsumer<Writer, T> element) {
        u32(values.size());
        for (T value : values) {
            element.accept(this, value);
        }
        return this;
    }

    private static void range(long value, long max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException("value " + value + " is outside 0.." + max);
        }
    }

    private void reserve(int more) {
        if (buffer.length - length < more) {
            long wanted = Math.max((long) buffer.length * 2, (long) length + more);
            buffer = Arrays.copyOf(buffer, Math.toIntExact(Math.min(wanted, Integer.MAX_VALUE - 8)));
        }
    }
}
