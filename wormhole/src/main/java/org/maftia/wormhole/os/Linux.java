package org.maftia.wormhole.os;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Functions of the C library, each as one method; a negative result is a failure, as in C. */
final class Linux {
    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle SOCKET = function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = function("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = function("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT4 = function("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            function("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle READ = function("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle SEND = function("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle PPOLL = function("ppoll", JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
    private static final MethodHandle CLOCK_GETTIME = function("clock_gettime", JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle CLOCK_NANOSLEEP =
            function("clock_nanosleep", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SCHEDULER = function("sched_setscheduler", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle MLOCKALL = function("mlockall", JAVA_INT, JAVA_INT);
    private static final MethodHandle SETRLIMIT = function("setrlimit", JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle SETRESUID = function("setresuid", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETRESGID = function("setresgid", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETGROUPS = function("setgroups", JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle GETEUID = function("geteuid", JAVA_INT);

    // Variadic in C: the convention of calls differs from the second argument on.
    private static final MethodHandle PRCTL =
            variadic("prctl", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SECCOMP =
            variadic("syscall", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);

    private Linux() {}

    private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle variadic(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.firstVariadicArg(1));
    }

    /** A native function throws nothing; whatever comes is a mistake in this class. */
    private static IllegalStateException mistake(Throwable cause) {
        return new IllegalStateException("a native call is described wrongly", cause);
    }

    static int socket(int family, int type) {
        try {
            return (int) SOCKET.invokeExact(family, type, 0);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int bind(int socket, MemorySegment address) {
        try {
            return (int) BIND.invokeExact(socket, address, (int) address.byteSize());
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int listen(int socket, int backlog) {
        try {
            return (int) LISTEN.invokeExact(socket, backlog);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int accept(int socket, int flags) {
        try {
            return (int) ACCEPT4.invokeExact(socket, MemorySegment.NULL, MemorySegment.NULL, flags);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int socketOption(int socket, int level, int name, MemorySegment value, MemorySegment length) {
        try {
            return (int) GETSOCKOPT.invokeExact(socket, level, name, value, length);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static long read(int file, MemorySegment buffer) {
        try {
            return (long) READ.invokeExact(file, buffer, buffer.byteSize());
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static long send(int socket, MemorySegment buffer, int flags) {
        try {
            return (long) SEND.invokeExact(socket, buffer, buffer.byteSize(), flags);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int close(int file) {
        try {
            return (int) CLOSE.invokeExact(file);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int poll(MemorySegment files, int count, MemorySegment timeout) {
        try {
            return (int) PPOLL.invokeExact(files, (long) count, timeout, MemorySegment.NULL);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int clock(int clock, MemorySegment time) {
        try {
            return (int) CLOCK_GETTIME.invokeExact(clock, time);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    /** Sleeps until an instant of the monotonic clock. */
    static int sleepUntil(MemorySegment time) {
        try {
            return (int) CLOCK_NANOSLEEP.invokeExact(1, 1, time, MemorySegment.NULL);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int scheduler(int policy, int priority) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SCHEDULER.invokeExact(0, policy, arena.allocateFrom(JAVA_INT, priority));
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int lockMemory(int flags) {
        try {
            return (int) MLOCKALL.invokeExact(flags);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int limit(int resource, long value) {
        try (Arena arena = Arena.ofConfined()) {
            return (int) SETRLIMIT.invokeExact(resource, arena.allocateFrom(JAVA_LONG, value, value));
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    /** Becomes another user, with one group and no others; 0 only if all of it worked. */
    static int become(int user, int group) {
        try {
            int result = (int) SETGROUPS.invokeExact(0L, MemorySegment.NULL);
            result |= (int) SETRESGID.invokeExact(group, group, group);
            return result | (int) SETRESUID.invokeExact(user, user, user);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int user() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static int processControl(int option, long value) {
        try {
            return (int) PRCTL.invokeExact(option, value, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }

    static long seccomp(long number, long operation, long flags, MemorySegment program) {
        try {
            return (long) SECCOMP.invokeExact(number, operation, flags, program);
        } catch (Throwable e) {
            throw mistake(e);
        }
    }
}
