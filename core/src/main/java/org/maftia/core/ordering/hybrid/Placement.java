package org.maftia.core.ordering.hybrid;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.protocol.Attestation;
import org.maftia.core.protocol.Attestation.Fence;
import org.maftia.core.protocol.Attestation.Ui;
import org.maftia.core.trust.ReplicaSet;
import org.maftia.core.wire.MalformedException;

/**
 * Which slot an identifier stands for. A leader's counters of the lanes for proposals are dealt to slots in turn, beginning
 * anew at each of its fences: one counter, one slot, so no leader proposes twice for a slot in a view, be it towards a replica
 * that saw nothing of what came before.
 */
final class Placement {
    /** Each proposal lane has its lane of votes. */
    static final int LANES_MAX = Attestation.LANES / 2;

    private final int lanes;
    private final int interval;
    private final List<Integer> leaders;

    /**
     * @param lanes for proposals; as many more are for votes
     * @param interval slots between checkpoints
     * @param leaders who lead in turn: one at least
     */
    Placement(int lanes, int interval, ReplicaSet leaders) {
        if (lanes < 1 || lanes > LANES_MAX) {
            throw new IllegalArgumentException("1 to " + LANES_MAX + " lanes, not " + lanes);
        }
        this.lanes = lanes;
        this.interval = interval;
        this.leaders = leaders.toList();
    }

    int leader(long view) {
        return leaders.get((int) (view % leaders.size()));
    }

    /** The mark CHECKPOINT under which alone a vote for the slot counts. */
    long mark(long slot) {
        return interval * ((slot - 1) / interval);
    }

    /** The mark that a replica may raise which holds the state of the slot. */
    long markReached(long slot) {
        return interval * (slot / interval);
    }

    boolean isProposalLane(int lane) {
        return lane < lanes;
    }

    boolean isVoteLane(int lane) {
        return lane >= lanes && lane < 2 * lanes;
    }

    int voteLane(long slot) {
        return lanes + (int) (slot % lanes);
    }

    /**
     * Where the leader's counting begins.
     *
     * @param first the slot of the first proposal
     * @param counters of all lanes before it
     */
    record Origin(long first, List<Long> counters) {}

    /**
     * The origin under a mark.
     *
     * @param fence by which the leader raised it in the view; null if the leader had it when it moved to the view
     * @return null where the fence does not belong there
     */
    @Nullable
    Origin origin(Summary summary, long mark, @Nullable Fence fence) {
        long first = 1 + Math.max(mark, summary.last());
        if (mark == summary.leaderMark()) {
            return new Origin(first, counters(summary));
        }
        boolean fits = fence != null
                && fence.mark() == Attestation.Mark.CHECKPOINT
                && fence.replica() == leader(summary.view())
                && fence.view() == summary.view()
                && fence.checkpoint() == mark;
        return fits && fence != null ? new Origin(first, fence.counters()) : null;
    }

    /** Those of the leader when it had opened the view: the NEW-VIEW took the next one of lane 0. */
    private static List<Long> counters(Summary summary) {
        if (summary.fence() == null) {
            return Collections.nCopies(Attestation.LANES, 0L);
        }
        List<Long> counters = new ArrayList<>(summary.fence().counters());
        counters.set(0, counters.getFirst() + 1);
        return counters;
    }

    /** The slot for which the leader may use this identifier; 0: for none. */
    long slot(Origin origin, Ui ui) {
        if (!isProposalLane(ui.lane())) {
            return 0;
        }
        long turn = ui.counter() - origin.counters.get(ui.lane()) - 1;
        if (turn < 0 || turn > (Long.MAX_VALUE - origin.first) / lanes - 1) {
            return 0;
        }
        return origin.first + turn * lanes + ui.lane();
    }

    /** The slot that the leader's next proposal is for, whose counters of all lanes are these. */
    long next(Origin origin, List<Long> counters) {
        long made = 0;
        for (int lane = 0; lane < lanes; lane++) {
            made += counters.get(lane) - origin.counters.get(lane);
        }
        if (made < 0) {
            throw new MalformedException("counters went back");
        }
        return origin.first + made;
    }

    /** The lane in which the slot is to be proposed. */
    int proposalLane(Origin origin, long slot) {
        return (int) ((slot - origin.first) % lanes);
    }
}
