package org.maftia.bench.endurance;

import java.util.Locale;

/** What a nemesis does to replicas. */
enum FaultKind {
    /** kill -9 of a fault set, often the leader's; started again after a while. */
    KILL(Needs.NOTHING),
    /** kill -9 of all but the witness at the same moment. */
    KILL_MOST(Needs.NOTHING),
    /** kill -9 of all, at the end of a run. */
    KILL_ALL(Needs.NOTHING),
    /** SIGSTOP for a fault set, and SIGCONT after a while. */
    PAUSE(Needs.NOTHING),
    /** SIGSTOP for any replicas but one. */
    PAUSE_ANY(Needs.NOTHING),
    /** kill -9 of a fault set, whose journals are deleted before it starts again. */
    LOSE_DATA(Needs.NOTHING),
    /** No block is left on the disks of a fault set. */
    FULL_DISK(Needs.DISKS),
    /** Writes and syncs of a fault set take up to a second each. */
    SLOW_DISK(Needs.DISKS),
    /** A fault set is cut off from the others. */
    CUT(Needs.NETWORK),
    /** A fault set does not hear the others, or is not heard. */
    CUT_ONE_WAY(Needs.NETWORK),
    /** Two parts of the group, any, hear nothing of each other. */
    SPLIT(Needs.NETWORK),
    /** What a fault set sends has to pass a narrow line that drops what does not fit. */
    NARROW(Needs.NETWORK);

    /** What must be there to do it. */
    enum Needs {
        NOTHING,
        NETWORK,
        DISKS
    }

    private final Needs needs;

    FaultKind(Needs needs) {
        this.needs = needs;
    }

    boolean isPossible(Ground ground) {
        return switch (needs) {
            case NOTHING -> true;
            case NETWORK -> ground.network().isPresent();
            case DISKS -> ground.disks().isPresent();
        };
    }

    /** As on the command line and in records. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
