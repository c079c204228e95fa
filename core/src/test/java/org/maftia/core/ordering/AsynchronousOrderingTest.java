package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.maftia.core.protocol.Limits;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

class AsynchronousOrderingTest {
    private static final FaultStructure FOUR = Structures.FOUR;
    private static final int STEPS_MAX = 200_000;

    private static LogGroup four(long seed) {
        return new LogGroup(FOUR, Scheduler.drawn(seed, 4), seed);
    }

    private static void load(LogGroup group, int first, int last) {
        for (int i = first; i < last; i++) {
            group.submit(LogGroup.request(64 + i % 5, i / 5));
            group.group.run(20, () -> false);
        }
    }

    @Seeds(12)
    void whatIsSubmittedIsDeliveredInOneOrder(long seed) {
        LogGroup group = four(seed);
        load(group, 0, 60);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        group.checkBlames(FOUR.all());
    }

    @Seeds(12)
    void groupGoesOnWithoutItsLeader(long seed) {
        LogGroup group = four(seed);
        load(group, 0, 15);
        group.group.crash(0);
        load(group, 15, 40);
        group.runUntilDelivered(FOUR.all().without(0), STEPS_MAX);
        assertThat(group.progress(1).epoch()).isPositive();
        group.checkBlames(FOUR.all());
    }

    @Attack("view-synchronisation games")
    @Seeds(12)
    void prematureTimersAndLostFramesOnlyCostTime(long seed) {
        LogGroup group = four(seed);
        group.group.earlyAlarms(20);
        group.group.loss(50);
        load(group, 0, 40);
        group.group.earlyAlarms(0);
        group.group.loss(0);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        group.checkBlames(FOUR.all());
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(12)
    void replicasComeBackFromTheirJournals(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 4).inOrder(), seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 60; i++) {
            load(group, i, i + 1);
            int victim = random.nextInt(4);
            if (random.nextInt(4) == 0) {
                group.group.crash(victim);
                group.group.run(random.nextInt(200), () -> false);
                group.group.restart(victim);
                group.connect(victim);
            } else if (random.nextInt(4) == 0) {
                group.group.crashAfterRecords(victim, group.group.records(victim) + random.nextInt(5));
                group.group.run(random.nextInt(200), () -> false);
                group.group.crash(victim);
                group.group.restart(victim);
                group.connect(victim);
            }
            // A client sends again until it has its answer.
            group.submit(LogGroup.request(64 + i % 5, i / 5));
        }
        for (int i = 0; i < 60; i++) {
            group.submit(LogGroup.request(64 + i % 5, i / 5));
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        group.checkBlames(FOUR.all());
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(12)
    void whatWasDeliveredSurvivesACrashOfAll(long seed) {
        LogGroup group = four(seed);
        load(group, 0, 30);
        for (int replica = 0; replica < 4; replica++) {
            group.group.crash(replica);
        }
        group.group.flights().clear();
        for (int replica = 0; replica < 4; replica++) {
            group.group.restart(replica);
        }
        for (int i = 0; i < 40; i++) {
            group.submit(LogGroup.request(64 + i % 5, i / 5));
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
    }

    @Attack("equivocating leader, two-faced replica")
    @Seeds(12)
    void equivocatingLeaderIsBlamedAndReplaced(long seed) {
        LogGroup group = four(seed);
        group.twist(0, (to, message) -> {
            if (message instanceof Message.Propose propose && to % 2 == 1) {
                Proposal p = propose.proposal();
                return new Message.Propose(
                        Proposal.of(LogReplica.CONFIGURATION, p.epoch(), p.slot(), p.timeMicros() + 1, p.entries()));
            }
            if (message instanceof Message.Write write && to % 2 == 1) {
                return null;
            }
            return message;
        });
        ReplicaSet correct = FOUR.all().without(0);
        load(group, 0, 30);
        group.runUntilDelivered(correct, STEPS_MAX);
        assertThat(group.progress(1).epoch()).isPositive();
        group.checkBlames(correct);
    }

    /** More than one message of relayed requests at once: each keeps to the bounds of its kind. */
    @Seeds(4)
    void leaderThatLacksManyRequestsIsShownThemInBatches(long seed) {
        Limits patient = new Limits(
                4 << 20, 1 << 16, 16, 1 << 12, 4, 8, 16, 4 << 20, 64, 2_000_000, 10_000_000, 5_000_000, 1024, 16);
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 4), seed, patient);
        // The leader hears of them, but asks in vain for what they are.
        group.group.filter(0, outgoing -> !(Twisted.message(outgoing.frame()) instanceof Message.Want));
        int lacking = 2 * patient.batchCountMax();
        for (int i = 0; i < lacking; i++) {
            group.submitTo(FOUR.all().without(0), LogGroup.request(80, i));
            group.expect(LogGroup.request(80, i));
        }
        load(group, 0, 3 * lacking);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        assertThat(group.progress(1).epoch()).as("the leader made up for it").isZero();
        group.checkBlames(FOUR.all());
    }

