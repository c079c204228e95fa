package org.maftia.server.ceremony;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which tokens a PKCS #11 library has: slots change their numbers when a token is plugged in or made, labels and serial
 * numbers stay. The provider of the JDK takes places in the library's list only, so this asks the library itself.
 *
 * <p>Source: OASIS PKCS #11 3.1, sections 3.2 (CK_TOKEN_INFO), 3.6 (CK_FUNCTION_LIST) and 5.4 to 5.5.
 */
final class TokenSlots {
    private static final long OK = 0;

    /** Another part of this process uses the library already, and goes on to. */
    private static final long ALREADY_INITIALIZED = 0x191;

    /** CKF_TOKEN_INITIALIZED. */
    private static final long INITIALIZED = 0x400;

    private static final boolean WINDOWS =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

    /** On Windows a CK_ULONG has four bytes, and structures are packed. */
    private static final int ULONG_LENGTH = WINDOWS ? 4 : 8;

    private static final long FUNCTIONS_FROM = WINDOWS ? 2 : ValueLayout.ADDRESS.byteSize();

    /** Places of functions in the list that the library gives. */
    private static final int INITIALIZE = 0;

    private static final int FINALIZE = 1;
    private static final int SLOT_LIST = 4;
    private static final int TOKEN_INFO = 6;
    private static final int FUNCTIONS = 7;

    /** CK_TOKEN_INFO: offsets and lengths, in bytes, and more than it has on any platform. */
    private static final int LABEL_LENGTH = 32;

    private static final long SERIAL_FROM = 80;
    private static final int SERIAL_LENGTH = 16;
    private static final long FLAGS_FROM = 96;
    private static final long INFO_LENGTH = 512;

    /** No host has so many. */
    private static final int SLOTS_MAX = 65_536;

    private static final ValueLayout CK_ULONG = WINDOWS ? ValueLayout.JAVA_INT : ValueLayout.JAVA_LONG;
    private static final AddressLayout ANY =
            ValueLayout.ADDRESS.withTargetLayout(java.lang.foreign.MemoryLayout.sequenceLayout(
                    FUNCTIONS_FROM + FUNCTIONS * ValueLayout.ADDRESS.byteSize(), ValueLayout.JAVA_BYTE));

    /**
     * A token that is there.
     *
     * @param index of its slot in the library's list
     */
    record Found(int index, String label, String serial) {
        @Override
        public String toString() {
            return "'" + label + "' (serial " + serial + ")";
        }
    }

    private TokenSlots() {}

    /**
     * Where the token is.
     *
     * @param name its label or serial number; empty: the only one that the library has
     * @return the place of its slot in the library's list
     */
    static int find(Path library, String name) {
        List<Found> all = list(library);
        List<Found> meant = all.stream()
                .filter(token -> name.isEmpty() || token.label.equals(name) || token.serial.equals(name))
                .toList();
        if (meant.size() == 1) {
            return meant.getFirst().index;
        }
        String known = all.isEmpty()
                ? "it has no token that is initialised"
                : "it has " + all.stream().map(Found::toString).collect(Collectors.joining(", "));
        throw new CeremonyException(
                meant.isEmpty()
                        ? library + " gives no token" + (name.isEmpty() ? "" : " '" + name + "'")
                        : library + " gives several tokens" + (name.isEmpty() ? "" : " '" + name + "'"),
                known + "; --token names one by its label or its serial number");
    }

    /** All that are initialised. */
    private static List<Found> list(Path library) {
        try (Arena arena = Arena.ofConfined()) {
            // Never unloaded: the provider of the JDK is about to load it too, and some libraries do not bear that.
            MemorySegment getList = SymbolLookup.libraryLookup(library, Arena.global())
                    .find("C_GetFunctionList")
                    .orElseThrow(() -> new CeremonyException(
                            library + " is no PKCS #11 library", "name the library that came with the token"));
            MemorySegment place = arena.allocate(ValueLayout.ADDRESS);
            check(library, (long) function(getList, ValueLayout.ADDRESS).invokeWithArguments(place));
            MemorySegment functions = place.get(ANY, 0);
            long begun =
                    (long) function(functions, INITIALIZE, ValueLayout.ADDRESS).invokeWithArguments(MemorySegment.NULL);
            if (begun != ALREADY_INITIALIZED) {
                check(library, begun);
            }
            try {
                return list(library, functions, arena);
            } finally {
                if (begun == OK) {
                    // The provider begins anew, with locks of its own.
                    check(library, (long)
                            function(functions, FINALIZE, ValueLayout.ADDRESS).invokeWithArguments(MemorySegment.NULL));
                }
            }
        } catch (CeremonyException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new CeremonyException(
                    library + " does not answer as PKCS #11: " + e.getMessage(),
                    "is it a PKCS #11 library of this processor?",
                    e);
        }
    }

    private static List<Found> list(Path library, MemorySegment functions, Arena arena) throws Throwable {
        MethodHandle slotList =
                function(functions, SLOT_LIST, ValueLayout.JAVA_BYTE, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
        MemorySegment count = arena.allocate(CK_ULONG);
        check(library, (long) slotList.invokeWithArguments((byte) 0, MemorySegment.NULL, count));
        long length = ulong(count, 0);
        if (length > SLOTS_MAX) {
            throw new CeremonyException(library + " lists " + length + " slots", "is it a PKCS #11 library?");
        }
        MemorySegment ids = arena.allocate(Math.max(1, length) * ULONG_LENGTH, ULONG_LENGTH);
        check(library, (long) slotList.invokeWithArguments((byte) 0, ids, count));
        MethodHandle tokenInfo = function(functions, TOKEN_INFO, CK_ULONG, ValueLayout.ADDRESS);
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < Math.min(length, ulong(count, 0)); i++) {
            MemorySegment info = arena.allocate(INFO_LENGTH, ULONG_LENGTH);
            long id = ulong(ids, (long) i * ULONG_LENGTH);
            Object slot = WINDOWS ? (Object) (int) id : (Object) id;
            long said = (long) tokenInfo.invokeWithArguments(slot, info);
            if (said == OK && (ulong(info, FLAGS_FROM) & INITIALIZED) != 0) {
                found.add(new Found(i, text(info, 0, LABEL_LENGTH), text(info, SERIAL_FROM, SERIAL_LENGTH)));
            } // otherwise the slot is empty, or its token fails: it is not the one that is looked for
        }
        return found;
    }

    private static MethodHandle function(
            MemorySegment functions, int index, java.lang.foreign.MemoryLayout... parameters) {
        MemorySegment address = functions.get(
                ValueLayout.ADDRESS.withByteAlignment(1), FUNCTIONS_FROM + index * ValueLayout.ADDRESS.byteSize());
        return function(address, parameters);
    }

    /** With its result as a long. */
    private static MethodHandle function(MemorySegment address, java.lang.foreign.MemoryLayout... parameters) {
        MethodHandle handle =
                Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(CK_ULONG, parameters));
        return handle.asType(handle.type().changeReturnType(long.class));
    }

    private static long ulong(MemorySegment segment, long offset) {
        return WINDOWS
                ? Integer.toUnsignedLong(segment.get(ValueLayout.JAVA_INT_UNALIGNED, offset))
                : segment.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    }

    /** Padded with blanks. */
    private static String text(MemorySegment segment, long offset, int length) {
        byte[] bytes = segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    private static void check(Path library, long result) {
        if (result != OK) {
            throw new CeremonyException(
                    library + " does not list its tokens: error 0x" + Long.toHexString(result),
                    "try it with the token's own tool");
        }
    }
}
