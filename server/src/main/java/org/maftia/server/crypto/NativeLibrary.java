package org.maftia.server.crypto;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** A shared library of the host, opened for the life of the process. */
final class NativeLibrary {
    static final AddressLayout POINTER = ValueLayout.ADDRESS;

    private final SymbolLookup symbols;

    private NativeLibrary(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /** The first of these that the loader finds. */
    static Optional<NativeLibrary> open(List<String> names) {
        for (String name : names) {
            try {
                return Optional.of(new NativeLibrary(SymbolLookup.libraryLookup(name, Arena.global())));
            } catch (IllegalArgumentException e) {
                // Not on this host under this name; the next one may be, and none is an answer too.
                continue;
            }
        }
        return Optional.empty();
    }

    /**
     * A function of the library.
     *
     * @throws java.util.NoSuchElementException when the library is of another version and lacks it
     */
    MethodHandle function(String name, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(symbols.findOrThrow(name), type);
    }

    /** The bytes of a number without a sign, left-padded with zeros. */
    static byte[] toBytes(BigInteger value, int length) {
        byte[] bytes = value.toByteArray();
        byte[] padded = new byte[length];
        int copied = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - copied, padded, length - copied, copied);
        return padded;
    }

    static int length(BigInteger value) {
        return Math.max(1, (value.bitLength() + 7) / 8);
    }

    /** A call does not throw; what does is an error of this program or of the machine. */
    static RuntimeException failed(String function, Throwable cause) {
        return new IllegalStateException("the native call of " + function + " failed", cause);
    }
}
