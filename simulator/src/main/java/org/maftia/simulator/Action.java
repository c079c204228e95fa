package org.maftia.simulator;

import org.maftia.core.trust.ReplicaSet;

/**
 * Something that may happen next in a run: the head of a link, a replica whose timer is due, whose disk has finished,
 * whose computation has. One object for each place where things happen, so that a scheduler can give it a priority.
 */
abstract class Action {
    private static final long NEVER = Long.MAX_VALUE;

    /** The replicas that it concerns: one, or both ends of a link. */
    private final ReplicaSet concerned;

    /** For schedulers by priority; drawn once, lowered at change points. */
    int priority;

    private long enabledSince = NEVER;

    Action(ReplicaSet concerned, int priority) {
        this.concerned = concerned;
        this.priority = priority;
    }

    /** Whether it may happen now. */
    abstract boolean enabled();

    abstract void perform();

    boolean concerns(ReplicaSet replicas) {
        return !concerned.intersection(replicas).isEmpty();
    }

    /** The step at which it became possible; a link counts from when its oldest frame was sent. */
    long birth() {
        return enabledSince;
    }

    /** Notes since when it has been waiting. */
    final boolean refresh(long step) {
        boolean now = enabled();
        if (!now) {
            enabledSince = NEVER;
        } else if (enabledSince == NEVER) {
            enabledSince = step;
        }
        return now;
    }

    /** It happens: what follows at the same place is a new thing. */
    final void run() {
        enabledSince = NEVER;
        perform();
    }
}
