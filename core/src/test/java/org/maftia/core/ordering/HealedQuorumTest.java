package org.maftia.core.ordering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.maftia.core.protocol.Ready;
import org.maftia.core.testing.Attack;
import org.maftia.core.testing.Seeds;
import org.maftia.core.testing.Structures;
import org.maftia.core.testing.TestGroup.Scheduler;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/**
 * What comes to a stop while too few replicas are up goes on as soon as a quorum of correct ones is up again, without
 * help from the rest. Each case stood still once: simulation found it, and the schedule is replayed here.
 */
class HealedQuorumTest {
    private static final FaultStructure FOUR = Structures.FOUR;
    private static final int STEPS_MAX = 50_000;
    private static final ReplicaSet CORRECT = FOUR.all().without(3);

    /**
     * One replica decided and tells nobody in time; the others crash after their ACCEPT. When they come back each must
     * count its own vote, which no peer will send.
     */
    @Seeds(8)
    void ownVotesCountAfterARestart(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 3), seed);
        group.group.crash(3);
        group.group.filter(1, outgoing -> {
            Message message = Twisted.message(outgoing.frame());
            return !(message instanceof Message.Accept || message instanceof Message.Decided);
        });
        group.submit(LogGroup.request(64, 0));
        assertThat(group.group.run(STEPS_MAX, () -> group.progress(1).decided() == 1))
                .isTrue();
        assertThat(List.of(group.progress(0).decided(), group.progress(2).decided()))
                .containsOnly(0L);
        group.group.filter(1, outgoing -> true);
        group.group.flights().clear();
        for (int replica : List.of(0, 2)) {
            group.group.crash(replica);
            group.group.restart(replica);
        }
        group.connectAll();
        group.runUntilDelivered(CORRECT, STEPS_MAX);
        assertThat(group.progress(1).epoch()).as("nobody had to be replaced").isZero();
    }

    /**
     * A corrupt replica lets one correct replica decide; the leader and one that could not vote are left with the slot.
     * Those who decided wait for nothing, so the leader must give up on itself: else too few suspect it.
     */
    @Seeds(8)
    void leaderGivesUpOnItselfOverASlotThatDoesNotEnd(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 3), seed);
        LogGroup.Clock clock = group.skew(2, -2 * LogGroup.LIMITS.clockToleranceMicros());
        group.twist(3, (to, message) -> switch (message) {
            case Message.Have have -> have;
            case Message.Write write -> to == 2 ? null : write;
            case Message.Accept accept -> to == 1 ? accept : null;
            default -> null;
        });
        group.submit(LogGroup.request(64, 0));
        assertThat(group.group.run(STEPS_MAX, () -> group.progress(1).decided() == 1))
                .isTrue();
        assertThat(List.of(group.progress(0).decided(), group.progress(2).decided()))
                .containsOnly(0L);
        group.twist(3, (to, message) -> null);
        clock.skewMicros = 0;
        group.runUntilDelivered(CORRECT, STEPS_MAX);
        group.checkBlames(CORRECT);
    }

    /**
     * An epoch begins right above the stable checkpoint, so that the checkpoint names the epoch before. Who was away must
     * be able to enter that one, and leave it as the others did.
     */
    @Attack("partial partition, one node cut off")
    @Seeds(8)
    void checkpointAtTheEndOfAnEpochLetsTheAbsentIn(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.drawn(seed, 4), seed);
        ReplicaSet present = FOUR.all().without(0);
        long interval = LogGroup.LIMITS.checkpointInterval();
        group.group.crash(0);
        endEpoch(group, present, 0);
        present.forEach(replica -> group.group.input(replica, new LogReplica.In.Fill(interval - 1)));
        assertThat(group.group.run(STEPS_MAX, () -> isDecided(group, present, interval - 1)))
                .isTrue();
        endEpoch(group, present, 1);
        // The recovery itself filled the slot of the checkpoint.
        assertThat(group.group.run(
                        STEPS_MAX,
                        () -> present.toList().stream().allMatch(replica -> group.slotsKept(replica) < interval - 1)))
                .isTrue();
        assertThat(Objects.requireNonNull(group.executed(1).get(interval))
                        .epoch()
                        .number())
                .isEqualTo(1);
        group.group.crash(3);
        group.group.restart(0);
        group.connectAll();
        group.submit(LogGroup.request(64, 0));
        group.runUntilDelivered(CORRECT, STEPS_MAX);
    }

    /**
     * A replica chose its set of COLLECTs, crashed, and lost one that nobody else has by then. In a view with a coin it is
     * needed as an owner, so what it proposes must have survived with it.
     */
    @Seeds(8)
    void proposedCollectsSurviveACrash(long seed) {
        LogGroup group = new LogGroup(FOUR, Scheduler.OLDEST_FIRST, seed);
        group.group.filter(1, outgoing -> !isCollect(outgoing) || outgoing.to() == 3);
        group.group.filter(2, outgoing -> !isCollect(outgoing) || outgoing.to() != 3);
        FOUR.all().forEach(replica -> group.group.input(replica, new LogReplica.In.Pass(0)));
        int records = group.group.records(3);
        assertThat(group.group.run(STEPS_MAX, () -> group.group.records(3) >= records + 2))
                .as("replica 3 has written down its COLLECT and its proposal")
                .isTrue();
        group.group.crash(1);
        group.group.crash(3);
        group.group.flights().clear();
        group.group.filter(2, outgoing -> true);
        group.group.restart(3);
        group.connectAll();
        ReplicaSet rest = FOUR.all().without(1);
        Request request = LogGroup.request(64, 0);
        group.submitTo(rest, request);
        group.expect(request);
        group.runUntilDelivered(rest, STEPS_MAX);
    }

    private static boolean isCollect(Ready.Outgoing outgoing) {
        return Twisted.message(outgoing.frame()) instanceof Message.Collected;
    }

    private static void endEpoch(LogGroup group, ReplicaSet present, long epoch) {
        present.forEach(replica -> group.group.input(replica, new LogReplica.In.Pass(epoch)));
        assertThat(group.group.run(
                        STEPS_MAX,
                        () -> present.toList().stream()
                                .allMatch(replica -> group.progress(replica).epoch() == epoch + 1)))
                .isTrue();
    }

    private static boolean isDecided(LogGroup group, ReplicaSet present, long slot) {
        return present.toList().stream()
                .allMatch(replica -> group.progress(replica).decided() >= slot);
    }
}
