package org.maftia.server.crypto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.maftia.server.crypto.NativeLibrary.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.maftia.core.crypto.ModularPower;

/** {@code mpz_powm_sec} of GMP: resists side channels by touching the same memory whatever the exponent. */
final class GmpPower implements ModularPower {
    private static final List<String> NAMES = List.of("libgmp.so.10", "libgmp.10.dylib");

    /** {@code mpz_t}: limbs allocated, limbs used (with the sign), the limbs. */
    private static final StructLayout NUMBER = MemoryLayout.structLayout(JAVA_INT, JAVA_INT, POINTER);

    private static final long LIMBS_OFFSET = 8;
    private static final int LIMB_LENGTH = 8;

    /** Most significant byte first, as Java has it. */
    private static final int BIG_ENDIAN = 1;

    private final MethodHandle init;
    private final MethodHandle clear;
    private final MethodHandle fromBytes;
    private final MethodHandle toBytes;
    private final MethodHandle power;

    private GmpPower(NativeLibrary library) {
        init = library.function("__gmpz_init", FunctionDescriptor.ofVoid(POINTER));
        clear = library.function("__gmpz_clear", FunctionDescriptor.ofVoid(POINTER));
        fromBytes = library.function(
                "__gmpz_import",
                FunctionDescriptor.ofVoid(POINTER, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, POINTER));
        toBytes = library.function(
                "__gmpz_export",
                FunctionDescriptor.of(POINTER, POINTER, POINTER, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, POINTER));
        power = library.function("__gmpz_powm_sec", FunctionDescriptor.ofVoid(POINTER, POINTER, POINTER, POINTER));
    }

    /** The back end, where the host has the library. */
    static Optional<ModularPower> open() {
        try {
            return NativeLibrary.open(NAMES).map(GmpPower::new);
        } catch (NoSuchElementException e) {
            // A library of this name without these functions is another library: not available.
            return Optional.empty();
        }
    }

    @Override
    public String name() {
        return "gmp";
    }

    @Override
    public Power prepare(BigInteger exponent, BigInteger modulus) {
        if (exponent.signum() < 0 || modulus.signum() <= 0 || !modulus.testBit(0)) {
            throw new IllegalArgumentException("the exponent is at least 0 and the modulus odd");
        }
        return new Prepared(exponent, modulus);
    }

    /** Exponent and modulus in the library's memory; only read after construction. */
    private final class Prepared implements Power {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private final Arena memory = Arena.ofShared();
        private final MemorySegment exponent;
        private final MemorySegment modulus;
        private final int length;

        /** {@code mpz_powm_sec} wants an exponent above 0. */
        private final boolean trivial;

        private boolean closed;

        Prepared(BigInteger exponent, BigInteger modulus) {
            this.length = NativeLibrary.length(modulus);
            this.exponent = number(exponent, memory);
            this.modulus = number(modulus, memory);
            this.trivial = exponent.signum() == 0;
        }

        @Override
        public BigInteger of(BigInteger base) {
            // Readers may be many; whoever closes waits for them, as freed memory must not be read.
            lock.readLock().lock();
            try {
                if (closed) {
                    throw new IllegalStateException("the exponent was erased");
                }
                return trivial ? BigInteger.ONE : compute(base);
            } finally {
                lock.readLock().unlock();
            }
        }

        private BigInteger compute(BigInteger base) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment argument = number(base, arena);
                MemorySegment result = arena.allocate(NUMBER);
                init.invokeExact(result);
                power.invokeExact(result, argument, exponent, modulus);
                MemorySegment buffer = arena.allocate(length + (long) LIMB_LENGTH);
                MemorySegment count = arena.allocate(JAVA_LONG);
                MemorySegment end =
                        (MemorySegment) toBytes.invokeExact(buffer, count, BIG_ENDIAN, 1L, BIG_ENDIAN, 0L, result);
                if (end.address() != buffer.address()) {
                    throw new IllegalStateException("the result is elsewhere");
                }
                byte[] bytes = buffer.asSlice(0, count.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
                erase(result);
                erase(argument);
                return new BigInteger(1, bytes);
            } catch (Throwable e) {
                throw NativeLibrary.failed("mpz_powm_sec", e);
            }
        }

        @Override
        public void close() {
            lock.writeLock().lock();
            try {
                if (!closed) {
                    closed = true;
                    erase(exponent);
                    erase(modulus);
                    memory.close();
                }
            } catch (Throwable e) {
                throw NativeLibrary.failed("mpz_clear", e);
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    /** The number in the library's memory, its header in the arena; the caller erases it. */
    private MemorySegment number(BigInteger value, Arena header) {
        byte[] bytes = NativeLibrary.toBytes(value, NativeLibrary.length(value));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, bytes);
            MemorySegment number = header.allocate(NUMBER);
            init.invokeExact(number);
            fromBytes.invokeExact(number, (long) bytes.length, BIG_ENDIAN, 1L, BIG_ENDIAN, 0L, buffer);
            buffer.fill((byte) 0);
            Arrays.fill(bytes, (byte) 0);
            return number;
        } catch (Throwable e) {
            throw NativeLibrary.failed("mpz_import", e);
        }
    }

    /** Overwrites the limbs, which the library does not, and frees them. */
    private void erase(MemorySegment number) throws Throwable {
        long limbs = number.get(JAVA_INT, 0);
        number.get(POINTER, LIMBS_OFFSET).reinterpret(limbs * LIMB_LENGTH).fill((byte) 0);
        clear.invokeExact(number);
    }
}
