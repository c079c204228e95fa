package org.maftia.server.crypto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.maftia.server.crypto.NativeLibrary.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * Verifies signatures of ECDSA with SHA-256, and of Ed25519, by OpenSSL's libcrypto: the first takes a sixth of the time of Java's
 * arithmetic, and neither has to be compiled in each process. Only public data goes through it: a fault there may accept or refuse
 * wrongly, and learns nothing.
 */
final class OpenSslVerifier {
    private static final List<String> NAMES = List.of("libcrypto.so.3", "libcrypto.3.dylib");

    private static final Cleaner CLEANER = Cleaner.create();

    private final MethodHandle readKey;
    private final MethodHandle freeKey;
    private final MethodHandle newContext;
    private final MethodHandle freeContext;
    private final MethodHandle begin;
    private final MethodHandle verify;
    private final MemorySegment sha256;

    private OpenSslVerifier(NativeLibrary library) {
        readKey = library.function("d2i_PUBKEY", FunctionDescriptor.of(POINTER, POINTER, POINTER, JAVA_LONG));
        freeKey = library.function("EVP_PKEY_free", FunctionDescriptor.ofVoid(POINTER));
        newContext = library.function("EVP_MD_CTX_new", FunctionDescriptor.of(POINTER));
        freeContext = library.function("EVP_MD_CTX_free", FunctionDescriptor.ofVoid(POINTER));
        begin = library.function(
                "EVP_DigestVerifyInit", FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, POINTER, POINTER, POINTER));
        verify = library.function(
                "EVP_DigestVerify", FunctionDescriptor.of(JAVA_INT, POINTER, POINTER, JAVA_LONG, POINTER, JAVA_LONG));
        MethodHandle hash = library.function("EVP_sha256", FunctionDescriptor.of(POINTER));
        try {
            sha256 = (MemorySegment) hash.invokeExact();
        } catch (Throwable e) {
            throw NativeLibrary.failed("EVP_sha256", e);
        }
    }

    /** Where the host has the library. */
    static Optional<OpenSslVerifier> open() {
        try {
            return NativeLibrary.open(NAMES).map(OpenSslVerifier::new);
        } catch (NoSuchElementException e) {
            // A library of this name without these functions is another library: not available.
            return Optional.empty();
        }
    }

    /** A key in the library's memory, which goes when nobody holds it any more. */
    final class Key {
        private final MemorySegment pointer;
        private final MemorySegment hash;

        private Key(MemorySegment pointer, MemorySegment hash) {
            this.pointer = pointer;
            this.hash = hash;
            CLEANER.register(this, () -> free(pointer));
        }

        /**
         * Whether the key made the signature.
         *
         * @param signature of ECDSA as ASN.1 has it, of Ed25519 its 64 bytes; what cannot be read is no signature
         */
        boolean isSigned(byte[] message, byte[] signature) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment context = (MemorySegment) newContext.invokeExact();
                if (context.equals(MemorySegment.NULL)) {
                    throw new IllegalStateException("no memory for a signature");
                }
                try {
                    MemorySegment none = MemorySegment.NULL;
                    MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, message);
                    MemorySegment tag = arena.allocateFrom(JAVA_BYTE, signature);
                    int begun = (int) begin.invokeExact(context, none, hash, none, pointer);
                    return begun == 1
                            && (int) verify.invokeExact(
                                            context, tag, (long) signature.length, bytes, (long) message.length)
                                    == 1;
                } finally {
                    freeContext.invokeExact(context);
                    Reference.reachabilityFence(this);
                }
            } catch (Throwable e) {
                throw NativeLibrary.failed("EVP_DigestVerify", e);
            }
        }
    }

    private void free(MemorySegment key) {
        try {
            freeKey.invokeExact(key);
        } catch (Throwable e) {
            throw NativeLibrary.failed("EVP_PKEY_free", e);
        }
    }

    /**
     * A public key as X.509 writes it (SubjectPublicKeyInfo, RFC 5280).
     *
     * @param form what kind of key the bytes are of
     * @return empty for what the library does not take as one: it refuses points beside the curve
     */
    Optional<Key> key(byte[] encoded, KeyForm form) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, encoded);
            MemorySegment at = arena.allocateFrom(POINTER, bytes);
            MemorySegment key = (MemorySegment) readKey.invokeExact(MemorySegment.NULL, at, (long) encoded.length);
            MemorySegment hash = form == KeyForm.P_256 ? sha256 : MemorySegment.NULL; // Ed25519 has its own within
            return key.equals(MemorySegment.NULL) ? Optional.empty() : Optional.of(new Key(key, hash));
        } catch (Throwable e) {
            throw NativeLibrary.failed("d2i_PUBKEY", e);
        }
    }
}
