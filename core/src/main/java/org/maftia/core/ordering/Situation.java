package org.maftia.core.ordering;

import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Limits;

/** Where this replica stands: what all parts of the ordering look at, and few change. */
final class Situation {
    private final Limits limits;

    Epoch epoch = Epoch.FIRST;

    /** It stopped voting in the epoch. */
    boolean joined;

    /** It lost its journal, and must not vote: it might contradict itself. */
    boolean abstaining;

    /** The journal is being read: nothing is delivered or sent. */
    boolean restoring = true;

    /** It came back from its journal since the last checkpoint, and may lack what peers said before. */
    boolean restarted;

    /** Everything up to this slot was delivered. */
    long delivered;

    /** Agreed time of that slot. */
    long timeMicros;

    /** Everything up to this slot is decided, perhaps without bodies. */
    long decided;

    @Nullable
    StableCheckpoint stable;

    /** Patience with a leader. */
    long timeoutMicros;

    Situation(Limits limits, boolean abstaining) {
        this.limits = limits;
        this.abstaining = abstaining;
        // Start patient: a virtual machine is slow at first, and good checkpoints shorten this soon.
        this.timeoutMicros = Math.min(limits.slotTimeoutMicrosMax(), 10 * limits.slotTimeoutMicrosMin());
    }

    boolean votes() {
        return !joined && !abstaining;
    }

    boolean leads(int self) {
        return votes() && epoch.leader() == self;
    }

    long stableSlot() {
        return stable == null ? 0 : stable.claim().slot();
    }

    /** The slot below the window in which this replica votes. */
    long base() {
        return Math.max(epoch.start() - 1, stableSlot());
    }

    boolean inWindow(long slot) {
        return slot > base() && slot <= base() + limits.voteWindow();
    }

    /** A good checkpoint: expect a little more of leaders. */
    void shortenTimeout() {
        timeoutMicros = Math.max(limits.slotTimeoutMicrosMin(), timeoutMicros / 10 * 9);
    }

    void lengthenTimeout() {
        timeoutMicros = Math.min(limits.slotTimeoutMicrosMax(), timeoutMicros / 2 * 3);
    }
}
