package org.maftia.wormhole.certificate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian numbers in arrays, without allocation: certificates, frames and records are written with nothing else. */
public final class BigEndian {
    private static final VarHandle U16 = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private BigEndian() {}

    public static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xff;
    }

    public static int u16(byte[] bytes, int at) {
        return (short) U16.get(bytes, at) & 0xffff;
    }

    public static int u32(byte[] bytes, int at) {
        return (int) U32.get(bytes, at);
    }

    public static long u64(byte[] bytes, int at) {
        return (long) U64.get(bytes, at);
    }

    public static void u8(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
    }

    public static void u16(byte[] bytes, int at, int value) {
        U16.set(bytes, at, (short) value);
    }

    public static void u32(byte[] bytes, int at, int value) {
        U32.set(bytes, at, value);
    }

    public static void u64(byte[] bytes, int at, long value) {
        U64.set(bytes, at, value);
    }
}
