package org.maftia.server.crypto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.maftia.server.crypto.NativeLibrary.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.maftia.core.crypto.ModularPower;

/**
 * {@code BN_mod_exp_mont_consttime} of OpenSSL's libcrypto: Montgomery multiplication in vector instructions, table
 * lookups that touch all entries. The time depends on the lengths of its operands only.
 */
final class OpenSslPower implements ModularPower {
    private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.3.dylib");

    private final MethodHandle newNumber;
    private final MethodHandle freeNumber;
    private final MethodHandle fromBytes;
    private final MethodHandle toBytes;
    private final MethodHandle newContext;
    private final MethodHandle freeContext;
    private final MethodHandle newMontgomery;
    private final MethodHandle setMontgomery;
    private final MethodHandle freeMontgomery;
    private final MethodHandle power;

    private OpenSslPower(NativeLibrary library) {
        newNumber = library.function("BN_new", FunctionDescriptor.of(POINTER));
        freeNumber = library.function("BN_clear_free", FunctionDescriptor.ofVoid(POINTER));
        fromBytes = library.function("BN_bin2bn", FunctionDescriptor.of(POINTER, POINTER, JAVA_INT, POINTER));
        toBytes = library.function("BN_bn2binpad", FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, JAVA_INT));
        newContext = library.function("BN_CTX_new", FunctionDescriptor.of(POINTER));
        freeContext = library.function("BN_CTX_free", FunctionDescriptor.ofVoid(POINTER));
        newMontgomery = library.function("BN_MONT_CTX_new", FunctionDescriptor.of(POINTER));
        setMontgomery = library.function("BN_MONT_CTX_set", FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, POINTER));
        freeMontgomery = library.function("BN_MONT_CTX_free", FunctionDescriptor.ofVoid(POINTER));
        power = library.function(
                "BN_mod_exp_mont_consttime",
                FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, POINTER, POINTER, POINTER, POINTER));
    }

    /** The back end, where the host has the library. */
    static Optional<ModularPower> open() {
        try {
            return NativeLibrary.open(NAMES).map(OpenSslPower::new);
        } catch (NoSuchElementException e) {
            // A library of this name without these functions is another library: not available.
            return Optional.empty();
        }
    }

    @Override
    public String name() {
        return "openssl";
    }

    @Override
    public Power prepare(BigInteger exponent, BigInteger modulus) {
        if (exponent.signum() < 0 || modulus.signum() <= 0 || !modulus.testBit(0)) {
            throw new IllegalArgumentException("the exponent is at least 0 and the modulus odd");
        }
        return new Prepared(exponent, modulus);
    }

    /** Exponent, modulus and Montgomery's constants in the library's memory; only read after construction. */
    private final class Prepared implements Power {
        private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        private final MemorySegment exponent;
        private final MemorySegment modulus;
        private final MemorySegment montgomery;
        private final int length;
        private boolean closed;

        Prepared(BigInteger exponent, BigInteger modulus) {
            this.length = NativeLibrary.length(modulus);
            this.exponent = number(exponent);
            this.modulus = number(modulus);
            try {
                montgomery = allocated((MemorySegment) newMontgomery.invokeExact());
                MemorySegment context = allocated((MemorySegment) newContext.invokeExact());
                succeed((int) setMontgomery.invokeExact(montgomery, this.modulus, context));
                freeContext.invokeExact(context);
            } catch (Throwable e) {
                throw NativeLibrary.failed("BN_MONT_CTX_set", e);
            }
        }

        @Override
        public BigInteger of(BigInteger base) {
            // Readers may be many; whoever closes waits for them, as freed memory must not be read.
            lock.readLock().lock();
            try {
                if (closed) {
                    throw new IllegalStateException("the exponent was erased");
                }
                return compute(base);
            } finally {
                lock.readLock().unlock();
            }
        }

        private BigInteger compute(BigInteger base) {
            MemorySegment argument = number(base);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment result = allocated((MemorySegment) newNumber.invokeExact());
                MemorySegment context = allocated((MemorySegment) newContext.invokeExact());
                succeed((int) power.invokeExact(result, argument, exponent, modulus, context, montgomery));
                MemorySegment buffer = arena.allocate(length);
                if ((int) toBytes.invokeExact(result, buffer, length) != length) {
                    throw new IllegalStateException("the result is longer than the modulus");
                }
                freeContext.invokeExact(context);
                freeNumber.invokeExact(result);
                freeNumber.invokeExact(argument);
                return new BigInteger(1, buffer.toArray(JAVA_BYTE));
            } catch (Throwable e) {
                throw NativeLibrary.failed("BN_mod_exp_mont_consttime", e);
            }
        }

        @Override
        public void close() {
            lock.writeLock().lock();
            try {
                if (!closed) {
                    closed = true;
                    freeNumber.invokeExact(exponent);
                    freeNumber.invokeExact(modulus);
                    freeMontgomery.invokeExact(montgomery);
                }
            } catch (Throwable e) {
                throw NativeLibrary.failed("BN_clear_free", e);
            } finally {
                lock.writeLock().unlock();
            }
        }
    }

    /** The number in the library's memory; the caller frees it. */
    private MemorySegment number(BigInteger value) {
        int length = NativeLibrary.length(value);
        byte[] bytes = NativeLibrary.toBytes(value, length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocateFrom(JAVA_BYTE, bytes);
            MemorySegment number = allocated((MemorySegment) fromBytes.invokeExact(buffer, length, MemorySegment.NULL));
            buffer.fill((byte) 0);
            Arrays.fill(bytes, (byte) 0);
            return number;
        } catch (Throwable e) {
            throw NativeLibrary.failed("BN_bin2bn", e);
        }
    }

    private static MemorySegment allocated(MemorySegment pointer) {
        if (pointer.equals(MemorySegment.NULL)) {
            throw new IllegalStateException("no memory for a number");
        }
        return pointer;
    }

    private static void succeed(int result) {
        if (result != 1) {
            throw new IllegalStateException("the library refused the operands");
        }
    }
}
