package org.maftia.wormhole.os;

import java.util.Optional;

/** What a thread needs to be woken in time: first-come-first-served priority, and memory that is never paged out. */
public final class RealTime {
    private static final int FIFO = 1;
    private static final int CURRENT_AND_FUTURE = 3;
    private static final int LOCKED_MEMORY = 8;

    private RealTime() {}

    /**
     * Gives the <em>calling</em> thread, which must be a platform thread, a real-time priority.
     *
     * @param priority 1 to 99
     * @return empty if it has it, else one sentence why not
     */
    public static Optional<String> promote(int priority) {
        return Linux.scheduler(FIFO, priority) == 0
                ? Optional.empty()
                : Optional.of("no real-time scheduling: it takes CAP_SYS_NICE or a limit 'rtprio'");
    }

    /** Locks all memory of the process, now and later; empty if it is locked, else one sentence why not. */
    public static Optional<String> lockMemory() {
        Linux.limit(LOCKED_MEMORY, -1L); // without the privilege the present limit stays, and the next call tells
        return Linux.lockMemory(CURRENT_AND_FUTURE) == 0
                ? Optional.empty()
                : Optional.of("memory can be paged out: locking it takes CAP_IPC_LOCK or a limit 'memlock'");
    }

    /** Becomes another user for good, and loses all capabilities; empty if so, else one sentence why not. */
    public static Optional<String> become(int user, int group) {
        return Linux.become(user, group) == 0
                ? Optional.empty()
                : Optional.of("cannot become user " + user + ": that takes CAP_SETUID");
    }

    /** The user as whom the process works. */
    public static int user() {
        return Linux.user();
    }
}
