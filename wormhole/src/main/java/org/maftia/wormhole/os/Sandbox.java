package org.maftia.wormhole.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Optional;

/**
 * Takes away from this process, for ever and on all its threads, every system call that is not on a list: seccomp with
 * a filter program (seccomp(2)). Whoever takes over the component's Java code can then neither open a connection nor
 * start a program nor look into another process.
 */
public final class Sandbox {
    /** What happens at a call that is not on the list. */
    public enum Mode {
        /** The process dies by SIGSYS. */
        KILL(0x8000_0000),
        /** The kernel notes it in its log and lets it pass: to find the list. */
        LEARN(0x7ffc_0000);

        private final int action;

        Mode(int action) {
            this.action = action;
        }
    }

    private static final int ALLOW = 0x7fff_0000;
    private static final int SET_MODE_FILTER = 1;
    private static final int ALL_THREADS = 1;
    private static final int NO_NEW_PRIVILEGES = 38;
    private static final int DUMPABLE = 4;

    // A load of 32 bits at a fixed offset, a jump if equal, a return: see <linux/bpf_common.h>.
    private static final short LOAD = 0x20;
    private static final short JUMP_IF_EQUAL = 0x15;
    private static final short RETURN = 0x06;
    private static final int ARCHITECTURE = 4;
    private static final int NUMBER = 0;

    private Sandbox() {}

    /** The numbers that differ between machines. */
    private enum Machine {
        X86_64(0xc000_003e, 317, SystemCalls.X86_64),
        AARCH64(0xc000_00b7, 277, SystemCalls.AARCH64);

        private final int architecture;
        private final long seccomp;
        private final int[] allowed;

        Machine(int architecture, long seccomp, int[] allowed) {
            this.architecture = architecture;
            this.seccomp = seccomp;
            this.allowed = allowed;
        }
    }

    private static Optional<Machine> machine() {
        return switch (System.getProperty("os.arch").toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> Optional.of(Machine.X86_64);
            case "aarch64" -> Optional.of(Machine.AARCH64);
            default -> Optional.empty();
        };
    }

    /** What the environment must have set to 1: the allocator of glibc opens files to manage more than one arena. */
    public static final String ARENAS = "MALLOC_ARENA_MAX";

    /** Closes it; empty if it is closed, else one sentence why it is not. */
    public static Optional<String> close(Mode mode) {
        Optional<Machine> machine = machine();
        if (machine.isEmpty()) {
            return Optional.of("no list of system calls for this processor");
        }
        if (!"1".equals(System.getenv(ARENAS))) {
            return Optional.of("no filter of system calls: the environment lacks " + ARENAS + "=1");
        }
        if (Linux.processControl(NO_NEW_PRIVILEGES, 1) != 0) {
            return Optional.of("the kernel does not let the process renounce privileges");
        }
        try (Arena arena = Arena.ofConfined()) {
            long result = Linux.seccomp(
                    machine.get().seccomp, SET_MODE_FILTER, ALL_THREADS, program(arena, machine.get(), mode));
            return result == 0 ? Optional.empty() : Optional.of("the kernel takes no filter of system calls");
        }
    }

    /** Keeps processes of the same user from reading this one's memory, and keys out of core dumps. */
    public static Optional<String> hideMemory() {
        return Linux.processControl(DUMPABLE, 0) == 0
                ? Optional.empty()
                : Optional.of("the kernel does not let the process hide its memory");
    }

    /**
     * Foreign architecture: forbidden. Then one comparison for each call on the list, each with the jump to the last
     * instruction; the field of a jump has 8 bits, so the list has at most 250 entries.
     */
    private static MemorySegment program(Arena arena, Machine machine, Mode mode) {
        int[] allowed = machine.allowed;
        if (allowed.length > 250) {
            throw new IllegalStateException("the list is longer than a jump reaches");
        }
        int length = allowed.length + 5;
        MemorySegment code = arena.allocate(8L * length, 8);
        int last = length - 1;
        instruction(code, 0, LOAD, 0, 0, ARCHITECTURE);
        instruction(code, 1, JUMP_IF_EQUAL, 0, last - 1 - 2, machine.architecture); // else to the refusal
        instruction(code, 2, LOAD, 0, 0, NUMBER);
        for (int i = 0; i < allowed.length; i++) {
            instruction(code, 3 + i, JUMP_IF_EQUAL, last - (3 + i) - 1, 0, allowed[i]);
        }
        instruction(code, last - 1, RETURN, 0, 0, mode.action);
        instruction(code, last, RETURN, 0, 0, ALLOW);
        MemorySegment program = arena.allocate(16, 8); // struct sock_fprog
        program.set(JAVA_SHORT, 0, (short) length);
        program.set(ADDRESS, 8, code);
        return program;
    }

    private static void instruction(
            MemorySegment code, int index, short operation, int ifTrue, int ifFalse, int value) {
        long at = 8L * index; // struct sock_filter
        code.set(JAVA_SHORT, at, operation);
        code.set(JAVA_BYTE, at + 2, (byte) ifTrue);
        code.set(JAVA_BYTE, at + 3, (byte) ifFalse);
        code.set(JAVA_INT, at + 4, value);
    }
}
