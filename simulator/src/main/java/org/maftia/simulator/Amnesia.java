package org.maftia.simulator;

import org.maftia.core.crypto.IdealComponents;
import org.maftia.core.trust.ReplicaSet;

/**
 * Trusted components that lose their counters, and begin a new epoch: no more of them at a time than may be lost together
 * with what is corrupted, as what is certified in a new epoch counts only once the log knows of it.
 */
final class Amnesia {
    /** In half of the runs, some times in eight thousand events. */
    private static final int LOSS_PPM_MAX = 2_000;

    private final World world;
    private final Subject<?, ?> subject;
    private final int lossPpm;

    Amnesia(World world, Subject<?, ?> subject, Draw draw) {
        this.world = world;
        this.subject = subject;
        boolean possible = world.components() != null && draw.below(2) == 0;
        this.lossPpm = possible ? (int) draw.magnitude(LOSS_PPM_MAX / 16, LOSS_PPM_MAX) : 0;
    }

    /** In half of the runs fewer replicas are corrupted, so that components of correct ones may be lost. */
    static ReplicaSet spare(ReplicaSet corrupted, Draw draw) {
        if (draw.below(2) == 0) {
            return corrupted;
        }
        long once = draw.bits();
        long again = draw.bits(); // a quarter of them stays
        return corrupted.intersection(new ReplicaSet(once & again));
    }

    /** Perhaps a component loses its counters now. */
    void act(Draw draw, ReplicaSet damaged) {
        IdealComponents components = world.components();
        if (components == null || !draw.chance(lossPpm)) {
            return;
        }
        int victim = draw.below(world.trust().size());
        if (world.trust().isFaultSet(lost().union(damaged).with(victim))) {
            components.lose(victim);
        }
    }

    /** Those that work in an epoch of which the group does not know yet. */
    ReplicaSet lost() {
        IdealComponents components = world.components();
        ReplicaSet lost = ReplicaSet.EMPTY;
        for (int replica = 0; components != null && replica < world.trust().size(); replica++) {
            lost = subject.knowsEpoch(replica, components.epoch(replica)) ? lost : lost.with(replica);
        }
        return lost;
    }
}
