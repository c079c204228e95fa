package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

class AsynchronousOrderingTest {
    private static final FaultStructure FOUR = FaultStructure.threshold(4, 1);
    private static final int STEPS_MAX = 200_000;

    @Seeds(40)
    void whatIsSubmittedIsDeliveredInOneOrder(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 4), seed);
        for (int i = 0; i < 60; i++) {
            group.submit(LogGroup.request(64 + i % 5, i / 5));
            group.group.run(20, () -> false);
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
    }

    @Seeds(40)
    void groupGoesOnWithoutItsLeader(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 4), seed);
        ReplicaSet rest = FOUR.all().without(0);
        for (int i = 0; i < 40; i++) {
            group.submit(LogGroup.request(64 + i % 5, i / 5));
            group.group.run(20, () -> false);
            if (i == 15) {
                group.group.crash(0);
            }
        }
        group.runUntilDelivered(rest, STEPS_MAX);
        assertThat(group.progress(1).epoch()).isPositive();
    }
}
