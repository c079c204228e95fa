package org.maftia.wormhole.os;

/**
 * What the component may still ask of the kernel once it serves. Found by running the conformance kit with the filter
 * in {@link Sandbox.Mode#LEARN}; each line says who needs it. Never: socket, connect, execve, ptrace, openat, clone.
 */
final class SystemCalls {
    static final int[] X86_64 = {
        271,
        288,
        55,
        0,
        44,
        3, // the loop: ppoll, accept4, getsockopt, read, sendto, close
        228,
        230,
        35, // clocks and sleep, where the kernel must be entered: clock_gettime, clock_nanosleep, nanosleep
        202,
        24, // locks of the virtual machine: futex, sched_yield
        9,
        11,
        10,
        25,
        28,
        12, // its memory: mmap, munmap, mprotect, mremap, madvise, brk
        13,
        14,
        15,
        131,
        219, // its signals: rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack, restart_syscall
        39,
        186,
        204,
        98, // who and where it is: getpid, gettid, sched_getaffinity, getrusage
        17,
        8,
        5, // classes from archives that are open already: pread64, lseek, fstat
        318, // randomness: getrandom
        18,
        75,
        1, // the record of counters, and the last words on standard error: pwrite64, fdatasync, write
        60,
        231 // the end: exit, exit_group
    };

    static final int[] AARCH64 = {
        73,
        242,
        209,
        63,
        206,
        57, // ppoll, accept4, getsockopt, read, sendto, close
        113,
        115,
        101, // clock_gettime, clock_nanosleep, nanosleep
        98,
        124, // futex, sched_yield
        222,
        215,
        226,
        216,
        233,
        214, // mmap, munmap, mprotect, mremap, madvise, brk
        134,
        135,
        139,
        132,
        128, // rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack, restart_syscall
        172,
        178,
        123,
        165, // getpid, gettid, sched_getaffinity, getrusage
        67,
        62,
        80, // pread64, lseek, fstat
        278, // getrandom
        68,
        83,
        64, // pwrite64, fdatasync, write
        93,
        94 // exit, exit_group
    };

    private SystemCalls() {}
}