    @Attack("leader forges, alters, replays requests")
    @Seeds(12)
    void forgedRequestsAreNeverExecuted(long seed) {
        LogGroup group = four(seed);
        Request forged = LogGroup.request(99, 1);
        group.twist(0, (to, message) -> {
            if (message instanceof Message.Propose propose) {
                Proposal p = propose.proposal();
                return new Message.Propose(Proposal.of(
                        LogReplica.CONFIGURATION, p.epoch(), p.slot(), p.timeMicros(), List.of(Entry.of(forged))));
            }
            return message;
        });
        ReplicaSet correct = FOUR.all().without(0);
        load(group, 0, 30);
        group.runUntilDelivered(correct, STEPS_MAX);
        // The forger is named, and no slot holds what no client sent: runUntilDelivered checks that.
        assertThat(group.isBlamed(0, correct)).isTrue();
        group.checkBlames(correct);
    }

    @Attack("partial authentication (\"big MAC\"), half-sent requests")
    @Seeds(12)
    void halfSentRequestsStallNothing(long seed) {
        LogGroup group = four(4 * seed + 3);
        for (int i = 0; i < 20; i++) {
            group.submitTo(ReplicaSet.of(i % 4), LogGroup.request(80, i));
            load(group, i, i + 1);
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        assertThat(group.progress(1).epoch()).isZero();
    }

    @Seeds(12)
    void requestOfAGatewayNeedsNoOtherSession(long seed) {
        LogGroup group = four(seed);
        for (int i = 0; i < 10; i++) {
            group.submitTo(ReplicaSet.of(i % 4), LogGroup.request(i % 4, i));
            group.expect(LogGroup.request(i % 4, i));
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
    }

    @Attack("partial authentication (\"big MAC\"), half-sent requests")
    @Seeds(12)
    void clientWithTwoContentsForOneNameStallsNothing(long seed) {
        LogGroup group = four(seed);
        for (int i = 0; i < 20; i++) {
            Request one = LogGroup.request(80, i);
            Request other = new Request(one.id(), new byte[] {7});
            group.submitTo(ReplicaSet.of(0, 1), one);
            group.submitTo(ReplicaSet.of(2, 3), other);
            load(group, i, i + 1);
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        group.checkBlames(FOUR.all());
    }

    @Attack("crash, amnesia, disk loss or rollback")
    @Seeds(12)
    void replicaWithoutJournalVotesOnlyAfterItsOldVotesAreVoid(long seed) {
        LogGroup group = four(seed);
        load(group, 0, 30);
        group.loseJournal(2);
        load(group, 30, 40);
        group.group.restart(2);
        group.connectAll();
        ReplicaSet rest = FOUR.all().without(2);
        load(group, 40, 50);
        group.runUntilDelivered(rest, STEPS_MAX);
        assertThat(group.group.run(STEPS_MAX, () -> !group.rejoins(2).isEmpty()))
                .isTrue();
        assertThat(group.progress(2).abstaining()).isTrue();
        long epoch = group.rejoins(2).getLast().epoch();
        for (int replica : rest.toList()) {
            group.group.input(replica, new LogReplica.In.Pass(epoch));
        }
        assertThat(group.group.run(STEPS_MAX, () -> group.progress(0).epoch() > epoch))
                .isTrue();
        long slot = group.progress(0).decided() + 2L * LogGroup.LIMITS.checkpointInterval();
        for (int replica : rest.toList()) {
            group.group.input(replica, new LogReplica.In.Fill(slot));
        }
        assertThat(group.group.run(STEPS_MAX, () -> !group.progress(2).abstaining()))
                .isTrue();
        load(group, 50, 60);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
    }

    @Attack("partial partition, one node cut off")
    @Seeds(12)
    void whoWasAwayForLongGetsTheState(long seed) {
        LogGroup group = four(seed);
        group.group.crash(3);
        load(group, 0, 100);
        group.runUntilDelivered(FOUR.all().without(3), STEPS_MAX);
        group.group.restart(3);
        group.connectAll();
        load(group, 100, 110);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
    }

    @Attack("leader forges, alters, replays requests")
    @Seeds(4)
    void repeatedRequestsAreDeliveredOnce(long seed) {
        LogGroup group = four(seed);
        for (int i = 0; i < 3; i++) {
            load(group, 0, 20);
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        assertThat(group.executed(0).values().stream()
                        .mapToInt(executed -> executed.requests().size())
                        .sum())
                .isEqualTo(20);
    }

    @Attack("huge lengths, far-future slot, epoch, round")
    @Seeds(2)
    void votesForFarSlotsAndEpochsTakeNoMemory(long seed) {
        LogGroup group = four(seed);
        for (int i = 0; i < 1000; i++) {
            long far = 1_000_000_000_000L + i;
            group.group.inject(3, 0, Twisted.frame(new Message.Write(0, far, LogReplica.CONFIGURATION)));
            group.group.inject(3, 0, Twisted.frame(new Message.Accept(far, 1, LogReplica.CONFIGURATION)));
            group.group.inject(
                    3,
                    0,
                    Twisted.frame(
                            new Message.Decided(List.of(new Outcome(far, Epoch.FIRST, 0, LogReplica.CONFIGURATION)))));
        }
        load(group, 0, 20);
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        assertThat(group.slotsKept(0)).isLessThan(8L * LogGroup.LIMITS.voteWindow());
    }

    @Seeds(8)
    void gridGoesOnWithoutASiteAndASystem(long seed) {
        FaultStructure grid = Structures.grid();
        LogGroup group = new LogGroup(grid, seed % 2 == 0 ? Scheduler.UNIFORM : Scheduler.OLDEST_FIRST, seed);
        load(group, 0, 10);
        ReplicaSet lost = grid.maximalFaultSets().get((int) seed);
        lost.forEach(group.group::crash);
        load(group, 10, 30);
        group.runUntilDelivered(grid.all().minus(lost), 2_000_000);
    }

    @Seeds(6)
    void fillingMakesEmptySlots(long seed) {
        LogGroup group = four(seed);
        for (int replica = 0; replica < 4; replica++) {
            group.group.input(replica, new LogReplica.In.Fill(20));
        }
        assertThat(group.group.run(STEPS_MAX, () -> group.progress(3).decided() >= 20))
                .isTrue();
        group.checkAgreement(FOUR.all());
    }

    /** The limits of production, so that batches and windows of their size are run at all. */
    @Seeds(2)
    void manyRequestsAtOnceShareSlots(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.OLDEST_FIRST, seed, Limits.DEFAULT);
        for (int i = 0; i < 2000; i++) {
            group.submit(LogGroup.request(64 + i % 5, i / 5));
        }
        group.runUntilDelivered(FOUR.all(), STEPS_MAX);
        assertThat(group.progress(0).decided()).isLessThan(20);
    }
}
