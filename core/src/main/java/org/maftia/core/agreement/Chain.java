package org.maftia.core.agreement;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.maftia.core.crypto.Certificate;

/**
 * Why a view may begin, and with which values: how the views before it were closed, without a gap.
 *
 * <p>A chain that opens with a {@link Mixed} close binds its view to the value locked there. Every other close is a
 * NoCert, which proves that nothing was or will be decided in its view. A chain without a mixed close starts at the first
 * view and leaves the value free: it rules out <em>all</em> earlier decisions, which the last NoCert alone does not.
 *
 * <p>Votes name the leader that they are about, and correct replicas vote about the elected one only, so a chain needs no
 * coin to be believed.
 *
 * @param first the first view that it covers
 * @param mixed how the first view was closed, if it left a lock behind
 * @param noCerts the no-votes of quorums that closed the other views, in order
 */
public record Chain(int first, @Nullable Mixed mixed, List<NoCert> noCerts) {
    /**
     * NoCerts in a row. At the largest group (64 replicas, 65 bytes a vote) they fill half a frame. They mean that so
     * many elections one after the other missed all owners that had finished, a quorum of them; the agreement then stays
     * in its last view.
     */
    static final int NO_CERTS_MAX = 512;

    public Chain {
        noCerts = List.copyOf(noCerts);
    }

    /**
     * Votes of a quorum of which some are yes and some are no.
     *
     * @param lock the value that the yes-votes showed
     * @param yes the yes-votes
     * @param no the no-votes
     */
    public record Mixed(MultivaluedMessage.Lock lock, Certificate yes, Certificate no) {}

    /**
     * A view closed without a lock.
     *
     * @param owner its leader
     * @param votes no-votes of a quorum
     */
    public record NoCert(int owner, Certificate votes) {}

    /** Which chains justify a free value; a test shows what goes wrong with a laxer rule. */
    @FunctionalInterface
    interface Coverage {
        boolean rulesOutAllBefore(Chain chain, int firstView);

        Coverage WHOLE = (chain, firstView) -> chain.mixed != null || chain.first == firstView;
    }

    /** Before the first view. */
    static Chain empty(int firstView) {
        return new Chain(firstView, null, List.of());
    }

    /** The view that the chain opens: the first one that it does not cover. */
    public int end() {
        return firstNoCert() + noCerts.size();
    }

    int firstNoCert() {
        return mixed == null ? first : first + 1;
    }

    /** The NoCert of a view, if the chain has one. */
    @Nullable
    NoCert noCert(int view) {
        int index = view - firstNoCert();
        return index >= 0 && index < noCerts.size() ? noCerts.get(index) : null;
    }

    /** The chain after one more view, closed without a lock. */
    Chain closed(NoCert noCert) {
        List<NoCert> longer = new ArrayList<>(noCerts);
        longer.add(noCert);
        return new Chain(first, mixed, longer);
    }

    /** The chain after one more view, closed with a lock: what came before no longer matters. */
    Chain closed(Mixed close) {
        return new Chain(end(), close, List.of());
    }

    /**
     * What a longer chain adds to this one: all of it, if it has a later lock; otherwise NoCerts that continue this one,
     * whose own lock, if any, stays good.
     */
    Chain newsIn(Chain longer) {
        if (longer.mixed != null && longer.first >= end()) {
            return longer;
        }
        int known = end() - longer.firstNoCert();
        return new Chain(end(), null, longer.noCerts.subList(known, longer.noCerts.size()));
    }

    /** This chain with {@link #newsIn}. */
    Chain with(Chain news) {
        if (news.mixed != null) {
            return news;
        }
        List<NoCert> joined = new ArrayList<>(noCerts);
        joined.addAll(news.noCerts);
        return new Chain(first, mixed, joined);
    }
}
