package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.ReplicaSet;

/** What a corrupted leader gains by leaving things out, or by being slow. */
class AttackedLeadershipTest {
    private static final int STEPS_MAX = 400_000;
    private static final int VICTIM = 80;

    @Attack("leader censors")
    @Seeds(8)
    void aLeaderThatLeavesOutAClientLosesItsEpochAndTheRequestIsExecuted(long seed) {
        LogGroup group = new LogGroup(Structures.FOUR, Scheduler.drawn(seed, 4), seed);
        group.twist(0, (to, message) -> {
            if (message instanceof Message.Propose propose) {
                Proposal p = propose.proposal();
                return new Message.Propose(Proposal.of(
                        LogReplica.CONFIGURATION,
                        p.epoch(),
                        p.slot(),
                        p.timeMicros(),
                        p.entries().stream()
                                .filter(entry -> entry.reference().id().client() != VICTIM)
                                .toList()));
            }
            return message;
        });
        ReplicaSet correct = Structures.FOUR.all().without(0);
        group.submit(LogGroup.request(VICTIM, 1));
        for (int i = 0; i < 20; i++) {
            group.submit(LogGroup.request(VICTIM + 1, i));
        }
        group.runUntilDelivered(correct, STEPS_MAX);
        assertThat(group.progress(1).epoch()).isPositive();
        group.checkBlames(correct);
    }

    @Attack("slow leader, timeout inflation")
    @Test
    void theLeaderOfAFailedEpochIsPassedOverWhenItsTurnComesAgain() {
        Epoch failed = Epoch.FIRST.next(Structures.FOUR, 2, true);
        assertThat(failed.leader()).isEqualTo(1);
        Epoch third = failed.next(Structures.FOUR, 20, false).next(Structures.FOUR, 40, false);
        assertThat(third.leader()).isEqualTo(3);
        assertThat(third.next(Structures.FOUR, 60, false).leader()).isEqualTo(1);
    }

    @Attack("slow leader, timeout inflation")
    @Test
    void whoIsPassedOverIsAlwaysAFaultSetSoThatSomebodyCorrectLeads() {
        Epoch epoch = Epoch.FIRST;
        for (int i = 1; i < 30; i++) {
            epoch = epoch.next(Structures.FOUR, 1 + i, i % 3 != 0);
            assertThat(Structures.FOUR.isFaultSet(epoch.skipped())).isTrue();
            assertThat(epoch.skipped().contains(epoch.leader())).isFalse();
        }
    }
}
