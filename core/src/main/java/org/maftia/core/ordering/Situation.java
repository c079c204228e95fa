package org.maftia.core.ordering;

import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Limits;

/** Where this replica stands: what all parts of the ordering look at, and few change. */
final class Situation {
    /** The patience at the start, in lowest ones. */
    private static final int START_FACTOR = 5;

    /** Slots after which a long patience is looked at again: some seconds of a group with one client. */
    private static final int PROMPT_SLOTS = 16;

    /** A patience of so many times what the slowest of them took suspects nobody for being as slow as that again. */
    private static final int PROMPT_MARGIN = 8;

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

    /** Nothing above this slot is voted for or delivered: other replicas order what comes after it. */
    long last = Long.MAX_VALUE;

    @Nullable
    StableCheckpoint stable;

    /** Patience with a leader. */
    long timeoutMicros;

    /** When the leader of this epoch last proposed something, or something of it was decided. */
    long progressMicros;

    /** What leaders have shown. */
    final Pace pace;

    /** Slots decided since the patience changed, and the longest that one of them took. */
    private int promptSlots;

    private long slowestMicros;

    Situation(Limits limits, boolean abstaining) {
        this.limits = limits;
        this.abstaining = abstaining;
        this.pace = new Pace(limits);
        this.timeoutMicros = startMicros(limits);
    }

    /** This replica orders what follows a log that others ordered up to the claim. */
    void follow(StableCheckpoint.Claim claim) {
        epoch = Epoch.first(claim.slot() + 1);
        delivered = claim.slot();
        decided = claim.slot();
        timeMicros = claim.timeMicros();
    }

    /** Whether all slots that this replica takes part in are delivered. */
    boolean isOver() {
        return delivered >= last;
    }

    boolean votes() {
        return !joined && !abstaining;
    }

    boolean leads(int self) {
        return votes() && !epoch.isLeaderless() && epoch.leader() == self;
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

    /** Whether this replica may vote for the slot, as far as its number goes. */
    boolean isOpen(long slot) {
        return inWindow(slot) && slot <= last;
    }

    /** A good checkpoint: expect a little more of leaders, but not what the network does not give. */
    void shortenTimeout() {
        pace.goodCheckpoint();
        // A floor holds up, and does not lift: a leader that takes its time must not get more of it.
        timeoutMicros = Math.min(timeoutMicros, Math.max(pace.floorMicros(), timeoutMicros / 10 * 9));
    }

    /** Another leader: it gets the time that others needed, as the quickest of them showed it. */
    void begin(long nowMicros) {
        progressMicros = nowMicros;
        pace.begin(epoch, nowMicros);
        if (!epoch.isLeaderless()) {
            timeoutMicros = Math.max(pace.floorMicros(), timeoutMicros);
        }
    }

    void lengthenTimeout() {
        timeoutMicros = Math.min(limits.slotTimeoutMicrosMax(), timeoutMicros / 2 * 3);
        promptSlots = 0;
        slowestMicros = 0;
    }

    /**
     * A slot came to its decision in this time. Epochs that failed lengthen the patience by half each, and checkpoints,
     * which shorten it, may be hours apart in a quiet group: the next intruder would be waited for that much longer.
     * What has gone well with ample margin since leads back to the patience of the start, and never below.
     */
    void decidedAfter(long micros) {
        pace.decided(micros);
        slowestMicros = Math.max(slowestMicros, micros);
        if (++promptSlots < PROMPT_SLOTS) {
            return;
        }
        long floor = Math.max(startMicros(limits), PROMPT_MARGIN * slowestMicros);
        if (timeoutMicros > floor) {
            timeoutMicros = Math.max(floor, timeoutMicros / 4 * 3);
        }
        promptSlots = 0;
        slowestMicros = 0;
    }

    /** Patience with the first leader: a virtual machine is slow at first, and good checkpoints shorten this soon. */
    private static long startMicros(Limits limits) {
        return Math.min(limits.slotTimeoutMicrosMax(), START_FACTOR * limits.slotTimeoutMicrosMin());
    }
}
